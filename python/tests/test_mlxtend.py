"""The functions of mlxtend: with the inputs and results of its own tests, and beside it on random data."""

from __future__ import annotations

import math
import warnings

import mlxtend.frequent_patterns as theirs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

import itemset.mlxtend as ours

FUNCTIONS = ["apriori", "fpgrowth", "hmine", "fpmax"]
ALL = FUNCTIONS[:3]
NAMES = "Apple,Corn,Dill,Eggs,Ice cream,Kidney Beans,Milk,Nutmeg,Onion,Unicorn,Yogurt".split(",")
KITCHEN = pd.DataFrame(
    [
        [0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1],
        [0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1],
        [1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1],
        [0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0],
    ],
    columns=NAMES,
)
LETTERS = pd.DataFrame(np.array([[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1]], bool), columns=list("abcde"))


def rows_of(frame):
    return sorted((sorted(items, key=str), support) for items, support in zip(frame["itemsets"], frame["support"], strict=True))


def same_itemsets(one, other):
    # Columns of several lengths cannot be compared by sorting mixed labels, so their text is.
    assert [(list(map(str, items)), support) for items, support in rows_of(one)] == [
        (list(map(str, items)), support) for items, support in rows_of(other)
    ]


def rules_of(frame):
    return {(row[0], row[1]): row[2:] for row in frame.itertuples(index=False, name=None)}


def same_rules(one, other):
    assert list(one.columns) == list(other.columns)
    assert list(one.dtypes[2:]) == list(other.dtypes[2:]) or not len(other)
    one, other = rules_of(one), rules_of(other)
    assert one.keys() == other.keys()
    for sides, values in one.items():
        assert np.allclose(values, other[sides], rtol=1e-9, atol=1e-12, equal_nan=True), sides


@pytest.mark.parametrize("name", ALL)
def test_kitchen(name):
    function = getattr(ours, name)
    expected = pd.DataFrame(
        {
            "support": [0.8, 1.0, 0.6, 0.6, 0.6, 0.8, 0.6, 0.6, 0.6, 0.6, 0.6],
            "itemsets": [[3], [5], [6], [8], [10], [3, 5], [3, 8], [5, 6], [5, 8], [5, 10], [3, 5, 8]],
        }
    )
    result = function(KITCHEN)
    assert rows_of(result) == rows_of(expected)
    assert all(type(items) is frozenset and type(item) is int for items in result["itemsets"] for item in items)
    named = function(KITCHEN, use_colnames=True)
    assert named.shape == result.shape
    assert len(named[named["itemsets"] == {"Milk", "Kidney Beans"}]) == 1
    assert len(named[named["itemsets"] == "nothing"]) == 0
    assert max(map(len, result["itemsets"])) == 3
    assert max(map(len, function(KITCHEN, max_len=2)["itemsets"])) == 2
    if name == "apriori":
        assert [sorted(items) for items in result["itemsets"]] == list(expected["itemsets"])


def test_maximal_ones_of_the_kitchen():
    expected = pd.DataFrame({"support": [0.6, 0.6, 0.6], "itemsets": [[5, 6], [3, 5, 8], [5, 10]]})
    assert rows_of(ours.fpmax(KITCHEN)) == rows_of(expected)
    assert max(map(len, ours.fpmax(KITCHEN, max_len=2)["itemsets"])) == 2


