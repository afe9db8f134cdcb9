"""Rules."""

from __future__ import annotations

from array import array
from typing import NamedTuple

from . import _checks, _itemset
from ._results import Result, floats, objects
from ._run import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, Literal, SupportsIndex

    import pandas
    import polars
    import pyarrow

    from ._recommender import Policy, Recommender
    from ._report import Plot, PlotName, Report
    from ._results import Form, Label
    from ._run import Progress
    from ._transactions import Transactions

    Side = Literal["antecedent", "consequent", "both"]
    Match = Literal["any", "all", "only", "none"]
    Correction = Literal["none", "bonferroni", "holm", "layered", "benjamini-hochberg", "benjamini-yekutieli"]


class Rule(NamedTuple):
    """A rule, and in how many baskets its sides are: `n` baskets in all, `n_x` with the antecedent, `n_y` with the
    consequent, `n_xy` with both.

    >>> rule = Rule(("beer",), ("diapers",), 4, 2, 3, 2)
    >>> rule.confidence, rule.measure("leverage")
    (1.0, 0.125)
    """

    antecedent: tuple[Label, ...]
    consequent: tuple[Label, ...]
    n: int
    n_x: int
    n_y: int
    n_xy: int

    @property
    def support(self) -> float:
        """The fraction of the baskets with both sides."""
        return self.n_xy / self.n

    @property
    def confidence(self) -> float:
        """The fraction of the baskets with the antecedent that have the consequent."""
        return self.n_xy / self.n_x

    @property
    def lift(self) -> float:
        """How many times as often both sides are together as if they were independent."""
        return self.measure("lift")

    def measure(self, name: str) -> float:
        """The value of a measure; `measures()` lists them."""
        return _itemset.measure_of(name, self.n, self.n_x, self.n_y, self.n_xy)


class Measure(NamedTuple):
    """A measure of rules: its name, its formula in the counts of a rule, and whether a larger value is better."""

    name: str
    formula: str
    larger_is_better: bool


def measures() -> list[Measure]:
    """All measures of rules.

    >>> [measure.formula for measure in measures() if measure.name == "confidence"]
    ['n_xy / n_x']
    """
    return [Measure(*row) for row in _itemset.measures()]


