"""Itemsets."""

from __future__ import annotations

from typing import NamedTuple

from . import _checks, _itemset
from ._results import Result, objects
from ._rules import Rules
from ._run import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, Literal, SupportsIndex

    import pandas

    from ._results import Form, Label
    from ._run import Progress

    Consequents = Literal["one", "any"]


class Itemset(NamedTuple):
    """A set of items: in the order of the labels, the number of baskets with it, and their fraction."""

    items: tuple[Label, ...]
    # Tuples have a method of this name, which searches; nobody searches in these.
    count: int  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]
    support: float


class Itemsets(Result):
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
        items, counts, supports = self._core.columns("tuple")
        return map(Itemset, items, memoryview(counts).cast("Q"), memoryview(supports).cast("d"))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} in {self.basket_count} baskets, min count {self.min_count}>"

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._core.stream()

    def to_pandas(self, items: Form = "tuple") -> pandas.DataFrame:
        """A frame of pandas, which must be installed. Sets of items are tuples, or what `items` says."""
        import numpy
        import pandas

        sets, counts, supports = self._core.columns(items)
        return pandas.DataFrame(
            {
                "items": objects(sets),
                "count": numpy.frombuffer(counts, "u8"),
                "support": numpy.frombuffer(supports, "f8"),
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
        improvement = 0.0 if non_redundant else None
        if not _checks.is_truth(non_redundant):
            improvement = _checks.real("non_redundant", non_redundant, "True, False, or the least difference")
        settings: _itemset.RuleSettings = {
            "min_confidence": _checks.real("min_confidence", min_confidence),
            "consequents": _checks.text("consequents", consequents),
            "antecedent_len": _lengths("antecedent_len", antecedent_len),
            "consequent_len": _lengths("consequent_len", consequent_len),
            "min": _bounds("min", min),
            "max": _bounds("max", max),
            "non_redundant": improvement,
            "top": _best("top_k", top_k),
            "items": asked,
        }
        with running(
            "rules", threads=threads, time_limit=time_limit, max_memory=max_memory, progress=progress
        ) as run:
            return Rules._of(self._core.rules(settings, run))


def _lengths(name: str, lengths: Any) -> tuple[int, int] | None:
    if lengths is None:
        return None
    least, most = _checks.pair(name, lengths, "the least and largest number of items, as (1, 2)")
    return _checks.whole(name, least), _checks.whole(name, most)


def _best(name: str, best: Any) -> tuple[int, str] | None:
    if best is None:
        return None
    k, measure = _checks.pair(name, best, 'as (10, "lift")')
    return _checks.whole(name, k), _checks.text(name, measure)


def _bounds(name: str, bounds: Any) -> list[tuple[str, float]]:
    pairs = _checks.mapping(name, {} if bounds is None else bounds).items()
    return [(_checks.text(name, measure), _checks.real(f"{name} of {measure}", bound)) for measure, bound in pairs]


def _load_itemsets(kind: str, form: str, data: bytes) -> Itemsets:
    return (FrequentItemsets if form == "frequent" else Itemsets)._of(_itemset.ItemsetTable.load(kind, form, data))
