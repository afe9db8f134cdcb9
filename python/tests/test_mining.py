"""Itemsets are those of the plain definitions, whatever the target, the constraints, the engine and the threads."""

from __future__ import annotations

import itertools

import pytest
from conftest import SHOP, counts_of, found, frequent
from hypothesis import given
from hypothesis import strategies as st

from itemset import FrequentItemsets, Itemsets, LimitError, Miner, Transactions, mine

baskets = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=14)


def supersets(items, among):
    return [other for other in among if items < other]


@given(baskets, st.integers(1, 4))
def test_targets_agree_with_their_definitions(rows, least):
    data, expected = Transactions(rows), frequent(rows, least)
    everywhere = counts_of(rows)
    assert found(mine(data, min_count=least)) == expected
    closed = {one: n for one, n in expected.items() if all(everywhere[other] < n for other in supersets(one, everywhere))}
    assert found(mine(data, min_count=least, target="closed")) == closed
    maximal = {one: n for one, n in expected.items() if not supersets(one, expected)}
    assert found(mine(data, min_count=least, target="maximal")) == maximal

    def is_generator(items, count):
        smaller = (frozenset(part) for size in range(len(items)) for part in itertools.combinations(items, size))
        return all((everywhere[part] if part else len(rows)) > count for part in smaller)

    generators = {one: n for one, n in expected.items() if is_generator(one, n)}
    assert found(mine(data, min_count=least, target="generators")) == generators


@given(baskets, st.integers(1, 3), st.integers(1, 3), st.integers(1, 4))
def test_lengths(rows, least, shortest, longest):
    expected = {items: count for items, count in frequent(rows, least).items() if shortest <= len(items) <= longest}
    assert found(mine(rows, min_count=least, min_len=shortest, max_len=longest)) == expected
    upto = {items: count for items, count in frequent(rows, least).items() if len(items) <= longest}
    itemsets = mine(rows, min_count=least, max_len=longest)
    assert isinstance(itemsets, FrequentItemsets) and found(itemsets) == upto


CONSTRAINTS = {
    "exclude": (dict(exclude=["beer"]), lambda s: "beer" not in s),
    "only": (dict(only=["beer", "diapers"]), lambda s: s <= {"beer", "diapers"}),
    "must_contain": (dict(must_contain={"chips"}), lambda s: "chips" in s),
    "at_most_one_of": (dict(at_most_one_of=[["beer", "chips"], ["wipes", "diapers"]]), lambda s: not (
        {"beer", "chips"} <= s or {"wipes", "diapers"} <= s
    )),
    "never_with": (dict(never_with={"beer": ["chips", "wipes"]}), lambda s: not ("beer" in s and s & {"chips", "wipes"})),
    "max_count": (dict(max_count=2), lambda s: counts_of(SHOP)[s] <= 2),
    "max_support": (dict(max_support=0.5), lambda s: counts_of(SHOP)[s] <= 3),
    "item_min_count": (dict(item_min_count={"wipes": 3}), lambda s: s != {"wipes"}),
    "item_min_support": (dict(item_min_support={"wipes": 0.5}), lambda s: s != {"wipes"}),
    "min_count_at_len": (dict(min_count_at_len={2: 3}), lambda s: len(s) != 2 or counts_of(SHOP)[s] >= 3),
    "min_support_at_len": (dict(min_support_at_len={2: 0.5}), lambda s: len(s) != 2 or counts_of(SHOP)[s] >= 3),
    "unknown items": (dict(exclude=["wine"], min_len=2), lambda s: len(s) >= 2),
}


@pytest.mark.parametrize(("settings", "keep"), CONSTRAINTS.values(), ids=CONSTRAINTS)
def test_constraints(settings, keep):
    itemsets = mine(SHOP, min_count=1, **settings)
    assert type(itemsets) is Itemsets
    assert found(itemsets) == {items: count for items, count in counts_of(SHOP).items() if keep(items)}


@given(baskets, st.integers(1, 8))
def test_the_most_frequent(rows, k):
    best = sorted(counts_of(rows).values(), reverse=True)[:k]
    itemsets = list(mine(rows, top_k=k))
    assert [row.count for row in itemsets] == best
    assert all(counts_of(rows)[frozenset(row.items)] == row.count for row in itemsets)