@pytest.mark.parametrize("name", FUNCTIONS)
def test_letters(name):
    result = getattr(ours, name)(LETTERS, min_support=0.001, use_colnames=True)
    sets = [["a"], ["b"], ["c", "d"], ["e"]] if name == "fpmax" else [["a"], ["b"], ["c"], ["d"], ["e"], ["c", "d"]]
    assert rows_of(result) == rows_of(pd.DataFrame({"support": 0.25, "itemsets": sets}))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_frames_that_are_sparse_or_empty(name):
    function = getattr(ours, name)
    expected = function(KITCHEN, use_colnames=True)
    for kind, fill in [(int, 0), (bool, False)]:
        same_itemsets(function(KITCHEN.astype(pd.SparseDtype(kind, fill)), use_colnames=True), expected)
    # Zeros that are stored.
    values = KITCHEN.to_numpy().copy()
    values[3, :] = 1
    sparse = csr_matrix(values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sparse[3, :] = KITCHEN.to_numpy()[3, :]
    same_itemsets(function(pd.DataFrame.sparse.from_spmatrix(sparse, columns=NAMES), use_colnames=True), expected)
    empty = function(pd.DataFrame([[]]))
    assert list(empty.columns) == ["support", "itemsets"] and len(empty) == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors(name):
    function = getattr(ours, name)
    wrong = KITCHEN.copy()
    wrong.iloc[3, 3] = 2
    for frame in (wrong, wrong.astype(pd.SparseDtype("int", 0))):
        with pytest.raises(ValueError, match="The allowed values for a DataFrame are True, False, 0, 1. Found value 2"):
            function(frame)
    with pytest.raises(ValueError, match="NaN values are not permitted"):
        function(KITCHEN.astype(float).replace(0.0, np.nan))
    with pytest.raises(ValueError, match=r"within the interval `\(0, 1\]`. Got 0.0."):
        function(LETTERS, min_support=0.0)
    numbers = KITCHEN.astype(pd.SparseDtype("int", 0))
    numbers.columns = range(11)
    function(numbers)
    numbers.columns = range(1, 12)
    with pytest.raises(ValueError, match="begin with 0"):
        function(numbers)
    if name in ("fpgrowth", "fpmax"):
        with pytest.raises(ValueError, match="Found value 2"):
            function(wrong, null_values=True)


def test_rules_of_the_kitchen():
    rules = ours.association_rules(ours.apriori(KITCHEN, min_support=0.6))
    expected = {
        ((8,), (5,)): (0.6, 1.0, 0.6, 1.0, 1.0),
        ((6,), (5,)): (0.6, 1.0, 0.6, 1.0, 1.0),
        ((3, 8), (5,)): (0.6, 1.0, 0.6, 1.0, 1.0),
        ((5, 8), (3,)): (0.6, 0.8, 0.6, 1.0, 1.25),
        ((8,), (3, 5)): (0.6, 0.8, 0.6, 1.0, 1.25),
        ((3,), (5,)): (0.8, 1.0, 0.8, 1.0, 1.0),
        ((5,), (3,)): (1.0, 0.8, 0.8, 0.8, 1.0),
        ((10,), (5,)): (0.6, 1.0, 0.6, 1.0, 1.0),
        ((8,), (3,)): (0.6, 0.8, 0.6, 1.0, 1.25),
    }
    found = {(tuple(sorted(x)), tuple(sorted(y))): values[:5] for (x, y), values in rules_of(rules).items()}
    assert found == expected
    same_rules(rules, theirs.association_rules(theirs.apriori(KITCHEN, min_support=0.6)))


def test_errors_of_rules():
    itemsets = ours.apriori(KITCHEN, min_support=0.6)
    for frame in (itemsets[["itemsets"]], itemsets[["support"]], itemsets.iloc[:0]):
        with pytest.raises(ValueError):
            ours.association_rules(frame)
    with pytest.raises(ValueError, match="invalid metric: unicorn"):
        ours.association_rules(itemsets, metric="unicorn")
    with pytest.raises(ValueError, match="invalid return_metrics: unicorn"):
        ours.association_rules(itemsets, return_metrics=["unicorn"])
    nothing = ours.association_rules(itemsets, min_threshold=2)
    assert len(nothing) == 0 and list(nothing.columns) == list(theirs.association_rules(itemsets, min_threshold=2).columns)
    incomplete = pd.DataFrame({"itemsets": [[177, 176], [177, 179]], "support": [0.2, 0.1]})
    with pytest.raises(KeyError, match="support_only=True"):
        ours.association_rules(incomplete)
    with pytest.raises(KeyError):
        theirs.association_rules(incomplete)
    for min_threshold in (0.1, 0.15):
        one = ours.association_rules(incomplete, support_only=True, min_threshold=min_threshold)
        same_rules(one, theirs.association_rules(incomplete, support_only=True, min_threshold=min_threshold))
    for module in (ours, theirs):
        with pytest.raises(TypeError, match="df_orig must be provided"):
            module.association_rules(itemsets, null_values=True)
        with pytest.raises(TypeError, match="num_itemsets must be provided"):
            module.association_rules(itemsets, null_values=True, df_orig=KITCHEN)
    with pytest.raises(ValueError, match="invalid df_orig: without a column for"):
        ours.association_rules(itemsets, 5, KITCHEN[["Apple"]], null_values=True)


def test_sides_that_are_lists_or_repeat():
    frame = pd.DataFrame({"support": [0.5, 0.5, 0.4, 0.4], "itemsets": [["a"], ["b"], ["b", "a"], ["a", "b"]]})
    found, expected = ours.association_rules(frame, min_threshold=0), theirs.association_rules(frame, min_threshold=0)
    same_rules(found, expected)
    assert len(found) == len(expected) == 2
    thrice = ours.association_rules(pd.concat([frame] * 3), min_threshold=0)
    pd.testing.assert_frame_equal(thrice, found)


def test_supports_that_are_not_counts_stay_as_they_are():
    itemsets = [frozenset("a"), frozenset("b"), frozenset("ab")]
    frame = pd.DataFrame({"support": [0.5000001, 0.3000003, 0.2000007], "itemsets": itemsets})
    found = ours.association_rules(frame, num_itemsets=2_000_003, min_threshold=0)
    assert found["confidence"].tolist() == [0.2000007 / 0.5000001, 0.2000007 / 0.3000003]
    counts = np.arange(1, 2_000_003, 7)
    frame = pd.DataFrame({"support": counts / 2_000_003, "itemsets": [frozenset([int(count)]) for count in counts]})
    assert ours._number_of_baskets(frame, frame["support"].to_numpy(), 2_000_003) == 2_000_003


matrices = st.tuples(st.integers(1, 12), st.integers(1, 6), st.randoms(use_true_random=False), st.floats(0.1, 0.95))
METRICS = {"confidence": 0.5011, "lift": 1.0511, "leverage": 0.0111, "conviction": 1.0911, "zhangs_metric": 0.1011, "support": 0.2011}


def frame_of(matrix, names):
    rows, columns, random, density = matrix
    values = [[random.random() < density for _ in range(columns)] for _ in range(rows)]
    return pd.DataFrame(np.array(values, bool).reshape(rows, columns), columns=names[:columns])


def test_items_that_are_equal_but_not_one_object():
    frame = ours.fpgrowth(KITCHEN.astype(bool), 0.4, use_colnames=True)
    expected = ours.association_rules(frame, min_threshold=0.5)
    copied = frame.assign(itemsets=[frozenset("".join(list(item)) for item in items) for items in frame["itemsets"]])
    mixed = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(ours.association_rules(copied, min_threshold=0.5), expected)
    same_rules(ours.association_rules(mixed, min_threshold=0.5), expected)
    numbers = pd.DataFrame({"support": [0.5, 0.5, 0.5], "itemsets": [{1}, {2.0}, {1.0, 2}]})
    assert list(ours.association_rules(numbers)["antecedents"]) == [frozenset({1}), frozenset({2})]


def test_long_itemsets_after_short_ones():
    # Of itemsets of more than 16 items not all subsets are held at once.
    long = frozenset(range(17))
    frame = pd.DataFrame({"support": [0.4, 0.5, 0.3, 0.2, 0.4], "itemsets": [{0}, {1}, {0, 1}, long, {2}]})
    rules = ours.association_rules(frame, support_only=True, min_threshold=0.1)
    assert len(rules) == 2 + 2**17 - 2
    assert {frozenset(row) for row in zip(rules["antecedents"][:2], rules["consequents"][:2], strict=True)} == {
        frozenset({frozenset({0}), frozenset({1})})
    }
    assert all(x | y == long and not x & y for x, y in zip(rules["antecedents"][2:], rules["consequents"][2:], strict=True))


@given(matrices, st.sampled_from([0.0511, 0.2011, 0.5011, 1.0]), st.sampled_from([None, 1, 2, 3]), st.booleans())
def test_random_frames_beside_mlxtend(matrix, min_support, max_len, use_colnames):
    # The thresholds are such that no value is exactly on one.
    for names in (list("abcdef"), [5, 3, 1, 0, 2, 4], [("x", 1), ("x", 2), 3, "y", "z", None]):
        frame = frame_of(matrix, names)
        for name in FUNCTIONS:
            one, other = (
                getattr(module, name)(frame, min_support=min_support, max_len=max_len, use_colnames=use_colnames)
                for module in (ours, theirs)
            )
            same_itemsets(one, other)
            if name == "apriori":
                assert list(one["itemsets"]) == list(other["itemsets"])


@given(matrices, st.sampled_from([0.0511, 0.2011]))
def test_random_rules_beside_mlxtend(matrix, min_support):
    itemsets = ours.fpgrowth(frame_of(matrix, list("abcdef")), min_support=min_support, use_colnames=True)
    if not len(itemsets):
        return
    from_elsewhere = pd.DataFrame({name: itemsets[name] for name in itemsets})
    from_elsewhere.attrs.clear()
    for metric, least in METRICS.items():
        expected = theirs.association_rules(itemsets, metric=metric, min_threshold=least)
        same_rules(ours.association_rules(itemsets, metric=metric, min_threshold=least), expected)
        same_rules(ours.association_rules(from_elsewhere, metric=metric, min_threshold=least), expected)
        some = ["lift", "support"]
        assert list(ours.association_rules(itemsets, metric=metric, return_metrics=some).columns[2:]) == some


@given(matrices, st.floats(0.0, 0.5), st.sampled_from([0.0511, 0.2011, 0.5011]), st.booleans())
def test_missing_values_beside_mlxtend(matrix, share, min_support, use_colnames):
    frame = frame_of(matrix, list("abcdef")).astype(object)
    random = matrix[2]
    for row in range(len(frame)):
        for column in range(len(frame.columns)):
            if random.random() < share:
                frame.iloc[row, column] = np.nan
    frame = frame.astype(float)
    # Theirs divides by the baskets that know an item, of which there may be none.
    frame = frame.loc[:, frame.notna().any()]
    if not len(frame.columns):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("fpgrowth", "fpmax"):
            one, other = (
                getattr(module, name)(frame, min_support=min_support, null_values=True, use_colnames=use_colnames)
                for module in (ours, theirs)
            )
            same_itemsets(one, other)
        itemsets = ours.fpgrowth(frame, min_support=min_support, null_values=True, use_colnames=use_colnames)
        known = set(itemsets["itemsets"])
        # Sides that are in fewer baskets than both together may be missing.
        whole = itemsets["itemsets"].apply(lambda items: all(items - {item} in known for item in items if len(items) > 1))
        itemsets = itemsets[whole & (itemsets["itemsets"].apply(len) <= 2)]
        if not len(itemsets) or len(frame) == 1:
            return
        for metric, least in METRICS.items():
            one, other = (
                module.association_rules(itemsets, len(frame), frame, True, metric, least) for module in (ours, theirs)
            )
            same_rules(one, other)


@pytest.mark.parametrize("null_values", [False, True])
@pytest.mark.parametrize("names", [["lift", "lift"], ["support", "lift", "support", "confidence", "lift"]])
def test_a_metric_that_is_asked_for_twice_is_one_column(names, null_values):
    frame = KITCHEN.astype(bool)
    itemsets = ours.fpgrowth(frame, 0.6, use_colnames=True)
    arguments = {"num_itemsets": len(frame), "df_orig": KITCHEN, "null_values": True} if null_values else {}
    one, other = (module.association_rules(itemsets, return_metrics=names, **arguments) for module in (ours, theirs))
    same_rules(one, other)
    assert list(one.columns[2:]) == list(dict.fromkeys(names))
    supports = ours.association_rules(itemsets, support_only=True, return_metrics=["support", "support"])
    same_rules(supports, theirs.association_rules(itemsets, support_only=True, return_metrics=["support", "support"]))


def test_what_the_documentation_says_of_frames():
    frame = KITCHEN.astype(bool)
    frame.attrs["shop"] = "corner"
    for module in (ours, theirs):
        itemsets = module.fpgrowth(frame, 0.6, use_colnames=True)
        assert "shop" not in itemsets.attrs
        itemsets.attrs["shop"] = "corner"
        assert not module.association_rules(itemsets).attrs
    # The last of equal itemsets counts.
    twice = pd.DataFrame({"support": [0.9, 0.5, 0.4, 0.6], "itemsets": [{"a"}, {"b"}, {"a", "b"}, {"a"}]})
    same_rules(ours.association_rules(twice, min_threshold=0), theirs.association_rules(twice, min_threshold=0))
    assert ours.association_rules(twice, min_threshold=0)["confidence"].max() == 0.4 / 0.5
    longest = pd.DataFrame({"support": [0.5], "itemsets": [frozenset(range(33))]})
    with pytest.raises(ValueError, match="one of 33 items .expected at most 32 items"):
        ours.association_rules(longest)


def test_missing_values_by_hand():
    # Of the baskets that know both, two of three have them.
    frame = pd.DataFrame({"x": [1, 1, 1, np.nan], "y": [1, 1, 0, 1]})
    itemsets = ours.fpgrowth(frame, 0.1, null_values=True, use_colnames=True)
    assert dict(zip(itemsets["itemsets"], itemsets["support"], strict=True)) == {
        frozenset("x"): 1.0, frozenset("y"): 0.75, frozenset("xy"): 2 / 3,
    }
    rules = ours.association_rules(itemsets, 4, frame, null_values=True, min_threshold=0)
    assert rules.loc[0, "representativity"] == 0.75
    assert {frozenset(x): c for x, c in zip(rules["antecedents"], rules["confidence"], strict=True)} == {
        frozenset("x"): 2 / 3, frozenset("y"): 1.0,
    }


def test_thresholds_where_mlxtend_is_wrong():
    # In 7 of 100 baskets, at 7 %: mlxtend asks for math.ceil(0.07 * 100), which is 8.
    assert math.ceil(0.07 * 100) == 8
    rows = "ad ad acd d ad acd abcd bc bcd bc bc abc abd d".split()
    frame = pd.DataFrame([[item in row for item in "abcd"] for row in rows + [""] * 86], columns=list("abcd"))
    assert (frame["a"] & frame["d"]).sum() == 7
    assert ({"a", "d"} in list(ours.fpgrowth(frame, 0.07, use_colnames=True)["itemsets"])) is True
    assert ({"a", "d"} in list(theirs.fpgrowth(frame, 0.07, use_colnames=True)["itemsets"])) is False
    # A confidence that is a quotient of two rounded supports is less than that of the counts.
    cases = ((n, left, both) for n in range(2, 60) for left in range(1, n) for both in range(1, left))
    n, left, both = next(case for case in cases if (case[2] / case[0]) / (case[1] / case[0]) < case[2] / case[1])
    frame = pd.DataFrame({"x": [True] * left + [False] * (n - left), "y": [True] * both + [False] * (n - both)})
    itemsets = ours.fpgrowth(frame, min_support=0.01, use_colnames=True)
    has = {}
    for module in (ours, theirs):
        rules = module.association_rules(itemsets, min_threshold=both / left)
        has[module] = (frozenset("x"), frozenset("y")) in rules_of(rules)
    assert has == {ours: True, theirs: False}


def test_the_number_of_baskets_is_remembered_or_given():
    frame = pd.DataFrame({"x": [True] * 3 + [False] * 4, "y": [True] * 2 + [False] * 5})
    itemsets = ours.fpgrowth(frame, min_support=0.1, use_colnames=True)
    kept = itemsets[itemsets["itemsets"].apply(len) <= 2]
    elsewhere = kept.copy()
    elsewhere.attrs.clear()
    expected = rules_of(ours.association_rules(itemsets, min_threshold=0))
    assert rules_of(ours.association_rules(kept, min_threshold=0)) == expected
    assert rules_of(ours.association_rules(elsewhere, num_itemsets=7, min_threshold=0)) == expected
    # A number that cannot be theirs is not used.
    same_rules(ours.association_rules(elsewhere, num_itemsets=10, min_threshold=0), theirs.association_rules(elsewhere, min_threshold=0))


def test_itemsets_of_mlxtend_with_null_values_and_without_names():
    frame = pd.DataFrame({"a": [1, 1, 0, np.nan], "b": [1, 0, 1, 1], "c": [1, 1, 1, 0]})
    for shown in (frame, frame.set_axis([2, 1, 0], axis=1)):
        made = theirs.fpgrowth(shown, 0.2, null_values=True)
        expected = theirs.association_rules(made, 4, shown, True, min_threshold=0)
        found = ours.association_rules(made, 4, shown, True, min_threshold=0)
        in_order = [
            rules.sort_values(["antecedents", "consequents"], key=lambda of: of.map(lambda side: tuple(sorted(side))))
            for rules in (found, expected)
        ]
        pd.testing.assert_frame_equal(*(rules.reset_index(drop=True) for rules in in_order), rtol=1e-12)
    negative = pd.DataFrame({"support": [0.5], "itemsets": [frozenset([-1])]})
    with pytest.raises(ValueError, match="without a column for"):
        ours.association_rules(negative, 4, frame, True, min_threshold=0)


def test_text_is_no_itemset():
    frame = pd.DataFrame({"support": [0.5], "itemsets": ["frozenset({'a'})"]})
    with pytest.raises(ValueError, match="text in the column itemsets"):
        ours.association_rules(frame, 4, support_only=True, min_threshold=0)
