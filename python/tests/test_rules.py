"""Rules are those of the plain definitions."""

from __future__ import annotations

import itertools
import math

import pytest
from conftest import SHOP, counts_of
from hypothesis import given
from hypothesis import strategies as st

from itemset import Rule, Rules, measures, mine

baskets = st.lists(st.lists(st.sampled_from("abcde"), max_size=5), min_size=1, max_size=14)


def plain_rules(rows, least, keep, one=True):
    """Antecedent, consequent and counts of all rules of itemsets in `least` baskets that are to be kept."""
    counts = counts_of(rows)
    result = {}
    for items, n_xy in counts.items():
        if n_xy < least:
            continue
        for size in range(1, len(items)):
            for left in map(frozenset, itertools.combinations(items, size)):
                right = items - left
                rule = Rule(left, right, len(rows), counts[left], counts[right], n_xy)
                if (len(right) == 1 or not one) and keep(rule):
                    result[left, right] = rule[2:]
    return result


def rules_of(rules):
    result = {(frozenset(rule.antecedent), frozenset(rule.consequent)): rule[2:] for rule in rules}
    assert len(result) == len(rules)
    return result


@given(baskets, st.integers(1, 3), st.sampled_from([0.0, 0.4, 0.5, 2 / 3, 0.75, 1.0]), st.booleans())
def test_rules_agree_with_their_definition(rows, least, confidence, one):
    rules = mine(rows, min_count=least).rules(confidence, consequents="one" if one else "any")
    expected = plain_rules(rows, least, lambda rule: rule.n_xy / rule.n_x >= confidence, one)
    assert rules_of(rules) == expected


@given(baskets)
def test_thresholds_on_measures(rows):
    itemsets = mine(rows, min_count=1)
    for name, bound in [("lift", 1.2), ("leverage", 0.0), ("jaccard", 0.5)]:
        above = itemsets.rules(0.0, min={name: bound})
        assert rules_of(above) == plain_rules(rows, 1, lambda rule: rule.measure(name) >= bound)
        below = itemsets.rules(0.0, max={name: bound})
        assert rules_of(below) == plain_rules(rows, 1, lambda rule: rule.measure(name) <= bound)


@given(baskets)
def test_rules_that_say_more_than_shorter_ones(rows):
    counts = counts_of(rows)

    def says_more(rule):
        (right,) = rule.consequent
        parts = (part for size in range(len(rule.antecedent)) for part in itertools.combinations(rule.antecedent, size))
        shorter = ((counts[frozenset((*p, right))] / counts[frozenset(p)]) if p else rule.n_y / rule.n for p in parts)
        return all(rule.confidence > confidence for confidence in shorter)

    assert rules_of(mine(rows, min_count=1).rules(0.0, non_redundant=True)) == plain_rules(rows, 1, says_more)


def test_items_and_lengths_of_the_sides():
    itemsets = mine(SHOP, min_count=1)
    every = rules_of(itemsets.rules(0.0, consequents="any"))

    def check(keep, **settings):
        expected = {sides: counts for sides, counts in every.items() if keep(*sides)}
        assert rules_of(itemsets.rules(0.0, consequents="any", **settings)) == expected and expected

    check(lambda x, y: y <= {"beer"}, consequents_from=["beer"])
    check(lambda x, y: x <= {"beer", "chips"}, antecedents_from=["beer", "chips"])
    check(lambda x, y: {"beer", "wipes"} <= x | y, containing=["beer", "wipes"])
    check(lambda x, y: "beer" not in x | y, without=["beer"])
    check(lambda x, y: len(x) == 2, antecedent_len=(2, 2))
    check(lambda x, y: 2 <= len(y) <= 3, consequent_len=(2, 3))


