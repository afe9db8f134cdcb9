"""Baskets that come and go."""

from __future__ import annotations

from typing import NamedTuple

from . import _checks, _itemset
from ._itemsets import FrequentItemsets
from ._miner import Miner
from ._run import running
from ._transactions import Transactions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Literal, Unpack

    from ._miner import PlainSettings
    from ._rules import Correction

    Label = str | int
    Key = str | int
    ChangeKind = Literal["new", "gone", "risen", "fallen"]


class ItemsetChange(NamedTuple):
    """An itemset that changed: how, the number of baskets with it and of all baskets before and after, and the p-value of
    a test whether that is chance, corrected for how many itemsets were looked at."""

    items: tuple[Label, ...]
    kind: ChangeKind
    count_before: int
    baskets_before: int
    count_after: int
    baskets_after: int
    p_value: float


class Refresh:
    """The itemsets of a window, and what is different from the refresh before; from `Window.refresh`."""

    __slots__ = ("_core",)

    _core: _itemset.RefreshTable

    def __init__(self) -> None:
        raise TypeError("Refresh are made by Window.refresh")

    @classmethod
    def _of(cls, core: _itemset.RefreshTable) -> Refresh:
        self = cls.__new__(cls)
        self._core = core
        return self

    @property
    def itemsets(self) -> FrequentItemsets:
        """The itemsets of all baskets that are there."""
        return FrequentItemsets._of(self._core.itemsets())

    @property
    def added(self) -> Transactions:
        """The baskets that came since the refresh before, and are still there."""
        return Transactions._of(self._core.added())

    @property
    def retired(self) -> Transactions:
        """The baskets that were there then, and were retired or forgotten since."""
        return Transactions._of(self._core.retired())

    def changes(self, alpha: float | None = None, correction: Correction = "holm") -> list[ItemsetChange]:
        """The itemsets that are new, gone, or in another share of the baskets; with `alpha` those that are more than chance.

        Baskets that came are compared with those that went, or, if none did, with those of before: sets that share none.
        Fisher's exact test, corrected for twice as many tests as itemsets that were looked at.
        """
        with running("comparing") as run:
            level = None if alpha is None else _checks.real("alpha", alpha)
            return [ItemsetChange(*row) for row in self._core.changes(level, correction, run)]

    def __repr__(self) -> str:
        return f"<Refresh: {self.itemsets!r}>"


class Window:
    """The baskets of the last days or weeks, by partition, and their frequent itemsets. Settings are those of `Miner`.

    Keys of partitions are all text, such as dates as ``"2026-03-01"``, or all whole numbers. The order in which baskets
    come does not matter, and a basket that was forgotten leaves nothing after the next refresh.

    >>> window = Window(min_count=2)
    >>> window.add("monday", [["beer", "diapers"], ["beer", "diapers"], ["chips"]])
    >>> window.add("tuesday", [["beer", "chips"]])
    >>> window.refresh().itemsets.count_of(["beer", "diapers"])
    2
    >>> window.forget("monday", ["diapers", "beer"])  # a customer leaves
    >>> refresh = window.refresh()
    >>> [(change.items, change.kind) for change in refresh.changes() if change.kind == "gone"]
    [(('diapers',), 'gone'), (('beer', 'diapers'), 'gone')]
    >>> window.retire("monday"), len(window), window.keys()
    (2, 1, ['tuesday'])
    """

    __slots__ = ("_core", "_miner")

    _core: _itemset.WindowTable
    _miner: Miner

    def __init__(self, **settings: Unpack[PlainSettings]) -> None:
        self._miner = Miner(**settings)
        self._core = _itemset.WindowTable(self._miner._resolved())

    def add(self, key: Key, data: Any) -> None:
        """Adds baskets to a partition, a new one or one that is there: `Transactions`, or what their constructor takes."""
        self._core.add(key, (data if isinstance(data, Transactions) else Transactions(data))._core)

    def retire(self, key: Key) -> int:
        """Retires a partition with all of its baskets, and says how many there were."""
        return self._core.retire(key)

    def retire_before(self, key: Key) -> int:
        """Retires all partitions whose key comes before this one, and says how many baskets they had."""
        return self._core.retire_before(key)

    def forget(self, key: Key, basket: Iterable[Label]) -> None:
        """Forgets one basket of a partition, with all that it was counted in. Raises `ValueError` if it is not there."""
        self._core.forget(key, basket if isinstance(basket, str) else list(basket))

    def keys(self) -> list[Key]:
        """The partitions that have baskets, in the order of their keys."""
        return self._core.keys()

    def len_of(self, key: Key) -> int:
        """The baskets of a partition: 0 if it is not there."""
        return self._core.len_of(key)

    @property
    def transactions(self) -> Transactions:
        """All baskets."""
        return Transactions._of(self._core.baskets())

    def refresh(self) -> Refresh:
        """Finds the itemsets of all baskets that are there: what `mine` would find, often sooner."""
        with self._miner._running("mining") as run:
            return Refresh._of(self._core.refresh(run))

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        return f"<Window: {len(self)} baskets in {len(self.keys())} partitions>"

    def __reduce__(self) -> tuple[Callable[..., Window], tuple[Any, ...]]:
        return _load, (self._miner, *self._core.dump())


def _load(miner: Miner, labels: str | None, keys: str | None, snapshot: bytes) -> Window:
    self = Window.__new__(Window)
    self._miner = miner
    self._core = _itemset.WindowTable.load(miner._resolved(), labels, keys, snapshot)
    return self
