"""The numbers of itemsets, estimates, and results that a limit cut, beside the itemsets themselves."""

from __future__ import annotations

import math
import pickle

import pytest
from conftest import SHOP, found
from hypothesis import given
from hypothesis import strategies as st

from itemset import FrequentItemsets, LimitError, Miner, Transactions, mine

baskets = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=12)
settings = st.fixed_dictionaries(
    {"min_count": st.integers(1, 4)},
    optional={
        "target": st.sampled_from(["all", "closed", "maximal", "generators"]),
        "min_len": st.integers(1, 3),
        "exclude": st.just(["a"]),
        "top_k": st.integers(1, 5),
    },
)


@given(baskets, settings)
def test_counts_and_estimates_of_little_are_those_of_the_itemsets(rows, settings):
    miner = Miner(**settings)
    itemsets = miner.mine(rows)
    counts = miner.count(rows)
    by_len = itemsets.by_len()
    assert counts.by_len == by_len and counts.total == len(itemsets)
    estimate = miner.estimate(rows)
    assert (estimate.exact, estimate.itemsets, estimate.low, estimate.high) == (len(itemsets),) + (float(len(itemsets)),) * 3
    assert estimate.standard_error == 0


@given(baskets, settings, st.integers(1, 8))
def test_partial_results_are_those_of_a_higher_threshold(rows, settings, most):
    settings.pop("top_k", None)
    partial = Miner(max_itemsets=most, **settings).mine_partial(rows)
    assert len(partial.itemsets) <= most
    assert partial.is_complete == (partial.limit is None)
    if partial.is_complete:
        assert partial.complete_from == mine(rows, **settings).min_count
        assert partial.itemsets == mine(rows, **settings)
    else:
        assert partial.limit == f"max_itemsets {most}"
        with pytest.raises(LimitError):
            mine(rows, max_itemsets=most, **settings)
        expected = mine(rows, **{**settings, "min_count": partial.complete_from})
        assert found(partial.itemsets) == found(expected)


def test_partial_results_make_rules_if_all_itemsets_are_asked_for():
    partial = Miner(min_count=1, max_itemsets=8).mine_partial(SHOP)
    assert isinstance(partial.itemsets, FrequentItemsets)
    assert len(partial.itemsets.rules(0.0)) > 0
    assert str(partial) == (
        f"partial: all with a count of at least {partial.complete_from}, not down to the 1 asked for (max_itemsets 8)"
    )
    assert not isinstance(Miner(min_count=1, target="closed").mine_partial(SHOP).itemsets, FrequentItemsets)
    assert Miner(min_count=1, time_limit=0.0).mine_partial(SHOP).limit is not None


def test_numbers_beyond_what_can_be_listed():
    rows = [[item for item in range(80) if item != lacks] for lacks in range(80)]
    # Only that of all items is in no basket.
    miner = Miner(min_count=1, max_itemsets=10)
    assert miner.count([range(80)]).total == 2**80 - 1
    estimate = miner.estimate(rows)
    assert estimate.exact is None and estimate.low <= 2**80 - 2 <= estimate.high
    assert math.isclose(estimate.log10, math.log10(estimate.itemsets))
    assert str(estimate).startswith("about ") and pickle.loads(pickle.dumps(estimate)) == estimate


def test_settings_are_checked():
    data = Transactions(SHOP)
    for call in ("count", "estimate", "mine_partial"):
        with pytest.raises(ValueError, match="invalid target: clozed, did you mean `closed`"):
            getattr(Miner(target="clozed"), call)(data)
        with pytest.raises(ValueError, match="as the baskets have"):
            getattr(Miner(exclude=[3]), call)(data)
