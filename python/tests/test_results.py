"""Results as Arrow data and frames, and stored."""

from __future__ import annotations

import copy
import gc
import math
import pickle

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import SHOP

from itemset import Itemsets, Miner, Transactions, mine

NUMBERS = [[10, 9, 2], [10, 9], [9, 100], [100, 9]]
RESULTS = [
    pytest.param(lambda: mine(SHOP, min_count=1), id="text"),
    pytest.param(lambda: mine(NUMBERS, min_count=1), id="numbers"),
    pytest.param(lambda: mine(SHOP, min_count=1, min_len=2), id="a list"),
    pytest.param(lambda: mine(NUMBERS, min_count=1, target="closed"), id="a list of numbers"),
    pytest.param(lambda: mine([], min_count=1), id="nothing"),
]


@pytest.mark.parametrize("make", RESULTS)
def test_itemsets_are_arrow_data(make):
    itemsets = make()
    rows = list(itemsets)
    for table in [pa.table(itemsets), itemsets.to_pyarrow(), itemsets.to_polars().to_arrow()]:
        assert table.column_names == ["items", "count", "support"]
        columns = table.to_pydict()
        assert [tuple(items) for items in columns["items"]] == [row.items for row in rows]
        assert columns["count"] == [row.count for row in rows]
        assert columns["support"] == [row.support for row in rows]
    frame = itemsets.to_polars()
    assert frame.height == len(itemsets)
    connection = duckdb.connect()
    relation = connection.from_arrow(pa.table(itemsets))
    assert relation.aggregate("count(*), coalesce(sum(count), 0)").fetchall() == [(len(rows), sum(row.count for row in rows))]


@pytest.mark.parametrize("make", RESULTS)
@pytest.mark.parametrize("form", [tuple, list, frozenset])
def test_itemsets_of_pandas(make, form):
    itemsets = make()
    frame = itemsets.to_pandas(items=form.__name__)
    assert list(frame.columns) == ["items", "count", "support"]
    assert [form(row.items) for row in itemsets] == list(frame["items"])
    assert all(type(items) is form for items in frame["items"])
    assert frame["count"].dtype == np.uint64 and frame["support"].dtype == np.float64
    assert list(frame["count"]) == [row.count for row in itemsets]
    frame["count"] += 1


def test_many_rows_come_in_batches():
    itemsets = mine([list(range(17)), list(range(17))], min_count=2)
    assert len(itemsets) == 2**17 - 1
    reader = pa.RecordBatchReader.from_stream(itemsets)
    batches = list(reader)
    assert len(batches) > 1 and sum(batch.num_rows for batch in batches) == len(itemsets)
    assert pl.from_arrow(pa.table(itemsets)).equals(itemsets.to_polars())


def test_rules_are_arrow_data():
    for rows in (SHOP, NUMBERS):
        rules = mine(rows, min_count=1).rules(0.0, consequents="any")
        names = ["antecedent", "consequent", "n", "n_x", "n_y", "n_xy", "support", "confidence", "lift"]
        for columns in [
            pa.table(rules).to_pydict(),
            rules.to_pyarrow().to_pydict(),
            rules.to_polars().to_dict(as_series=False),
        ]:
            assert list(columns) == names
            assert [tuple(side) for side in columns["antecedent"]] == [rule.antecedent for rule in rules]
            assert [tuple(side) for side in columns["consequent"]] == [rule.consequent for rule in rules]
            for name in names[2:]:
                assert columns[name] == [getattr(rule, name) for rule in rules]
        frame = rules.to_pandas(measures=["zhang", "conviction"], items="frozenset")
        assert list(frame.columns) == [*names[:6], "zhang", "conviction"]
        assert list(frame["antecedent"]) == [frozenset(rule.antecedent) for rule in rules]
        for value, rule in zip(frame["conviction"], rules, strict=True):
            assert value == rule.measure("conviction") or math.isnan(value)
        assert rules.to_polars(["jaccard"]).columns[-1] == "jaccard"
    with pytest.raises(ValueError, match="'lifd'"):
        rules.table(["lifd"])
    nothing = mine([], min_count=1).rules()
    assert nothing.to_pandas().shape == (0, 9) and nothing.to_polars().shape == (0, 9)


