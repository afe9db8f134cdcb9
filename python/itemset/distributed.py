"""Mining in parts, on many machines: the pure functions that a cluster's scheduler calls. `itemset.spark` is made of
them.

1. `ItemCounts` are counted in each part of the data, and merged.
2. A `MinePlan` follows from them: the ranks of the frequent items, and a group for each. It pickles, and goes to all.
3. `MinePlan.project` divides baskets into prefixes of ranks, one for each group that needs some of a basket. They go to
   their groups: the one shuffle.
4. `MinePlan.mine_group` takes the prefixes of one group, and gives the itemsets whose rarest item is the group's.

Each depends on its arguments alone, so any of them can be done again. Together the groups find exactly what a single
call finds. Tables come and go as Arrow data: what has ``__arrow_c_stream__``, such as those of pyarrow and polars.

>>> import pyarrow
>>> baskets = [["beer", "diapers"], ["chips", "beer", "diapers"], ["chips", "beer"], ["wine"]]
>>> monday, tuesday = ItemCounts(), ItemCounts()
>>> monday.add(baskets[:2])
>>> tuesday.add(baskets[2:])
>>> monday.merge(tuesday)
>>> plan = MinePlan(monday, groups=2, min_count=2)
>>> prefixes = pyarrow.table(plan.project(baskets))
>>> found = [plan.mine_group(g, [prefixes.filter(pyarrow.compute.equal(prefixes["group"], g))]) for g in range(2)]
>>> pyarrow.concat_tables(map(pyarrow.table, found)).sort_by("freq").to_pylist()[-1]
{'items': ['beer'], 'freq': 3}
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from . import _checks, _itemset
from ._frames import is_arrow
from ._itemset import LimitError
from ._miner import _threshold
from ._itemsets import FrequentItemsets
from ._run import check_memory, running
from ._transactions import Transactions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Literal

    Label = str | int

__all__ = ["ItemCounts", "MinePlan", "Table", "merge_prefixes"]


def _core_of(data: Any) -> _itemset.Baskets:
    return (data if isinstance(data, Transactions) else Transactions(data))._core


def _counts_of(name: str, value: object) -> _itemset.CountTable:
    if not isinstance(value, ItemCounts):
        raise ValueError(f"invalid {name}: {value!r} (expected ItemCounts)")
    return value._core


class Table:
    """Columns as Arrow data: `pyarrow.table` and `polars.DataFrame` take it, once."""

    __slots__ = ("_stream",)

    def __init__(self, stream: object) -> None:
        self._stream: object | None = stream

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        stream, self._stream = self._stream, None
        if stream is None:
            raise ValueError("the table was read already, and it can be read once")
        return stream


class ItemCounts:
    """How many baskets there are, and how many of them hold each item. Counts of parts of the data are merged to those
    of all, in any order.

    >>> counts = ItemCounts()
    >>> counts.add([["beer", "diapers"], ["beer", "beer"], []])
    >>> counts.baskets, counts.count_of("beer"), counts.count_of("wine")
    (3, 2, 0)
    >>> counts.to_dict()
    {'beer': 2, 'diapers': 1}
    """

    __slots__ = ("_core",)

    _core: _itemset.CountTable

    def __init__(self) -> None:
        self._core = _itemset.CountTable()

    @classmethod
    def from_counts(cls, counts: Mapping[Any, int] | Iterable[tuple[Any, int]], baskets: int) -> ItemCounts:
        """Counts that something else found: each item with the baskets that hold it, and the number of all baskets."""
        pairs = list(counts.items() if isinstance(counts, Mapping) else counts)
        self = cls()
        numbers = [_checks.whole("counts", count, 0, 2**64 - 1) for _, count in pairs]
        self._core.add_counts([label for label, _ in pairs], numbers, _checks.whole("baskets", baskets, 0, 2**64 - 1))
        return self

    def add(self, data: Any) -> None:
        """Adds baskets: `Transactions`, or what their constructor takes. An item that is in one twice counts once."""
        self._core.add(_core_of(data))

    def merge(self, other: ItemCounts) -> None:
        """Adds the counts of other baskets."""
        added = _counts_of("other", other)
        self._core.merge(copy.copy(other)._core if other is self else added)

    @property
    def baskets(self) -> int:
        """The baskets, the empty ones included."""
        return self._core.baskets()

    def count_of(self, item: Label) -> int:
        """The baskets that hold an item."""
        return self._core.count_of(item)

    def to_dict(self) -> dict[Any, int]:
        """The items with their counts, in the order of the labels, numbers in that of their digits."""
        return dict(zip(*self._core.rows(), strict=True))

    def __len__(self) -> int:
        return len(self._core)

    def __eq__(self, other: object) -> bool:
        return bool(self._core == other._core) if isinstance(other, ItemCounts) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<ItemCounts: {len(self)} items in {self.baskets} baskets>"

    def __reduce__(self) -> tuple[Callable[..., ItemCounts], tuple[Any, ...]]:
        return _load_counts, self._core.dump()


def _load_counts(kind: str | None, stored: bytes) -> ItemCounts:
    counts = ItemCounts()
    counts._core = _itemset.CountTable.load(kind, stored)
    return counts


class MinePlan:
    """What a search in groups is to find, and how it is divided: each frequent item has a *rank*, its position by
    descending count, and each rank belongs to a group.

    The settings are those of `Miner`: `min_support` or `min_count`, `max_len`, `target` (``"all"``, ``"closed"`` or
    ``"maximal"``) and `algorithm`. Two plans of the same counts and settings are equal. It pickles.

    >>> counts = ItemCounts.from_counts({"beer": 3, "chips": 2, "wine": 1}, baskets=4)
    >>> plan = MinePlan(counts, groups=2, min_support=0.5)
    >>> plan, plan.item(0)
    (<MinePlan: 2 items in 2 groups, min count 2>, ('beer', 3))
    """

    __slots__ = ("_core",)

    _core: _itemset.PlanTable

    def __init__(
        self,
        counts: ItemCounts,
        groups: int,
        *,
        min_support: float | None = None,
        min_count: int | None = None,
        max_len: int | None = None,
        target: Literal["all", "closed", "maximal"] = "all",
        algorithm: Literal["auto", "fp-growth", "eclat"] = "auto",
    ) -> None:
        given = {"min_support": min_support, "min_count": min_count}
        threshold = _threshold({key: value for key, value in given.items() if value is not None}, *given)
        self._core = _itemset.PlanTable.of_counts(
            _counts_of("counts", counts),
            0.01 if threshold is None else threshold,
            None if max_len is None else _checks.whole("max_len", max_len),
            _checks.text("target", target),
            _checks.text("algorithm", algorithm),
            _checks.whole("groups", groups, 1, 2**20),
        )

    @property
    def groups(self) -> int:
        """The groups, numbered from 0."""
        return self._core.groups()

    @property
    def items(self) -> int:
        """The frequent items, which the ranks below this number stand for."""
        return self._core.items()

    @property
    def basket_count(self) -> int:
        """The baskets that were counted."""
        return self._core.basket_count()

    @property
    def min_count(self) -> int:
        """The smallest frequent count."""
        return self._core.min_count()

    @property
    def target(self) -> str:
        """``"all"``, ``"closed"`` or ``"maximal"``."""
        return self._core.target()

    @property
    def label_type(self) -> type:
        """`str` or `int`."""
        return int if self._core.kind() == "int" else str

    @property
    def fingerprint(self) -> int:
        """A number that is the same for equal plans. It says nothing of labels."""
        return self._core.fingerprint()

    def costs(self) -> list[int]:
        """The estimated work of each group, in steps of about a nanosecond."""
        return self._core.costs()

    def item(self, rank: int) -> tuple[Any, int] | None:
        """The item of a rank, and the baskets that hold it."""
        return self._core.item(_rank(rank))

    def group_of(self, rank: int) -> int | None:
        """The group that a rank belongs to."""
        return self._core.group_of(_rank(rank))

    def project(self, data: Any) -> Table:
        """What the groups need of some baskets: the columns `group`, int32, `prefix`, a list of int32, and `weight`,
        int64. Equal prefixes are one row, with their number as its weight.

        `data` is `Transactions`, or what their constructor takes. A basket of n frequent items has at most n - 1
        prefixes, and no more than there are groups.
        """
        return Table(self._core.project(_core_of(data)))

    def mine_group(
        self,
        group: int,
        prefixes: Iterable[Any],
        *,
        labels: bool = True,
        threads: int | None = 1,
        max_memory: int | None = None,
        time_limit: float | None = None,
    ) -> Table:
        """The itemsets of a group: the columns `items`, a list of labels in their order, and `freq`, int64.

        `prefixes` are tables with the columns `prefix` and `weight`, all of this group, in any order. They are read one
        after the other, and what is held of them is a tree in which equal ones are one. Tables that `project` made with
        another plan are refused, as long as their schema has its metadata.

        For the targets closed and maximal, an itemset may have a superset in another group, which only all groups
        together know. Without `labels` the columns are `group`, `ranks` and `freq`, which `check` takes.

        Raises `ValueError` if a prefix is none of the group, or came twice that was counted once, and `LimitError` as
        soon as the prefixes take more than half of `max_memory`, which the search needs as much of again.
        """
        check_memory(max_memory)
        search = self._core.group(_checks.whole("group", group))
        # A table is an iterable as well, of columns.
        if is_arrow(prefixes) and not hasattr(prefixes, "__next__"):
            raise ValueError(f"invalid prefixes: a {type(prefixes).__name__} (expected a list of tables)")
        for table in prefixes:
            search.push(table)
            if max_memory is not None and 2 * search.bytes() > max_memory:
                raise _too_large(group, search.bytes(), max_memory)
        with running("mining", threads=threads, max_memory=max_memory, time_limit=time_limit) as run:
            return Table(self._core.mine(search, labels, run))

    def check(self, found: Any) -> Table:
        """The itemsets of the plan's target among those that `mine_group` found without labels: one table with those
        of all groups. Columns `items` and `freq`.

        Closed itemsets can be checked in parts, each with all itemsets of some counts: only one of the same count hides
        another. Maximal ones are checked together.
        """
        with running("checking", threads=1) as run:
            return Table(self._core.checked(found, run))

    def join(self, found: Any) -> FrequentItemsets:
        """All frequent itemsets, from one table with what `mine_group` found without labels in all groups: exactly what
        `mine` finds in all baskets. Raises `ValueError` if the rows are of another plan, or some are missing.
        """
        with running("joining", threads=1) as run:
            return FrequentItemsets._of(self._core.join(found, run))

    def __eq__(self, other: object) -> bool:
        return bool(self._core == other._core) if isinstance(other, MinePlan) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<MinePlan: {self.items} items in {self.groups} groups, min count {self.min_count}>"

    def __reduce__(self) -> tuple[Callable[..., MinePlan], tuple[Any, ...]]:
        return _load_plan, self._core.dump()


def _rank(rank: Any) -> int:
    return _checks.whole("rank", rank, 0, 2**32 - 1)


def _too_large(group: int, held: int, max_memory: int) -> LimitError:
    error = LimitError(
        f"the prefixes of group {group} take {held} bytes so far, of which half of max_memory ({max_memory}) are "
        f"allowed: plan more groups, or raise the limit"
    )
    error.min_count = None
    return error


def _load_plan(kind: str, stored: bytes) -> MinePlan:
    plan = MinePlan.__new__(MinePlan)
    plan._core = _itemset.PlanTable.load(kind, stored)
    return plan


def merge_prefixes(table: Any) -> Table:
    """Equal prefixes of a table that `MinePlan.project` gave, or of several put together, as one row each."""
    return Table(_itemset.merge_prefixes(table))
