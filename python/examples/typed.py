"""What type checkers see of the package: mypy and pyright read this file, and it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import itemset
from itemset import FrequentItemsets, Itemsets, LimitError, Miner, Rules, Transactions

if TYPE_CHECKING:
    import pandas
    import polars

baskets = Transactions([["beer", "diapers", "chips"], ["beer", "diapers"], ["chips"]])
assert_type(baskets.items, list[str | int])

# All frequent itemsets have rules; itemsets under constraints have not, and a checker says so.
frequent = itemset.mine(baskets, min_support=0.5, threads=1)
assert_type(frequent, FrequentItemsets)
assert_type(itemset.mine(baskets, min_count=2, target="closed"), Itemsets)
assert_type(Miner(min_count=2, exclude=["beer"]).mine(baskets), Itemsets)

for row in frequent:
    assert_type(row.items, tuple[str | int, ...])
    assert_type(row.count, int)
rules = frequent.rules(0.6, consequents="any", min={"lift": 1.1}, top_k=(10, "lift"))
assert_type(rules, Rules)
assert_type([rule.lift for rule in rules], list[float])
assert_type(rules.filter(lambda rule: rule.confidence > 0.9).significant(0.5, "none"), Rules)


def frames() -> tuple[pandas.DataFrame, polars.DataFrame]:
    """Types of frames, whose libraries are imported only when they are asked for."""
    return rules.to_pandas(["lift"], items="frozenset"), rules.to_polars()


try:
    itemset.mine([list("abcdefgh")], min_count=1, max_itemsets=10)
except LimitError as error:
    assert_type(error.min_count, int | None)
print(rules)
