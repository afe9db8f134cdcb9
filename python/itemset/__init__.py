"""Frequent itemsets and association rules from basket data: exact, reproducible, parallel.

>>> import itemset
>>> baskets = itemset.Transactions([["beer", "diapers", "chips"], ["beer", "diapers"], ["diapers", "wipes"], ["chips"]])
>>> rules = itemset.mine(baskets, min_support=0.5).rules(min_confidence=0.6)
>>> print(rules.top(1, "lift"))
{beer} => {diapers} (support 0.500, confidence 1.000, lift 1.333)

=====================  ============================================================================
`Transactions`         baskets from lists, frames, matrices, Arrow data and files
`mine`, `Miner`        finds itemsets: all frequent ones, closed, maximal, generators, the best k
`FrequentItemsets`     all frequent itemsets, of which rules can be made
`Itemsets`             any others
`Rules`                rules, with all measures, tests and selections
`mlxtend`              the functions of `mlxtend.frequent_patterns`, with the same arguments and frames
`LimitError`           a limit was reached; a `ValueError`, as all errors of the library are
=====================  ============================================================================

Results are Arrow data themselves: whatever takes ``__arrow_c_stream__`` takes them. Nothing but this package is
imported until it is asked for.
"""

from ._itemset import LimitError
from ._miner import Miner, mine
from ._results import FrequentItemsets, Itemset, Itemsets, Measure, Rule, Rules, measures
from ._transactions import Transactions

__version__ = "0.1.0"

__all__ = [
    "FrequentItemsets",
    "Itemset",
    "Itemsets",
    "LimitError",
    "Measure",
    "Miner",
    "Rule",
    "Rules",
    "Transactions",
    "measures",
    "mine",
]