def test_selecting_and_sorting():
    rules = mine(SHOP, min_count=1).rules(0.0)
    assert rules_of(rules.select(["wipes"])) == {k: v for k, v in rules_of(rules).items() if "wipes" in k[0] | k[1]}
    left = rules.select(["beer", "chips"], side="antecedent", match="all")
    assert {frozenset(rule.antecedent) >= {"beer", "chips"} for rule in left} == {True}
    assert rules_of(rules.filter(lambda rule: rule.lift > 1)) == {k: v for k, v in rules_of(rules).items() if Rule(*k, *v).lift > 1}
    lifts = rules.sorted_by("lift").values("lift")
    assert lifts == sorted(lifts, reverse=True) and sorted(lifts) == sorted(rules.values("lift"))
    assert list(rules.top(3, "lift")) == list(rules.sorted_by("lift"))[:3]
    assert list(rules.head(2)) == list(rules)[:2]
    best = mine(SHOP, min_count=1).rules(0.0, top_k=(3, "lift"))
    assert list(best) == list(rules.top(3, "lift"))
    with pytest.raises(ValueError, match="invalid side: left"):
        rules.select(["beer"], side="left")
    with pytest.raises(ValueError, match="invalid match: some"):
        rules.select(["beer"], match="some")


def test_measures_have_their_values():
    names = [measure.name for measure in measures()]
    assert len(names) > 50 and len(set(names)) == len(names)
    rules = mine(SHOP, min_count=1).rules(0.0, consequents="any")
    for name in names:
        values = rules.values(name)
        for rule, value in zip(rules, values, strict=True):
            assert value == rule.measure(name) or math.isnan(value) and math.isnan(rule.measure(name))
    rule = Rule(("a",), ("b",), 10, 4, 5, 3)
    assert (rule.support, rule.confidence, rule.lift) == (0.3, 0.75, 1.5)
    assert rule.measure("leverage") == pytest.approx(0.3 - 0.4 * 0.5)
    with pytest.raises(ValueError, match="invalid measure"):
        rule.measure("liift")
    with pytest.raises(ValueError):
        Rule(("a",), ("b",), 10, 4, 5, 6).measure("lift")


def test_what_is_not_due_to_chance():
    rows = [["beer", "diapers"] if number % 4 == 0 else ["wipes"] if number % 3 == 0 else [] for number in range(600)]
    rules = mine(rows, min_count=5).rules(0.0)
    proven = rules.significant(0.05, "holm")
    assert {frozenset(rule.antecedent) for rule in proven} == {frozenset(["beer"]), frozenset(["diapers"])}
    p_values = rules.adjusted_p_values("holm")
    assert sum(value <= 0.05 for value in p_values) == len(proven)
    assert all(0 <= value <= 1 for value in p_values)
    assert list(rules.significant(0.999, "none")) == [r for r, p in zip(rules, rules.adjusted_p_values("none"), strict=True) if p <= 0.999]
    for alpha, correction in [(2.0, "holm"), (0.05, "bonferoni")]:
        with pytest.raises(ValueError, match="invalid"):
            rules.significant(alpha, correction)


def test_settings_that_are_wrong_are_named():
    itemsets = mine(SHOP, min_count=1)
    for settings, said in [
        (dict(min_confidence=1.5), "invalid min_confidence: 1.5"),
        (dict(min={"lifd": 1}), "invalid measure"),
        (dict(min={"lift": float("nan")}), "NaN"),
        (dict(consequents="two"), "invalid consequents"),
        (dict(non_redundant=2.0), "invalid"),
        (dict(containing="beer"), "a list of labels"),
        (dict(containing=[3]), "labels of type str"),
        (dict(threads=0), "invalid threads: 0"),
    ]:
        with pytest.raises(ValueError) as raised:
            itemsets.rules(**settings)
        assert said in str(raised.value)


def test_what_rules_tell():
    rules = mine(SHOP, min_count=2).rules()
    assert isinstance(rules, Rules) and repr(rules) == f"<Rules: {len(rules)} from 6 baskets>"
    assert rules[0] == next(iter(rules)) and rules[-1] == list(rules)[-1]
    assert str(rules.head(1)) == "{beer} => {diapers} (support 0.500, confidence 1.000, lift 1.500)"
    assert rules == mine(SHOP, min_count=2).rules() and rules != rules.head(1)
