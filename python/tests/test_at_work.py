"""Rules at work and for people: recommendations, pages, drawings; and a look at baskets."""

from __future__ import annotations

import pickle
from html import unescape
from xml.etree import ElementTree

import pytest
from conftest import SHOP
from hypothesis import given
from hypothesis import strategies as st

from itemset import Miner, Rule, Transactions, mine

baskets = st.lists(st.lists(st.sampled_from("abcde"), max_size=5), min_size=1, max_size=12)
POLICIES = ["best-confidence", "best-lift", "best-significant", "evidence", "noisy-or"]


def fired(rules, basket):
    return [rule for rule in rules if set(rule.antecedent) <= set(basket) and not set(rule.consequent) <= set(basket)]


@given(baskets, st.lists(st.sampled_from("abcdex"), max_size=4), st.integers(0, 4))
def test_recommendations_are_those_of_a_plain_scan(rows, basket, k):
    rules = mine(rows, min_count=1).rules(0.1)
    recommender = rules.recommender()
    explained = recommender.explain(basket)
    assert sorted(explained) == sorted(fired(rules, basket))
    scores: dict = {}
    for rule in fired(rules, basket):
        for item in set(rule.consequent) - set(basket):
            scores[item] = max(scores.get(item, 0.0), rule.confidence)
    recommended = recommender.recommend(basket, k)
    spoken_for = [each for each in recommended if not each.is_popular]
    if any(any(item in rule.antecedent + rule.consequent for rule in rules) for item in basket):
        assert [each.score for each in spoken_for] == sorted(scores.values(), reverse=True)[:k]
    for each in spoken_for:
        assert each.score == scores[each.item]
        best = recommender.explain(basket, each.item)
        assert best and all(each.item in rule.consequent for rule in best)
        assert best[0].confidence == each.score
    assert recommender.recommend_all([basket, []], k)[0] == recommended


@pytest.mark.parametrize("policy", POLICIES)
def test_policies_filters_and_storage(policy):
    rules = mine(SHOP, min_count=1).rules(0.1)
    recommender = rules.recommender(policy, fill=True)
    everything = recommender.recommend(["diapers"], 9)
    assert {each.item for each in everything} == {"beer", "chips", "wipes"}
    assert [each.item for each in recommender.recommend(["diapers"], 9, only=["chips"])] == ["chips"]
    assert {each.item for each in recommender.recommend(["diapers"], 9, without=["chips"])} == {"beer", "wipes"}
    again = pickle.loads(pickle.dumps(recommender))
    assert again.recommend(["diapers"], 9) == everything and len(again) == len(rules)
    assert repr(again) == f"<Recommender: {len(rules)} rules from {len(SHOP)} baskets, {policy}>"


def test_margins_decide():
    rules = mine([["beer", "diapers"], ["beer", "diapers"], ["diapers", "wipes"], ["diapers"]], min_count=1).rules(0.1)
    margins = {"beer": 1.0, "diapers": 1.0, "wipes": 3.0}
    best = rules.recommender("expected-profit", margins=margins).recommend(["diapers"], 1)[0]
    assert (best.item, best.score) == ("wipes", 0.75)
    with pytest.raises(ValueError, match="invalid margins: none for beer"):
        rules.recommender("expected-profit", margins={"wipes": 1.0, "diapers": 1.0})
    with pytest.raises(ValueError, match="margins to be set too"):
        rules.recommender("expected-profit")
    with pytest.raises(ValueError, match="did you mean `best-lift`"):
        rules.recommender("best-lifd")
    with pytest.raises(ValueError, match="invalid basket: 'diapers'"):
        rules.recommender().recommend("diapers")


def test_labels_that_are_numbers():
    rules = mine([[10, 9], [10, 9], [8]], min_count=1).rules()
    recommender = rules.recommender()
    assert recommender.recommend([10], 1)[0].item == 9
    assert recommender.explain([10]) == [Rule((10,), (9,), 3, 2, 2, 2)]
    assert "10" in rules.report().html
    description = Transactions([[10, 9], [10]]).describe()
    assert [row["item"] for row in description.items] == [10, 9]


def test_a_page_shows_what_was_asked(tmp_path):
    data = Transactions(SHOP)
    rules = Miner(min_count=1).mine(data).rules(0.1)
    plain = rules.report()
    assert plain.html.startswith("<!doctype html>") and plain.html == rules.report().html
    full = rules.report(
        title="Shop <1>", baskets=data, significance=(0.05, "holm"), since=rules, date="spring", note="Only a part.",
        settings={"min_count": 1}, max_rules=3, best_by="confidence",
    )
    for text in ("Shop &lt;1&gt;", "spring", "Only a part.", "min_count"):
        assert text in full.html and text not in plain.html
    # In a notebook it is a page of its own.
    shown = full._repr_html_()
    assert shown.startswith("<iframe") and unescape(shown.partition('srcdoc="')[2].rpartition('"')[0]) == full.html
    full.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_bytes() == full.html.encode()
    with pytest.raises(ValueError, match="invalid alpha"):
        rules.report(significance=(2.0, "holm"))
    with pytest.raises(ValueError, match="invalid measure"):
        rules.report(best_by="unicorn")


@pytest.mark.parametrize("kind", ["scatter", "graph", "matrix", "parallel", "items", "lengths"])
def test_drawings(kind, tmp_path):
    data = Transactions(SHOP)
    rules = mine(data, min_count=1).rules(0.1)
    plot = rules.plot(kind, baskets=data)
    assert ElementTree.fromstring(plot.svg).tag.endswith("svg") and plot._repr_svg_() == plot.svg
    plot.save(tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_bytes() == plot.svg.encode()
    if kind in ("items", "lengths"):
        with pytest.raises(ValueError, match="by the argument baskets"):
            rules.plot(kind)


@given(baskets)
def test_a_description_counts(rows):
    description = Transactions(rows).describe(3)
    counts = {item: sum(item in row for row in rows) for row in rows for item in row}
    best = sorted(counts, key=lambda item: (-counts[item], item))[:3]
    assert [(row["item"], row["count"]) for row in description.items] == [(item, counts[item]) for item in best]
    lengths = [len(set(row)) for row in rows]
    assert {row["items"]: row["baskets"] for row in description.lengths} == {len_: lengths.count(len_) for len_ in lengths}
    assert description.distinct_baskets == len({frozenset(row) for row in rows})
    assert description.summary["baskets"] == len(rows)
    for row in description.thresholds:
        assert row["items"] == sum(count >= row["min_count"] for count in counts.values())
        assert row["itemsets"]["estimate"] == Miner(min_count=row["min_count"]).count(rows).total
    assert str(description)