@pytest.mark.parametrize("make", RESULTS)
@pytest.mark.parametrize("copied", [copy.deepcopy, *(lambda value, p=p: pickle.loads(pickle.dumps(value, p)) for p in (2, 5))])
def test_pickles_are_equal(make, copied):
    itemsets = make()
    again = copied(itemsets)
    assert again == itemsets and type(again) is type(itemsets)
    assert list(again) == list(itemsets) and again.min_count == itemsets.min_count
    if hasattr(itemsets, "rules"):
        rules = itemsets.rules(0.0).sorted_by("lift")
        assert copied(rules) == rules and list(copied(rules)) == list(rules)
        assert copied(rules).adjusted_p_values() == rules.adjusted_p_values()
        assert list(again.rules(0.0)) == list(itemsets.rules(0.0))


def test_pickles_of_baskets_and_miners():
    for baskets in [Transactions(SHOP), Transactions(NUMBERS, weights=[1, 2, 3, 4]), Transactions()]:
        again = pickle.loads(pickle.dumps(baskets))
        assert again == baskets and list(again) == list(baskets) and again.items == baskets.items
    miner = Miner(min_count=2, target="closed", exclude=["beer"])
    assert pickle.loads(pickle.dumps(miner)) == miner


def test_damaged_pickles_are_errors():
    for value in [Transactions(SHOP), mine(SHOP, min_count=1), mine(SHOP, min_count=1).rules(), mine(SHOP, top_k=3)]:
        load, arguments = value.__reduce__()
        *front, data = [each for each in arguments if each != ""]
        rest = [""] if isinstance(value, Transactions) else []
        for damaged in [b"", data[: len(data) // 2], data[:-9] + b"\xff" * 9]:
            with pytest.raises(ValueError):
                load(*front, damaged, *rest)
    load, (kind, form, data) = mine(SHOP, min_count=1).__reduce__()
    with pytest.raises(ValueError, match="no whole number"):
        load("int", form, data)
    with pytest.raises(ValueError, match="invalid labels"):
        load("float", form, data)


def test_a_frame_of_tuples_of_one_length_stays_a_column():
    frame = mine([["a", "b"]], min_count=1, max_len=1).to_pandas()
    assert frame.shape == (2, 3) and list(frame["items"]) == [("a",), ("b",)]
    assert isinstance(mine([["a", "b"]], min_count=1, target="maximal"), Itemsets)
    assert isinstance(frame, pd.DataFrame)


@pytest.mark.parametrize("form", ["tuple", "list", "frozenset"])
@pytest.mark.parametrize("label", [str, int])
def test_rules_of_pandas(form, label):
    rows = [[label(item) for item in range(20) if row % (item + 2) < 2] for row in range(300)]
    rules = mine(rows, min_count=30).rules(0.3, consequents="any").sorted_by("lift")
    frame = rules.to_pandas(["lift", "zhang"], form)
    make = {"tuple": tuple, "list": list, "frozenset": frozenset}[form]
    expected = [
        (make(each.antecedent), make(each.consequent), *each[2:], each.lift, each.measure("zhang"))
        for each in (rules[place] for place in range(len(rules)))
    ]
    assert list(frame.itertuples(index=False, name=None)) == expected
    assert list(rules) == [rules[place] for place in range(len(rules))]
    assert list(frame.dtypes[2:]) == ["uint64"] * 4 + ["float64"] * 2
    # Equal sides are one object, but for lists, which can be changed.
    sides = [*frame["antecedent"], *frame["consequent"]]
    objects = len({id(side) for side in sides})
    assert objects == (len(sides) if form == "list" else len(set(sides)))
    none = rules.head(0).to_pandas(["lift"], form)
    assert (len(none), list(none.columns)) == (0, [*frame.columns[:6], "lift"]) and list(rules.head(0)) == []


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_collector_of_cycles_stays_as_it_was(is_enabled):
    was_enabled = gc.isenabled()
    (gc.enable if is_enabled else gc.disable)()
    try:
        itemsets = mine([["a", "b"], ["a", "b"]], min_count=1)
        assert len(list(itemsets)) == 3 and len(list(itemsets.rules())) == 2
        assert gc.isenabled() == is_enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()
