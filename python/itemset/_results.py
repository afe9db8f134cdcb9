"""Itemsets and rules."""

from __future__ import annotations

from typing import NamedTuple

from . import _itemset
from ._run import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, Literal, Self, SupportsIndex

    import pandas
    import polars
    import pyarrow

    from ._run import Progress

    Label = str | int
    Form = Literal["tuple", "list", "frozenset"]
    Consequents = Literal["one", "any"]
    Side = Literal["antecedent", "consequent", "both"]
    Match = Literal["any", "all", "only", "none"]
    Correction = Literal["none", "bonferroni", "holm", "layered", "benjamini-hochberg", "benjamini-yekutieli"]

_LINES = 10


class Itemset(NamedTuple):
    """A set of items: in the order of the labels, the number of baskets with it, and their fraction."""

    items: tuple[Label, ...]
    # Tuples have a method of this name, which searches; nobody searches in these.
    count: int  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]
    support: float


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


class _Result:
    """What itemsets and rules have in common."""

    __slots__ = ("_core",)

    _core: Any

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} are made by mining")

    @classmethod
    def _of(cls, core: Any) -> Self:
        self = cls.__new__(cls)
        self._core = core
        return self

    @property
    def basket_count(self) -> int:
        """The baskets that were searched, the empty ones included."""
        return int(self._core.basket_count())

    def __len__(self) -> int:
        return len(self._core)

    def _place(self, place: SupportsIndex) -> int:
        number = place.__index__()
        if number < 0:
            number += len(self)
        if not 0 <= number < len(self):
            raise IndexError(f"no number {place.__index__()} among {len(self)}")
        return number

    def __eq__(self, other: object) -> bool:
        return bool(self._core == other._core) if isinstance(other, type(self)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        text = str(self._core.text(_LINES))
        more = len(self) - _LINES
        return f"{text}\n... and {more} more" if more > 0 else text

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        raise NotImplementedError

    def to_polars(self) -> polars.DataFrame:
        """A frame of polars, which must be installed. Sets of items are lists."""
        import polars

        return polars.DataFrame(self)

    def to_pyarrow(self) -> pyarrow.Table:
        """A table of pyarrow, which must be installed. Sets of items are lists."""
        import pyarrow

        return pyarrow.table(self)


class Itemsets(_Result):
    """Itemsets with their counts, in the order of the library: the same with any number of threads.

    Iterating gives `Itemset`. As Arrow data, they have the columns `items`, a list of labels, `count` and `support`.

    >>> from itemset import mine
    >>> found = mine([["beer", "chips"], ["beer", "chips"], ["beer"]], min_count=2, target="maximal")
    >>> list(found)
    [Itemset(items=('beer', 'chips'), count=2, support=0.6666666666666666)]
    >>> found.to_pandas()
               items  count   support
    0  (beer, chips)      2  0.666667
    """

    __slots__ = ()

    _core: _itemset.ItemsetTable

    @property
    def min_count(self) -> int:
        """The threshold as a number of baskets."""
        return self._core.min_count()

    def by_len(self) -> list[int]:
        """The number of itemsets of one item, of two, and so on."""
        return self._core.by_len()

    def __getitem__(self, place: SupportsIndex) -> Itemset:
        return Itemset(*self._core.get(self._place(place)))

    def __iter__(self) -> Iterator[Itemset]:
        counts, supports = memoryview(self._core.counts()).cast("Q"), memoryview(self._core.supports()).cast("d")
        return map(Itemset, self._core.items("tuple"), counts, supports)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} in {self.basket_count} baskets, min count {self.min_count}>"

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._core.stream()

    def to_pandas(self, items: Form = "tuple") -> pandas.DataFrame:
        """A frame of pandas, which must be installed. Sets of items are tuples, or what `items` says."""
        import numpy
        import pandas

        return pandas.DataFrame(
            {
                "items": _objects(self._core.items(items)),
                "count": numpy.frombuffer(self._core.counts(), "u8"),
                "support": numpy.frombuffer(self._core.supports(), "f8"),
            }
        )

    def __reduce__(self) -> tuple[Callable[..., Itemsets], tuple[Any, ...]]:
        return _load_itemsets, self._core.dump()


