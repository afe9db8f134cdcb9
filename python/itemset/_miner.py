"""The search for itemsets."""

from __future__ import annotations

from typing import overload

from . import _checks, _itemset
from ._itemsets import FrequentItemsets, Itemsets
from ._run import running
from ._transactions import Transactions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Literal, TypedDict, Unpack

    from ._answers import Counts, Estimate, Partial
    from ._run import Progress

    Label = str | int
    Target = Literal["all", "closed", "maximal", "generators"]
    Algorithm = Literal["auto", "apriori", "fp-growth", "eclat"]

    class PlainSettings(TypedDict, total=False):
        """The settings that leave all frequent itemsets."""

        min_support: float
        min_count: int
        max_len: int
        algorithm: Algorithm
        max_itemsets: int
        threads: int
        time_limit: float
        max_memory: int
        progress: Progress

    class Settings(PlainSettings, total=False):
        """All settings."""

        target: Target
        min_len: int
        top_k: int
        exclude: Iterable[Label]
        only: Iterable[Label]
        must_contain: Iterable[Label]
        at_most_one_of: Sequence[Iterable[Label]]
        never_with: Mapping[Label, Iterable[Label]]
        item_min_support: Mapping[Label, float]
        item_min_count: Mapping[Label, int]
        min_support_at_len: Mapping[int, float]
        min_count_at_len: Mapping[int, int]
        max_support: float
        max_count: int


_RUN = ("threads", "time_limit", "max_memory", "progress")
_SETTINGS = (
    "min_support",
    "min_count",
    "target",
    "algorithm",
    "min_len",
    "max_len",
    "top_k",
    "max_itemsets",
    "exclude",
    "only",
    "must_contain",
    "at_most_one_of",
    "never_with",
    "item_min_support",
    "item_min_count",
    "min_support_at_len",
    "min_count_at_len",
    "max_support",
    "max_count",
    *_RUN,
)


