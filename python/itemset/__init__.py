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
`Recommender`          rules at work: what to offer for a basket, and why
`Report`, `Plot`       rules as a page and as drawings, for people; shown in a notebook
`Description`          a look at baskets before a search
`Window`               baskets that come and go, and what changed
`mlxtend`              the functions of `mlxtend.frequent_patterns`, with the same arguments and frames
`LimitError`           a limit was reached; a `ValueError`, as all errors of the library are
=====================  ============================================================================

Results are Arrow data themselves: whatever takes ``__arrow_c_stream__`` takes them. Nothing but this package is
imported until it is asked for.
"""

from ._itemset import LimitError
from ._itemsets import FrequentItemsets, Itemset, Itemsets
from ._miner import Miner, mine
from ._rules import Measure, Rule, Rules, measures
from ._transactions import Transactions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._answers import Counts, Estimate, Partial
    from ._description import Description
    from ._recommender import Recommendation, Recommender
    from ._report import Plot, Report
    from ._window import ItemsetChange, Refresh, Window

__version__ = "0.1.0"

__all__ = [
    "Counts",
    "Description",
    "Estimate",
    "FrequentItemsets",
    "Itemset",
    "ItemsetChange",
    "Itemsets",
    "LimitError",
    "Measure",
    "Miner",
    "Partial",
    "Plot",
    "Recommendation",
    "Recommender",
    "Refresh",
    "Report",
    "Rule",
    "Rules",
    "Transactions",
    "Window",
    "measures",
    "mine",
]

# Loaded when they are asked for: to import all takes a third longer.
_LATER = {
    "Counts": "_answers",
    "Description": "_description",
    "Estimate": "_answers",
    "ItemsetChange": "_window",
    "Partial": "_answers",
    "Plot": "_report",
    "Recommendation": "_recommender",
    "Recommender": "_recommender",
    "Refresh": "_window",
    "Report": "_report",
    "Window": "_window",
}

if not TYPE_CHECKING:

    def __getattr__(name):
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f".{_LATER[name]}", __name__), name)
        return value

    def __dir__():
        return sorted({*globals(), *_LATER})