class FrequentItemsets(Itemsets):
    """All frequent itemsets: counts can be looked up and rules be made, without the baskets."""

    __slots__ = ()

    def count_of(self, items: Iterable[Label]) -> int | None:
        """The number of baskets with an itemset, or `None` if it is not frequent."""
        return self._core.count_of(list(items) if not isinstance(items, str) else items)

    def rules(
        self,
        min_confidence: float = 0.5,
        *,
        consequents: Consequents = "one",
        antecedent_len: tuple[int, int] | None = None,
        consequent_len: tuple[int, int] | None = None,
        min: Mapping[str, float] | None = None,
        max: Mapping[str, float] | None = None,
        non_redundant: bool | float = False,
        top_k: tuple[int, str] | None = None,
        antecedents_from: Iterable[Label] | None = None,
        consequents_from: Iterable[Label] | None = None,
        containing: Iterable[Label] | None = None,
        without: Iterable[Label] | None = None,
        threads: int | None = None,
        time_limit: float | None = None,
        max_memory: int | None = None,
        progress: Progress = False,
    ) -> Rules:
        """Association rules. Exactly on a threshold is in.

        ====================  ========================================================================================
        `min_confidence`      the least fraction of the baskets with the antecedent that have the consequent
        `consequents`         ``"one"`` item on the right, or ``"any"`` number of them
        `antecedent_len`      the least and largest number of items on the left; `consequent_len` on the right
        `min`, `max`          thresholds on any measure, as ``{"lift": 1.2}``; `measures()` lists them
        `non_redundant`       only rules with a higher confidence than all shorter ones with the same consequent; a
                              number is the least difference
        `top_k`               only the k best by a measure, as ``(10, "lift")``
        `consequents_from`    the only items on the right; `antecedents_from` on the left
        `containing`          items of which a rule has all; `without` of which it has none
        ====================  ========================================================================================

        The others are those of `Miner`.

        >>> from itemset import mine
        >>> itemsets = mine([["a", "b", "c"], ["a", "b"], ["a"], ["c"]], min_count=1)
        >>> print(itemsets.rules(0.6, min={"lift": 1.2}, non_redundant=True))
        {b} => {a} (support 0.500, confidence 1.000, lift 1.333)
        {a} => {b} (support 0.500, confidence 0.667, lift 1.333)
        {a, c} => {b} (support 0.250, confidence 1.000, lift 2.000)
        """
        asked: list[tuple[str, str, Any]] = []
        if antecedents_from is not None:
            asked.append(("antecedent", "only", antecedents_from))
        if consequents_from is not None:
            asked.append(("consequent", "only", consequents_from))
        if containing is not None:
            asked.append(("both", "all", containing))
        if without is not None:
            asked.append(("both", "none", without))
        improvement = 0.0 if non_redundant is True else None if non_redundant is False else float(non_redundant)
        settings: _itemset.RuleSettings = {
            "min_confidence": min_confidence,
            "consequents": consequents,
            "antecedent_len": antecedent_len,
            "consequent_len": consequent_len,
            "min": list((min or {}).items()),
            "max": list((max or {}).items()),
            "non_redundant": improvement,
            "top": top_k,
            "items": asked,
        }
        with running(
            "rules", threads=threads, time_limit=time_limit, max_memory=max_memory, progress=progress
        ) as run:
            return Rules._of(self._core.rules(settings, run))


class Rules(_Result):
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
        counts = [memoryview(self._core.counts(name)).cast("Q") for name in ("n", "n_x", "n_y", "n_xy")]
        return map(Rule, *self._core.sides("tuple"), *counts)

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
        return _floats(self._core.values(measure))

    def sorted_by(self, measure: str) -> Rules:
        """All of them, the best by a measure first. Equal ones stay in their order."""
        return Rules._of(self._core.sorted_by(measure))

    def top(self, k: int, measure: str) -> Rules:
        """The k best by a measure."""
        return Rules._of(self._core.sorted_by(measure).head(k))

    def head(self, k: int) -> Rules:
        """The first k."""
        return Rules._of(self._core.head(k))

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
            return Rules._of(self._core.significant(alpha, correction, run))

    def adjusted_p_values(self, correction: Correction = "holm") -> list[float]:
        """The p-value of each rule by Fisher's exact test, corrected for the number of rules that were searched."""
        with running("testing") as run:
            return _floats(self._core.adjusted_p_values(correction, run))

    def to_pandas(self, measures: Sequence[str] = _MEASURES, items: Form = "tuple") -> pandas.DataFrame:
        """A frame of pandas, which must be installed. Sets of items are tuples, or what `items` says."""
        import numpy
        import pandas

        antecedents, consequents = self._core.sides(items)
        columns: dict[str, Any] = {"antecedent": _objects(antecedents), "consequent": _objects(consequents)}
        for name in ("n", "n_x", "n_y", "n_xy"):
            columns[name] = numpy.frombuffer(self._core.counts(name), "u8")
        for name in measures:
            columns[name] = numpy.frombuffer(self._core.values(name), "f8")
        return pandas.DataFrame(columns)

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
        for name in measures:
            if name not in known:
                raise ValueError(f"invalid measure: {name!r} (expected one of {', '.join(sorted(known))})")
        self._core = core
        self._measures = list(measures)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._core.stream(self._measures)


def _load_itemsets(kind: str, form: str, data: bytes) -> Itemsets:
    return (FrequentItemsets if form == "frequent" else Itemsets)._of(_itemset.ItemsetTable.load(kind, form, data))


def _load_rules(kind: str, hypotheses: str, snapshot: bytes) -> Rules:
    return Rules._of(_itemset.RuleTable.load(kind, hypotheses, snapshot))


def _floats(column: bytearray) -> list[float]:
    # Checkers do not know what a view is cast to.
    return list(map(float, memoryview(column).cast("d")))


def _objects(values: Sequence[Any]) -> Any:
    """A column of objects for pandas, which would make columns of equal tuples a matrix."""
    import numpy

    column: Any = numpy.empty(len(values), dtype=object)
    if values and type(values[0]) is frozenset:
        column[:] = values
        return column
    for place, value in enumerate(values):
        column[place] = value
    return column