class Rules(Result):
    """Rules with the counts of their sides, from which every measure follows.

    Iterating gives `Rule`. As Arrow data, they have the columns `antecedent`, `consequent`, `n`, `n_x`, `n_y`, `n_xy`,
    and the measures support, confidence and lift. `table` chooses others.
    """

    __slots__ = ()

    _core: _itemset.RuleTable

    _MEASURES = ("support", "confidence", "lift")

    def __getitem__(self, place: SupportsIndex) -> Rule:
        return Rule(*self._core.get(self._place(place)))

    def __iter__(self) -> Iterator[Rule]:
        distinct, *places = self._core.sides("tuple")
        sides = [map(distinct.__getitem__, memoryview(side).cast("q")) for side in places]
        words = memoryview(self._core.columns([], lambda words: array("d", bytes(8 * words)))).cast("B").cast("Q")
        counts = [words[start : start + len(self)] for start in range(0, len(words), len(self) or 1)]
        return map(Rule, *sides, *counts)

    def __repr__(self) -> str:
        return f"<Rules: {len(self)} from {self.basket_count} baskets>"

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._core.stream(list(self._MEASURES))

    def table(self, measures: Sequence[str] = _MEASURES) -> RuleTable:
        """The rules as Arrow data with measures of your choice.

        >>> from itemset import mine
        >>> rules = mine([["a", "b"], ["a", "b"], ["c"]], min_count=2).rules()
        >>> import pyarrow
        >>> pyarrow.table(rules.table(["conviction", "zhang"])).column_names[-2:]
        ['conviction', 'zhang']
        """
        return RuleTable(self._core, measures)

    def values(self, measure: str) -> list[float]:
        """A measure of each rule."""
        return floats(self._core.values(_checks.text("measure", measure)))

    def sorted_by(self, measure: str) -> Rules:
        """All of them, the best by a measure first. Equal ones stay in their order."""
        return Rules._of(self._core.sorted_by(_checks.text("measure", measure)))

    def top(self, k: int, measure: str) -> Rules:
        """The k best by a measure."""
        k = _checks.whole("k", k)
        return Rules._of(self._core.sorted_by(_checks.text("measure", measure)).head(k))

    def head(self, k: int) -> Rules:
        """The first k."""
        return Rules._of(self._core.head(_checks.whole("k", k)))

    def filter(self, keep: Callable[[Rule], object]) -> Rules:
        """Those for which a function is true."""
        return Rules._of(self._core.take([place for place, rule in enumerate(self) if keep(rule)]))

    def select(self, items: Iterable[Label], side: Side = "both", match: Match = "any") -> Rules:
        """Those of which a side holds any or all of some items, only these, or none of them."""
        return Rules._of(self._core.select(side, match, list(items) if not isinstance(items, str) else items))

    def significant(
        self,
        alpha: float = 0.05,
        correction: Correction = "holm",
        *,
        threads: int | None = None,
        time_limit: float | None = None,
        max_memory: int | None = None,
        progress: Progress = False,
    ) -> Rules:
        """Those that are not due to chance: Fisher's exact test, corrected for the number of rules that were searched.

        Counted are all rules that the settings of `rules` allow over the frequent items, not those that passed the
        thresholds alone.
        """
        with running(
            "testing", threads=threads, time_limit=time_limit, max_memory=max_memory, progress=progress
        ) as run:
            return Rules._of(self._core.significant(_checks.real("alpha", alpha), correction, run))

    def adjusted_p_values(self, correction: Correction = "holm") -> list[float]:
        """The p-value of each rule by Fisher's exact test, corrected for the number of rules that were searched."""
        with running("testing") as run:
            return floats(self._core.adjusted_p_values(correction, run))

    def recommender(
        self, policy: Policy = "best-confidence", *, margins: Mapping[Label, float] | None = None, fill: bool = False
    ) -> Recommender:
        """These rules at work: what to offer for a basket, and why.

        ====================  ========================================================================================
        `policy`              how the rules that fire become the score of an item: ``"best-confidence"``,
                              ``"best-lift"``, ``"best-significant"`` (-log10 of the p-value), ``"evidence"`` (the sum of
                              confidences above the usual), ``"noisy-or"``, or ``"expected-profit"``, the confidence times
                              the item's margin
        `margins`             the margin of each item, for ``"expected-profit"``
        `fill`                whether places without a rule go to the most popular items
        ====================  ========================================================================================
        """
        from ._recommender import Recommender

        return Recommender(self, policy, margins, fill)

    def report(
        self,
        *,
        title: str | None = None,
        baskets: Transactions | None = None,
        significance: tuple[float, Correction] | None = None,
        since: Rules | None = None,
        date: str | None = None,
        note: str | None = None,
        settings: Mapping[str, object] | None = None,
        max_rules: int | None = None,
        best_by: str = "lift",
    ) -> Report:
        """A page for people who read no code, complete in one file; a notebook shows it.

        ====================  ========================================================================================
        `title`, `date`       the heading, and a date or a time as text
        `baskets`             those that the rules were found in: adds how often items are bought and how long baskets are
        `significance`        adds which rules are not due to chance, as ``(0.05, "holm")``
        `since`               the rules of the last report: adds what changed
        `note`                a sentence that has to be known about these rules
        `settings`            names and values of what the rules were made with
        `max_rules`           the most rules on the page, 10,000 by default: the best by `best_by`
        ====================  ========================================================================================

        >>> from itemset import mine
        >>> rules = mine([["beer", "diapers"], ["beer", "diapers"], ["chips"]], min_count=2).rules()
        >>> report = rules.report(title="Corner shop", settings={"min_count": 2})
        >>> report.html[:15], "Corner shop" in report.html
        ('<!doctype html>', True)
        """
        from ._report import Report

        return Report(self._page(None, title, baskets, significance, since, date, note, settings, max_rules, best_by))

    def plot(
        self, kind: PlotName = "scatter", *, baskets: Transactions | None = None, max_rules: int | None = None, best_by: str = "lift"
    ) -> Plot:
        """A drawing of the rules as SVG, which a notebook shows: ``"scatter"``, ``"graph"``, ``"matrix"`` or ``"parallel"``;
        of the baskets ``"items"`` or ``"lengths"``.

        >>> from itemset import mine
        >>> "<svg" in mine([["a", "b"], ["a", "b"], ["c"]], min_count=2).rules().plot("graph").svg
        True
        """
        from ._report import Plot

        return Plot(self._page(kind, None, baskets, None, None, None, None, None, max_rules, best_by))

    def _page(
        self,
        plot: str | None,
        title: str | None,
        baskets: Transactions | None,
        significance: tuple[float, str] | None,
        since: Rules | None,
        date: str | None,
        note: str | None,
        settings: Mapping[str, object] | None,
        max_rules: int | None,
        best_by: str,
    ) -> str:
        if significance is not None:
            alpha, correction = _checks.pair("significance", significance, 'as (0.05, "holm")')
            significance = _checks.real("alpha", alpha), _checks.text("correction", correction)
        given: _itemset.ReportSettings = {
            "baskets": None if baskets is None else baskets._core,
            "title": title,
            "date": date,
            "note": note,
            "significance": significance,
            "since": None if since is None else since._core,
            "settings": [(name, str(value)) for name, value in (settings or {}).items()],
            "max_rules": None if max_rules is None else _checks.whole("max_rules", max_rules),
            "best_by": _checks.text("best_by", best_by),
        }
        with running("reporting") as run:
            return self._core.report(plot, given, run)

    def to_pandas(self, measures: Sequence[str] = _MEASURES, items: Form = "tuple") -> pandas.DataFrame:
        """A frame of pandas, which must be installed. Sets of items are tuples, or what `items` says."""
        import numpy
        import pandas

        distinct, *places = self._core.sides(items)
        sides = objects(distinct)
        antecedents, consequents = (sides.take(numpy.frombuffer(side, "i8")) for side in places)
        columns: dict[str, Any] = {"antecedent": antecedents, "consequent": consequents}
        measures = list(measures)
        words = self._core.columns(measures, numpy.empty).reshape(4 + len(measures), len(self))
        columns.update(zip(("n", "n_x", "n_y", "n_xy"), words[:4].view("u8"), strict=True))
        columns.update(zip(measures, words[4:], strict=True))
        return pandas.DataFrame(columns, copy=False)

    def to_polars(self, measures: Sequence[str] = _MEASURES) -> polars.DataFrame:
        """A frame of polars, which must be installed. Sets of items are lists."""
        import polars

        return polars.DataFrame(self.table(measures))

    def to_pyarrow(self, measures: Sequence[str] = _MEASURES) -> pyarrow.Table:
        """A table of pyarrow, which must be installed. Sets of items are lists."""
        import pyarrow

        return pyarrow.table(self.table(measures))

    def __reduce__(self) -> tuple[Callable[..., Rules], tuple[Any, ...]]:
        return _load_rules, self._core.dump()


class RuleTable:
    """Rules as Arrow data, with chosen measures."""

    __slots__ = ("_core", "_measures")

    def __init__(self, core: _itemset.RuleTable, measures: Sequence[str]) -> None:
        known = {measure.name for measure in globals()["measures"]()}
        measures = list(measures)
        for name in measures:
            if name not in known:
                raise ValueError(f"invalid measure: {name!r} (expected one of {', '.join(sorted(known))})")
        self._core = core
        self._measures = measures

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._core.stream(self._measures)


def _load_rules(kind: str, hypotheses: str, snapshot: bytes) -> Rules:
    return Rules._of(_itemset.RuleTable.load(kind, hypotheses, snapshot))
