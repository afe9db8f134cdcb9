"""Values that a setting cannot have are errors that name the setting, the value, and what is expected."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from conftest import SHOP, refused

from itemset import Miner, Transactions, Window, mine, mlxtend
from itemset.distributed import ItemCounts, MinePlan

DATA = Transactions(SHOP)
ITEMSETS = mine(DATA, min_count=1)
RULES = ITEMSETS.rules(0.1)
PLAN = MinePlan(ItemCounts.from_counts({"beer": 3}, 4), 2, min_count=1)
HOT = pd.DataFrame({"a": [True, True], "b": [True, False]})
FREQUENT = mlxtend.fpgrowth(HOT, 0.5, use_colnames=True)
WHOLE = {
    "top": lambda value: RULES.top(value, "lift"),
    "head": RULES.head,
    "recommend": lambda value: RULES.recommender().recommend(["beer"], value),
    "recommend_all": lambda value: RULES.recommender().recommend_all([["beer"]], value),
    "describe": DATA.describe,
    "report": lambda value: RULES.report(max_rules=value),
    "plot": lambda value: RULES.plot(max_rules=value),
    "threads": lambda value: mine(DATA, threads=value),
    "threads of rules": lambda value: ITEMSETS.rules(threads=value),
    "threads of a file": lambda value: Transactions.read("/dev/null", threads=value),
    "max_memory": lambda value: mine(DATA, max_memory=value),
    "top_k": lambda value: mine(DATA, top_k=value),
    "top_k of rules": lambda value: ITEMSETS.rules(top_k=(value, "lift")),
    "antecedent_len": lambda value: ITEMSETS.rules(antecedent_len=(value, 2)),
    "consequent_len": lambda value: ITEMSETS.rules(consequent_len=(1, value)),
    "min_len": lambda value: mine(DATA, min_len=value),
    "max_len": lambda value: mine(DATA, max_len=value),
    "min_count": lambda value: mine(DATA, min_count=value),
    "item_min_count": lambda value: mine(DATA, item_min_count={"beer": value}),
    "min_support_at_len": lambda value: mine(DATA, min_support_at_len={value: 0.5}),
    "max_len of a plan": lambda value: MinePlan(ItemCounts.from_counts({"beer": 3}, 4), 2, max_len=value),
    "groups": lambda value: MinePlan(ItemCounts.from_counts({"beer": 3}, 4), value),
    "rank": PLAN.item,
    "rank of a group": PLAN.group_of,
    "group": lambda value: PLAN.mine_group(value, []),
    "counts": lambda value: ItemCounts.from_counts({"beer": value}, 4),
    "baskets": lambda value: ItemCounts.from_counts({}, value),
    "num_itemsets": lambda value: mlxtend.association_rules(FREQUENT, num_itemsets=value),
    "num_itemsets with missing values": lambda value: mlxtend.association_rules(FREQUENT, value, HOT, True),
    "window": lambda value: Window(max_memory=value).refresh(),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_are_checked_alike(name):
    for value in (-1, 1.5, "x", True, 2**64, 10**30, float("nan"), (1,)):
        with pytest.raises(ValueError) as raised:
            WHOLE[name](value)
        said = rf"^invalid \w+: {re.escape(repr(value))} \(expected a whole number (from [01] to|of baskets)"
        assert re.search(said, str(raised.value))


def test_whole_numbers_of_numpy_are_whole_numbers():
    for name in ("top", "head", "recommend", "describe", "report", "threads", "min_count", "num_itemsets"):
        WHOLE[name](np.int64(2))


def test_threads_have_a_limit():
    for name in ("threads", "threads of rules", "threads of a file"):
        refused(lambda name=name: WHOLE[name](1025), "invalid threads: 1025 (expected a whole number from 1 to 1,024)")
    assert len(mine(DATA, threads=16, min_count=1)) == len(ITEMSETS)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: mine(DATA, time_limit="x"), "invalid time_limit: 'x' (expected a number of seconds, 0 or more)"),
        (lambda: mine(DATA, time_limit=float("nan")), "invalid time_limit: nan"),
        (lambda: mine(DATA, time_limit=-1), "invalid time_limit: -1"),
        (lambda: mine(DATA, progress=3), "invalid progress: 3"),
        (lambda: ITEMSETS.rules("x"), "invalid min_confidence: 'x' (expected a number)"),
        (lambda: ITEMSETS.rules(non_redundant="x"), "invalid non_redundant: 'x'"),
        (lambda: ITEMSETS.rules(min={"lift": "x"}), "invalid min of lift: 'x' (expected a number)"),
        (lambda: ITEMSETS.rules(max=["lift"]), "invalid max: ['lift'] (expected a dict)"),
        (lambda: ITEMSETS.rules(top_k=3), "invalid top_k: 3 (expected as (10, \"lift\"))"),
        (lambda: ITEMSETS.rules(antecedent_len=3), "invalid antecedent_len: 3 (expected the least and largest"),
        (lambda: ITEMSETS.rules(consequents=3), "invalid consequents: 3 (expected text)"),
        (lambda: RULES.significant("x"), "invalid alpha: 'x' (expected a number)"),
        (lambda: RULES.report(significance=0.05), "invalid significance: 0.05"),
        (lambda: RULES.sorted_by(3), "invalid measure: 3 (expected text)"),
        (lambda: RULES.recommender("expected-profit", margins={"beer": "x"}), "invalid margins: 'x'"),
        (lambda: mine(DATA, target=3), "invalid target: 3 (expected text)"),
        (lambda: mine(DATA, exclude=3), "invalid exclude: 3 (expected a list of labels)"),
        (lambda: mine(DATA, never_with=["beer"]), "invalid never_with: ['beer'] (expected a dict)"),
        (lambda: Miner(item_min_support=["beer"]), "invalid item_min_support: ['beer'] (expected a dict)"),
        (lambda: mlxtend.association_rules(FREQUENT, min_threshold="x"), "invalid min_threshold: 'x'"),
        (lambda: mlxtend.association_rules(FREQUENT, return_metrics="lift"), "invalid return_metrics: 'lift'"),
        (lambda: mlxtend.fpgrowth(HOT, "x"), "invalid min_support: 'x'"),
    ],
)
def test_other_values_have_errors_too(call, said):
    refused(call, said)


def test_parts_of_results_are_said_to_be_lists():
    for result in (ITEMSETS, RULES):
        for place in (slice(0, 1), "x", 1.0):
            with pytest.raises(TypeError, match="are taken by whole numbers, and .* is none.*list"):
                result[place]
        with pytest.raises(IndexError):
            result[len(result)]
        assert list(result)[0:2] == [result[0], result[1]] and result[np.int64(0)] == result[0]


def test_truth_values_of_numpy_are_truth_values():
    found = mine([["a", "b", "c"], ["a", "b"], ["a"], ["c", "b"]], min_count=1)
    for value in (False, True):
        assert len(found.rules(0, non_redundant=np.bool_(value))) == len(found.rules(0, non_redundant=value))
    for call in (
        lambda: mine([["a"]], min_support=np.True_),
        lambda: mine([["a"]], min_support=np.int64(1)),
        lambda: found.rules(np.True_),
        lambda: mine([["a"]], min_count=np.True_),
    ):
        refused(call)


def test_measures_may_come_from_a_generator():
    rules = mine([["a", "b"], ["a", "b"], ["a"]], min_count=1).rules(0.1)
    for frame in (rules.to_pandas(name for name in ["lift"]), rules.to_polars(name for name in ["lift"])):
        assert list(frame.columns)[-1] == "lift"
