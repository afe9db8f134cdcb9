"""What a search says besides its itemsets: their number, and how far a limit let it come."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._itemsets import Itemsets


class Counts(NamedTuple):
    """The number of itemsets: of one item, of two and so on, and the threshold as a number of baskets.

    >>> Counts([3, 1], 2)
    Counts(by_len=[3, 1], min_count=2)
    >>> Counts([3, 1], 2).total
    4
    """

    by_len: list[int]
    min_count: int

    @property
    def total(self) -> int:
        """All of them together."""
        return sum(self.by_len)


class Estimate(NamedTuple):
    """About how many itemsets there are.

    `exact` is the number if all were counted, since that took little work; otherwise `None`. `itemsets` is the estimate,
    of which numbers beyond the range of floats show in `log10` alone; `low` and `high` are the ends of an interval that
    has the true number with a probability of 95 %. `min_count` is the threshold as a number of baskets.
    """

    itemsets: float
    exact: int | None
    log10: float
    standard_error: float
    low: float
    high: float
    min_count: int
    text: str

    def __str__(self) -> str:
        return self.text


class Partial(NamedTuple):
    """Itemsets that a limit may have cut. If so they are all those with a higher threshold than the one asked for.

    `complete_from` is the threshold of what is there, as a number of baskets; `limit` the setting that was reached, with
    its value, or `None`.
    """

    itemsets: Itemsets
    complete_from: int
    limit: str | None
    text: str

    @property
    def is_complete(self) -> bool:
        """Whether nothing was cut."""
        return self.limit is None

    def __str__(self) -> str:
        return self.text
