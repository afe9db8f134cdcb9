"""A look at baskets before a search."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Label = str | int


class Description:
    """What sells, how much at once, what sells together, and what thresholds would give; from `Transactions.describe`.

    Its text is a page with bars. The numbers:

    ==================  ==============================================================================================
    `items`             the most frequent items: `item`, `count`, `support`
    `coverage`          how many `items` make a `share` of all entries
    `lengths`           how many `baskets` have so many `items`
    `pairs`             of the first ten items: `first` and `second`, places in `items`; `count`, `lift`
    `thresholds`        for a `support`, and the `min_count` that it is: frequent `items`, `pairs` and `itemsets`
    `distinct_baskets`  different baskets
    `summary`           numbers of all baskets
    ==================  ==============================================================================================

    >>> from itemset import Transactions
    >>> baskets = Transactions([["beer", "diapers", "chips"], ["beer", "diapers"], ["diapers", "wipes"], ["chips"]])
    >>> description = baskets.describe()
    >>> description.items[0]
    {'item': 'diapers', 'count': 3, 'support': 0.75}
    >>> description.thresholds[0]["pairs"]
    1
    """

    __slots__ = ("_text", "coverage", "distinct_baskets", "items", "lengths", "pairs", "summary", "thresholds")

    items: list[dict[str, Any]]
    coverage: list[dict[str, Any]]
    lengths: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    thresholds: list[dict[str, Any]]
    distinct_baskets: int
    summary: dict[str, Any]

    def __init__(self, text: str, json: str, kind: str) -> None:
        from json import loads

        self._text = text
        numbers = loads(json)
        for name in self.__slots__[1:]:
            setattr(self, name, numbers[name])
        if kind == "int":
            for row in self.items:
                row["item"] = int(row["item"])

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Description: {len(self.items)} items of {self.distinct_baskets} different baskets>"
