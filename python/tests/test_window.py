"""A window beside its definition: what is in it is what was added and is not retired or forgotten."""

from __future__ import annotations

import pickle

import pytest
from conftest import found
from hypothesis import given
from hypothesis import strategies as st

from itemset import LimitError, Transactions, Window, mine

baskets = st.lists(st.lists(st.sampled_from("abcd"), max_size=4), max_size=6)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(-3, 12), baskets),
        st.tuples(st.just("retire"), st.integers(-3, 12)),
        st.tuples(st.just("retire_before"), st.integers(-3, 12)),
        st.tuples(st.just("forget"), st.integers(0, 100)),
        st.tuples(st.just("refresh")),
    ),
    max_size=12,
)


@given(steps, st.integers(1, 3), st.booleans())
def test_a_window_is_what_is_in_it(steps, min_count, by_text):
    window, parts = Window(min_count=min_count), {}
    for what, *given_ in steps:
        key = f"{given_[0] + 3:02}" if by_text and given_ else (given_[0] if given_ else None)
        if what == "add":
            window.add(key, given_[1])
            parts.setdefault(key, []).extend(given_[1])
        elif what == "retire":
            assert window.retire(key) == len(parts.pop(key, []))
        elif what == "retire_before":
            before = [each for each in parts if each < key]
            assert window.retire_before(key) == sum(len(parts.pop(each)) for each in before)
        elif what == "forget":
            known = [(each, row) for each, rows in parts.items() for row in rows]
            if known:
                each, row = known[given_[0] % len(known)]
                window.forget(each, row[::-1])
                parts[each].remove(row)
        else:
            check(window, parts, min_count)
    check(window, parts, min_count)
    again = pickle.loads(pickle.dumps(window))
    check(again, parts, min_count)


def check(window, parts, min_count):
    rows = [row for each in parts.values() for row in each]
    assert len(window) == len(rows)
    assert window.keys() == sorted(key for key, each in parts.items() if each)
    assert sorted(map(sorted, window.transactions)) == sorted(sorted(set(row)) for row in rows)
    assert all(window.len_of(key) == len(each) for key, each in parts.items())
    assert found(window.refresh().itemsets) == found(mine(rows, min_count=min_count))


def test_changes():
    window = Window(min_count=1)
    window.add(1, [["beer", "diapers"]] * 50 + [["beer"]] * 50)
    window.refresh()
    window.add(2, [["beer", "diapers"]] * 10 + [["beer"]] * 90)
    window.retire(1)
    refresh = window.refresh()
    assert len(refresh.added) == len(refresh.retired) == 100
    changes = {change.items: change for change in refresh.changes()}
    assert set(changes) == {("diapers",), ("beer", "diapers")}
    change = changes["beer", "diapers"]
    assert change[1:6] == ("fallen", 50, 100, 10, 100) and change.p_value < 1e-6
    assert refresh.changes(0.001, "bonferroni") and not refresh.changes(1e-300)
    with pytest.raises(ValueError, match="invalid alpha"):
        refresh.changes(1.5)


def test_what_does_not_fit_is_an_error_and_changes_nothing():
    window = Window(min_count=1)
    window.add("monday", [["beer"]])
    for call, text in [
        (lambda: window.add(3, [["beer"]]), "invalid key: 3 .expected text, as the other keys are"),
        (lambda: window.add(1.5, [["beer"]]), "invalid key: 1.5"),
        (lambda: window.add("monday", [[3]]), "invalid data: labels of type int .expected str"),
        (lambda: window.forget("monday", ["wine"]), "invalid basket: 1 items"),
        (lambda: window.forget("monday", "beer"), "invalid basket: 'beer'"),
        (lambda: Window(target="closed"), "a window finds all frequent itemsets"),
        (lambda: Window(min_support=2.0).refresh(), "for a number of baskets use min_count"),
    ]:
        with pytest.raises(ValueError, match=text):
            call()
    assert window.keys() == ["monday"] and list(window.transactions) == [["beer"]]
    small = Window(min_count=1, max_itemsets=1)
    small.add(1, [["beer", "chips"]])
    with pytest.raises(LimitError):
        small.refresh()
    assert isinstance(small.transactions, Transactions) and len(small) == 1