@pytest.mark.parametrize("algorithm", ["auto", "apriori", "fp-growth", "eclat"])
@pytest.mark.parametrize("threads", [None, 1, 2, 5])
def test_engines_and_threads_give_the_same(algorithm, threads):
    rows = [[f"i{(row * factor) % 11}" for factor in range(1, 8)] for row in range(400)]
    expected = list(mine(rows, min_support=0.05))
    assert list(mine(rows, min_support=0.05, algorithm=algorithm, threads=threads)) == expected
    assert list(mine(rows[::-1], min_support=0.05, algorithm=algorithm, threads=threads)) == expected


def test_exactly_on_a_threshold_is_in():
    for n in [7, 49, 100, 110]:
        for count in range(1, n + 1):
            rows = [["a"]] * count + [[]] * (n - count)
            assert mine(rows, min_support=count / n).min_count == count
            assert found(mine(rows, min_support=count / n)) == {frozenset("a"): count}
            assert len(mine(rows, min_count=count + 1)) == 0


def test_limits_say_what_fits():
    row = [f"i{number}" for number in range(40)]
    with pytest.raises(LimitError, match="max_itemsets") as raised:
        mine([row, row[:2], row[:1]], min_count=1, max_itemsets=1000)
    assert raised.value.min_count == 2
    assert isinstance(raised.value, ValueError)
    with pytest.raises(LimitError, match="more itemsets than .* allows"):
        mine([row], min_count=1)
    with pytest.raises(LimitError):
        mine([row], min_count=1, max_memory=10_000_000)
    assert raised.value.min_count is not None


def test_settings_that_are_wrong_are_named():
    for settings, said in [
        (dict(min_support=1.5), "invalid min_support: 1.5 (expected a fraction above 0 and up to 1; for a number of baskets "),
        (dict(min_support=1.5), "use min_count"),
        (dict(min_support=20), "for a number of baskets use min_count"),
        (dict(min_support=0.0), "invalid min_support: 0"),
        (dict(min_support=float("nan")), "invalid min_support: NaN"),
        (dict(min_support="0.1"), "invalid min_support: '0.1'"),
        (dict(min_count=0), "at least 1"),
        (dict(min_count=0.5), "a whole number of baskets"),
        (dict(min_count=True), "invalid min_count: True"),
        (dict(min_count=1, min_support=0.1), "not both"),
        (dict(target="most"), "invalid target: "),
        (dict(algorithm="magic"), "invalid algorithm: "),
        (dict(min_len=0), "invalid min_len: 0"),
        (dict(max_len=0), "invalid max_len: 0"),
        (dict(threads=0), "invalid threads: 0"),
        (dict(time_limit=-1), "invalid time_limit: -1"),
        (dict(exclude="beer"), "invalid exclude: 'beer' (expected a list of labels)"),
        (dict(exclude=[3]), "labels of type str"),
        (dict(target="closed", algorithm="apriori"), "algorithm"),
    ]:
        with pytest.raises(ValueError) as raised:
            mine(SHOP, **settings)
        assert said in str(raised.value)
    with pytest.raises(TypeError, match="no such setting: suport"):
        Miner(suport=3)


def test_miners_are_used_again():
    miner = Miner(min_count=2, target="maximal")
    assert list(miner.mine(SHOP)) == list(miner.mine(Transactions(SHOP)))
    assert repr(miner) == "Miner(min_count=2, target='maximal')" and miner.settings == {"min_count": 2, "target": "maximal"}
    other = miner.replace(min_support=0.5)
    assert other.settings == {"target": "maximal", "min_support": 0.5} and other != miner
    assert miner == Miner(min_count=2, target="maximal", threads=None)


def test_what_itemsets_tell():
    itemsets = mine(SHOP, min_count=2)
    assert itemsets.basket_count == 6 and itemsets.min_count == 2 and itemsets.by_len() == [4, 4, 1]
    assert len(itemsets) == 9 and itemsets[0] == next(iter(itemsets)) and itemsets[-1] == list(itemsets)[-1]
    assert itemsets.count_of(["diapers", "beer"]) == 3 and itemsets.count_of({"beer", "wipes"}) is None
    assert itemsets.count_of(["wine"]) is None
    with pytest.raises(IndexError):
        itemsets[9]
    with pytest.raises(ValueError, match="a list of labels"):
        itemsets.count_of("beer")
    assert itemsets == mine(SHOP, min_count=2) and itemsets != mine(SHOP, min_count=1) and itemsets != 3
    with pytest.raises(TypeError):
        Itemsets()
    assert str(mine([list("abcde")], min_count=1)).endswith("... and 21 more")
    listed = mine(SHOP, min_count=2, min_len=2)
    assert listed.by_len()[1:] == [4, 1] and not hasattr(listed, "rules")