class Miner:
    """Settings of a search for itemsets, which can be made again and again. `None` is the default everywhere.

    ======================  ==========================================================================================
    `min_support`           the least fraction of the baskets that have an itemset, 0.01 by default; or
    `min_count`             the least number of them. Exactly on the threshold is in
    `target`                ``"all"``, ``"closed"``, ``"maximal"`` or ``"generators"``
    `min_len`, `max_len`    how many items an itemset has
    `top_k`                 only the k most frequent; then a threshold need not be set
    `algorithm`             ``"auto"``, ``"apriori"``, ``"fp-growth"`` or ``"eclat"``: the result is the same
    `exclude`, `only`       items that are left out, or all that are not
    `must_contain`          items that every itemset has
    `at_most_one_of`        lists of items of which an itemset has at most one
    `never_with`            for an item those that it is not with
    `item_min_support`      for an item the threshold of itemsets with it, `item_min_count` as a number
    `min_support_at_len`    for a number of items the threshold, `min_count_at_len` as a number
    `max_support`           the largest fraction, `max_count` the largest number
    `max_itemsets`          more of them are a `LimitError`, which names the threshold that fits
    `max_memory`            the same in bytes; half of the machine's memory by default
    `time_limit`            in seconds
    `threads`               all processors by default, and at most 1,024; the result is the same
    `progress`              ``True`` for a bar of tqdm, or a function that is called with fractions from 0 to 1
    ======================  ==========================================================================================

    >>> baskets = Transactions([["beer", "diapers", "chips"], ["beer", "diapers"], ["beer"]])
    >>> miner = Miner(min_count=2, target="closed")
    >>> print(miner.mine(baskets))
    {beer} (count 3, support 1.000)
    {beer, diapers} (count 2, support 0.667)
    >>> miner.replace(target="maximal").mine(baskets)
    <Itemsets: 1 in 3 baskets, min count 2>
    """

    __slots__ = ("_settings",)

    _settings: dict[str, Any]

    def __init__(self, **settings: Unpack[Settings]) -> None:
        for name in settings:
            if name not in _SETTINGS:
                raise TypeError(f"no such setting: {name} (expected one of {', '.join(_SETTINGS)})")
        # Iterators could be read once, and not be stored.
        listed: dict[str, Callable[[str, Any], Any]] = {
            "exclude": _listed,
            "only": _listed,
            "must_contain": _listed,
            "at_most_one_of": lambda name, groups: [_listed(name, group) for group in _listed(name, groups)],
            "never_with": lambda name, pairs: {
                item: _listed(name, others) for item, others in _checks.mapping(name, pairs).items()
            },
        }
        given = {name: value for name, value in settings.items() if value is not None}
        self._settings = {name: listed[name](name, value) if name in listed else value for name, value in given.items()}
        _resolved(self._settings)

    def replace(self, **settings: Unpack[Settings]) -> Miner:
        """The same settings with others in place of some. One of `min_support` and `min_count` replaces the other."""
        kept = dict(self._settings)
        for one, other in [("min_support", "min_count"), ("max_support", "max_count")]:
            if one in settings or other in settings:
                kept.pop(one, None)
                kept.pop(other, None)
        return _miner_of({**kept, **settings})

    def mine(self, data: Any) -> Itemsets:
        """The itemsets of some baskets: `FrequentItemsets` if all frequent ones were asked for, with no constraints.

        `data` is `Transactions`, or what their constructor takes.

        Raises `ValueError` for a setting that is not allowed, `LimitError` for a limit that is reached, and
        `KeyboardInterrupt` when Ctrl-C is pressed.
        """
        baskets = _baskets(data)
        with self._running("mining") as run:
            return _itemsets(_itemset.mine(baskets, self._resolved(), run))

    def mine_partial(self, data: Any) -> Partial:
        """The same, but where a limit would be reached, what is frequent at the lowest threshold that stays within it.

        >>> baskets = Transactions([["beer", "diapers"], ["beer", "diapers"], ["beer", "wine"]])
        >>> partial = Miner(min_count=1, max_itemsets=3).mine_partial(baskets)
        >>> print(partial)
        partial: all with a count of at least 2, not down to the 1 asked for (max_itemsets 3)
        >>> len(partial.itemsets), partial.complete_from, partial.is_complete
        (3, 2, False)
        """
        from ._answers import Partial

        baskets = _baskets(data)
        with self._running("mining") as run:
            found, complete_from, limit, text = _itemset.mine_partial(baskets, self._resolved(), run)
            return Partial(_itemsets(found), complete_from, limit, text)

    def count(self, data: Any) -> Counts:
        """How many itemsets there are of each length, without a list of them: `max_itemsets` does not bound it.

        >>> Miner(min_count=1).count([range(70)]).total == 2**70 - 1
        True
        """
        from ._answers import Counts

        baskets = _baskets(data)
        with self._running("counting") as run:
            return Counts(*_itemset.count(baskets, self._resolved(), run))

    def estimate(self, data: Any) -> Estimate:
        """About how many itemsets there are, to find out whether a threshold is worth trying: it takes some tenths of a
        second whatever the threshold is. With constraints or another target it is an order of magnitude.

        >>> print(Miner(min_count=2).estimate([["beer", "diapers"], ["beer", "diapers"], ["chips"]]))
        3 frequent itemsets (min count 2, counted)
        >>> rows = [[item for item in range(60) if item != lacks] for lacks in range(60)]
        >>> estimate = Miner(min_count=1).estimate(rows)
        >>> estimate.exact is None and estimate.low <= 2**60 - 2 <= estimate.high
        True
        """
        from ._answers import Estimate

        baskets = _baskets(data)
        with self._running("estimating") as run:
            exact, numbers, min_count, text = _itemset.estimate(baskets, self._resolved(), run)
            itemsets, log10, standard_error, low, high = numbers
            return Estimate(itemsets, exact, log10, standard_error, low, high, min_count, text)

    def _resolved(self) -> _itemset.MineSettings:
        return _resolved(self._settings)

    def _running(self, description: str) -> running:
        return running(description, **{name: self._settings[name] for name in _RUN if name in self._settings})

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that are not the default."""
        return dict(self._settings)

    def __eq__(self, other: object) -> bool:
        return self._settings == other._settings if isinstance(other, Miner) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Miner({', '.join(f'{name}={value!r}' for name, value in self._settings.items())})"

    def __reduce__(self) -> tuple[Callable[..., Miner], tuple[Any, ...]]:
        return _miner_of, (self._settings,)


def _listed(name: str, labels: Any) -> Any:
    """A list of labels. A single text is left for the call, which says what is wrong with it."""
    if not hasattr(labels, "__iter__"):
        raise ValueError(f"invalid {name}: {labels!r} (expected a list of labels)")
    return labels if isinstance(labels, (str, list)) else list(labels)


def _miner_of(settings: dict[str, Any]) -> Miner:
    return Miner(**settings)


@overload
def mine(data: Any, **settings: Unpack[PlainSettings]) -> FrequentItemsets: ...
@overload
def mine(data: Any, **settings: Unpack[Settings]) -> Itemsets: ...
def mine(data: Any, **settings: Unpack[Settings]) -> Itemsets:
    """The itemsets of some baskets, with the settings of `Miner`.

    `data` is `Transactions`, or what their constructor takes: lists of labels, a matrix or frame of truth values.

    >>> itemsets = mine([["beer", "diapers"], ["beer", "diapers", "chips"], ["chips"]], min_support=0.5)
    >>> itemsets.count_of(["beer", "diapers"])
    2
    >>> print(itemsets.rules(min_confidence=0.9))
    {diapers} => {beer} (support 0.667, confidence 1.000, lift 1.500)
    {beer} => {diapers} (support 0.667, confidence 1.000, lift 1.500)
    """
    return Miner(**settings).mine(data)


def _threshold(settings: Mapping[str, Any], fraction: str, count: str) -> float | int | None:
    """A threshold that is a fraction or a number of baskets, told by its name, never by its value."""
    if fraction in settings and count in settings:
        raise ValueError(f"invalid {count}: {settings[count]} (expected {fraction} or {count}, not both)")
    if count in settings:
        return _count(count, settings[count])
    if fraction in settings:
        return _fraction(fraction, settings[fraction], count)
    return None


def _count(name: str, value: Any) -> int:
    return _checks.whole(name, value, 1, 2**64 - 1, "a whole number of baskets, at least 1")


def _fraction(name: str, value: Any, count: str) -> float:
    if not _checks.is_truth(value) and hasattr(value, "__index__") and value > 0:
        raise ValueError(f"invalid {name}: {value} (expected a fraction such as 1.0; for a number of baskets use {count})")
    return _checks.real(name, value, "a fraction above 0 and up to 1")


def _thresholds(settings: Mapping[str, Any], fraction: str, count: str) -> list[tuple[Any, float | int]] | None:
    def pairs(name: str) -> Any:
        return _checks.mapping(name, settings.get(name, {})).items()

    given = [(key, _fraction(fraction, value, count)) for key, value in pairs(fraction)]
    return [*given, *((key, _count(count, value)) for key, value in pairs(count))] or None


def _whole(settings: Mapping[str, Any], name: str) -> int | None:
    """A setting that is a whole number, if it is set."""
    value = settings.get(name)
    return None if value is None else _checks.whole(name, value)


def _resolved(settings: Mapping[str, Any]) -> _itemset.MineSettings:
    """The settings as the compiled half takes them."""
    top_k, min_len = _whole(settings, "top_k"), _whole(settings, "min_len")
    threshold = _threshold(settings, "min_support", "min_count")
    if threshold is None:
        threshold = 1 if top_k is not None else 0.01
    never_with = list(settings.get("never_with", {}).items())
    at_len = _thresholds(settings, "min_support_at_len", "min_count_at_len")
    return {
        "min_support": threshold,
        "target": _checks.text("target", settings.get("target", "all")),
        "algorithm": _checks.text("algorithm", settings.get("algorithm", "auto")),
        "min_len": 1 if min_len is None else min_len,
        "max_len": _whole(settings, "max_len"),
        "top_k": top_k,
        "max_itemsets": _whole(settings, "max_itemsets"),
        "exclude": settings.get("exclude"),
        "only": settings.get("only"),
        "must_contain": settings.get("must_contain"),
        "at_most_one_of": settings.get("at_most_one_of"),
        "never_with": never_with or None,
        "item_min_support": _thresholds(settings, "item_min_support", "item_min_count"),
        "min_support_at_len": at_len and [(_checks.whole("min_support_at_len", key), least) for key, least in at_len],
        "max_support": _threshold(settings, "max_support", "max_count"),
    }


def _baskets(data: Any) -> _itemset.Baskets:
    return (data if isinstance(data, Transactions) else Transactions(data))._core


def _itemsets(core: _itemset.ItemsetTable) -> Itemsets:
    return (FrequentItemsets if core.is_complete() else Itemsets)._of(core)
