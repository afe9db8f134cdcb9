"""Real data, with numbers that other programs found. Needs the folder that ITEMSET_DATA names, with `data` and `oracle`."""

from __future__ import annotations

import csv
import json

import pytest

from itemset import Transactions, mine

# Larger results are for the tests of the library itself.
MOST = 100_000


def test_itemsets(real_data):
    checked = 0
    for known in json.loads((real_data / "oracle" / "itemsets.json").read_text()).values():
        path = real_data / "data" / known["file"]
        cases = [case for case in known["cases"] if case["all"] <= MOST]
        if path.suffix != ".dat" or not cases:
            continue
        baskets = Transactions.read(path)
        assert (len(baskets), len(baskets.items), baskets.entries) == tuple(known[key] for key in ("transactions", "items", "entries"))
        for case in cases:
            itemsets = mine(baskets, min_count=case["min_count"])
            assert itemsets.by_len() == case["by_size"]
            if "sum_supports" in case:
                assert itemsets.to_pandas()["count"].sum() == case["sum_supports"]
            for target in ("closed", "maximal", "generators"):
                if target in case:
                    assert len(mine(baskets, min_count=case["min_count"], target=target)) == case[target]
            checked += 1
    assert checked >= 5


def test_rules(real_data):
    checked = 0
    for known in json.loads((real_data / "oracle" / "rules.json").read_text()):
        path = real_data / "data" / known["file"]
        baskets = Transactions.read(path, "basket", delimiter=known.get("sep"))
        above, below = known["conf"]
        itemsets = mine(baskets, min_count=known["min_count"])
        for consequents, key in [("one", "single_consequent"), ("any", "any_consequent")]:
            if known.get(key) is not None and known[key] <= MOST:
                assert len(itemsets.rules(above / below, consequents=consequents)) == known[key]
                checked += 1
    assert checked >= 4


def test_measures(real_data):
    names = {"confidence": "confidence", "lift": "lift", "leverage": "leverage", "jaccard": "jaccard", "phi": "phi", "cosine": "cosine"}
    baskets = Transactions.read(real_data / "data" / "groceries.csv", delimiter=",")
    rules = mine(baskets, min_count=10).rules(0.0)
    ours = {(rule.antecedent, rule.consequent): rule for rule in rules}
    checked = 0
    with (real_data / "oracle" / "groceries_measures.csv").open() as file:
        for row in csv.DictReader(file):
            rule = ours.get(((row["antecedent"],), (row["consequent"],)))
            if rule is None:
                continue
            assert rule[2:] == tuple(int(row[name]) for name in ("n", "n_x", "n_y", "n_xy"))
            for name, theirs in names.items():
                assert rule.measure(name) == pytest.approx(float(row[theirs]), rel=1e-9)
            checked += 1
    assert checked >= 10


def test_files_and_lists_and_arrow_are_the_same(real_data):
    import pyarrow

    path = real_data / "data" / "retail.dat"
    from_file = Transactions.read(path)
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    for baskets in [Transactions(rows), Transactions(pyarrow.array(rows))]:
        assert baskets == from_file
        assert mine(baskets, min_count=100) == mine(from_file, min_count=100)
