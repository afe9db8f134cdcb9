"""Searches in parts: the groups together find what a single call finds."""

from __future__ import annotations

import array
import itertools
import pickle
import random

import pytest
from conftest import SHOP, found, frequent
from hypothesis import given
from hypothesis import strategies as st

import itemset
from itemset import _itemset
from itemset import LimitError
from itemset.distributed import ItemCounts, MinePlan, merge_prefixes

pyarrow = pytest.importorskip("pyarrow")

ROWS = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=25)


def counted(parts: list[list[list]]) -> ItemCounts:
    """Counts of parts, each sent by itself."""
    all_counts = ItemCounts()
    for part in parts:
        counts = ItemCounts()
        counts.add(part)
        all_counts.merge(pickle.loads(pickle.dumps(counts)))
    return all_counts


def prefixes_of(plan: MinePlan, parts: list[list[list]]) -> dict[int, list]:
    """What each group gets, in pieces."""
    groups: dict[int, list] = {group: [] for group in range(plan.groups)}
    for part in parts:
        table = pyarrow.table(pickle.loads(pickle.dumps(plan)).project(part))
        for group in groups:
            groups[group].append(table.filter(pyarrow.compute.equal(table["group"], group)))
    return groups


def mined(plan: MinePlan, parts: list[list[list]], labels: bool = True):
    tables = [pyarrow.table(plan.mine_group(g, some, labels=labels)) for g, some in prefixes_of(plan, parts).items()]
    return pyarrow.concat_tables(tables)


def as_dict(table) -> dict[frozenset, int]:
    rows = table.to_pylist()
    result = {frozenset(row["items"]): row["freq"] for row in rows}
    assert len(result) == len(rows)
    assert all(row["items"] == sorted(row["items"]) for row in rows)
    return result


@given(ROWS, st.integers(1, 4), st.integers(1, 9))
def test_groups_find_what_a_single_call_finds(rows, min_count, groups):
    parts = [rows[::2], rows[1::2]]
    plan = MinePlan(counted(parts), groups, min_count=min_count)
    assert as_dict(mined(plan, parts)) == frequent(rows, min_count)
    assert plan.join(mined(plan, parts, labels=False)) == itemset.mine(rows, min_count=min_count)


@pytest.fixture(scope="module")
def skewed():
    """A few items are in most baskets, most in a few; some baskets are long. 1,429 items come in 8 baskets: more than
    there are groups.
    """
    draw = random.Random(11)
    up_to = list(itertools.accumulate(1 / (rank + 10) for rank in range(3000)))
    lens = [min(60, int(2 * draw.paretovariate(1.1))) for _ in range(8000)]
    rows = [sorted(set(draw.choices(range(3000), cum_weights=up_to, k=length))) for length in lens]
    single = itemset.mine(rows, min_count=8)
    return rows, single, single.rules(0.5)


@pytest.mark.parametrize("groups", [1, 2, 8, 97, 1000])
def test_skewed_data_in_any_number_of_groups(skewed, groups):
    rows, single, rules = skewed
    parts = [rows[::2], rows[1::2]]
    plan = MinePlan(counted(parts), groups, min_count=8)
    assert plan.items == 1429 and {plan.group_of(rank) for rank in range(plan.items)} == set(range(groups))
    joined = plan.join(mined(plan, parts, labels=False))
    assert joined == single
    # With the four counts that every measure follows from.
    assert list(joined.rules(0.5)) == list(rules)


@pytest.mark.parametrize("target", ["closed", "maximal"])
@pytest.mark.parametrize("groups", [1, 3, 50])
def test_closed_and_maximal_itemsets_are_checked_across_groups(target, groups):
    draw = random.Random(7)
    rows = [draw.sample(range(12), draw.randrange(9)) for _ in range(60)]
    plan = MinePlan(counted([rows]), groups, min_count=3, target=target)
    expected = found(itemset.mine(rows, min_count=3, target=target))
    ranked = mined(plan, [rows], labels=False)
    assert as_dict(pyarrow.table(plan.check(ranked))) == expected
    if target == "closed":
        # In parts, by count.
        counts = sorted(set(ranked["freq"].to_pylist()))
        parts = [ranked.filter(pyarrow.compute.equal(ranked["freq"], count)) for count in counts]
        assert as_dict(pyarrow.concat_tables([pyarrow.table(plan.check(part)) for part in parts])) == expected


def test_whole_numbers_are_numbers_again():
    rows = [[10, 9, 100], [9, 10], [10, 100]]
    plan = MinePlan(counted([rows]), 2, min_count=2)
    table = mined(plan, [rows])
    assert table.schema.field("items").type.value_type == pyarrow.int64()
    assert as_dict(table) == found(itemset.mine(rows, min_count=2))
    assert plan.label_type is int and plan.item(0) == (10, 3)


def test_equal_prefixes_are_one_row():
    rows = [["a", "b"]] * 5 + [["a", "c"], ["b", "a"]]
    plan = MinePlan(counted([rows]), 1, min_count=1)
    once, twice = pyarrow.table(plan.project(rows)), pyarrow.concat_tables([pyarrow.table(plan.project(rows))] * 2)
    assert sorted(once["weight"].to_pylist()) == [1, 6]
    merged = pyarrow.table(merge_prefixes(twice))
    assert merged.schema == once.schema
    assert sorted(merged["weight"].to_pylist()) == [2, 12]


def test_counts():
    counts = counted([SHOP])
    assert (counts.baskets, counts.count_of("diapers"), counts.count_of("tea"), len(counts)) == (6, 4, 0, 4)
    assert counts == ItemCounts.from_counts({"beer": 3, "chips": 3, "wipes": 2, "diapers": 4}, 6)
    assert counts == pickle.loads(pickle.dumps(counts))
    counts.merge(counts)
    assert (counts.baskets, counts.count_of("diapers")) == (12, 8)
    assert counted([[[]]]) == ItemCounts.from_counts([], 1)
    assert repr(counts) == "<ItemCounts: 4 items in 12 baskets>"


def test_what_does_not_fit_is_an_error():
    counts = counted([SHOP])
    with pytest.raises(ValueError, match="must all be text or all be whole numbers"):
        counts.add([[1]])
    with pytest.raises(ValueError, match="must all be text or all be whole numbers"):
        counts.merge(counted([[[1]]]))
    with pytest.raises(ValueError, match="in 3 baskets, of which there are 2"):
        ItemCounts.from_counts({"a": 3}, 2)
    with pytest.raises(ValueError, match="invalid groups: 0"):
        MinePlan(counts, 0, min_count=2)
    with pytest.raises(ValueError, match="target"):
        MinePlan(counts, 2, min_count=2, target="generators")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not both"):
        MinePlan(counts, 2, min_count=2, min_support=0.1)
    plan = MinePlan(counts, 2, min_count=1)
    with pytest.raises(ValueError, match="labels of type int"):
        plan.project([[1, 2]])
    with pytest.raises(ValueError, match="group"):
        plan.mine_group(2, [])
    with pytest.raises(ValueError, match="prefix, weight"):
        plan.mine_group(0, [pyarrow.table({"prefix": [[0, 1]]})])
    table = plan.project(SHOP)
    pyarrow.table(table)
    with pytest.raises(ValueError, match="read once"):
        pyarrow.table(table)


def test_a_prefix_that_comes_twice_is_an_error():
    plan = MinePlan(counted([SHOP]), 1, min_count=1)
    prefixes = pyarrow.table(plan.project(SHOP))
    with pytest.raises(ValueError, match="add each prefix once"):
        plan.mine_group(0, [prefixes, prefixes])
    other = MinePlan(counted([SHOP]), 1, min_count=2)
    ranked = pyarrow.table(other.mine_group(0, [pyarrow.table(other.project(SHOP))], labels=False))
    assert other.join(ranked) == itemset.mine(SHOP, min_count=2)
    # Fewer rows than the group found fit no other plan.
    with pytest.raises(ValueError, match="rank"):
        plan.mine_group(
            0, [pyarrow.table({"prefix": pyarrow.array([[0, 99]], pyarrow.list_(pyarrow.int32())), "weight": [1]})]
        )


def test_plans_of_the_same_counts_and_settings_are_equal():
    plan = MinePlan(counted([SHOP]), 3, min_support=0.3, max_len=2)
    other = MinePlan(counted([SHOP[3:], SHOP[:3]]), 3, min_support=0.3, max_len=2)
    assert plan == other and plan.fingerprint == other.fingerprint
    assert plan != MinePlan(counted([SHOP]), 2, min_support=0.3, max_len=2)
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert sum(plan.costs()) > 0 and {plan.group_of(rank) for rank in range(plan.items)} <= {0, 1, 2}
    assert (plan.item(99), plan.group_of(99), plan.target) == (None, None, "all")
    assert max(len(row["items"]) for row in mined(plan, [SHOP]).to_pylist()) == 2


def ranked_rows(plan: MinePlan, rows) -> list[dict]:
    return mined(plan, [rows], labels=False).to_pylist()


def table_of(rows: list[dict]):
    """Rows as a scheduler sends them, without what the schema tells."""
    types = [("group", pyarrow.int32()), ("ranks", pyarrow.list_(pyarrow.int32())), ("freq", pyarrow.int64())]
    return pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(types))


def test_rows_that_are_lost_or_of_another_plan_are_not_joined():
    plan = MinePlan(counted([SHOP]), 2, min_count=1)
    rows = ranked_rows(plan, SHOP)
    expected = itemset.mine(SHOP, min_count=1)
    random.Random(3).shuffle(rows)
    assert plan.join(table_of(rows)) == expected
    longest = max(len(row["ranks"]) for row in rows)
    for lost, row in enumerate(rows):
        # The greatest itemsets leave no trace in others.
        if len(row["ranks"]) < longest and any(
            other is not row and other["ranks"][: len(row["ranks"])] == row["ranks"] for other in rows
        ):
            with pytest.raises(ValueError, match="does not follow"):
                plan.join(table_of(rows[:lost] + rows[lost + 1 :]))
    for group in range(2):
        with pytest.raises(ValueError, match="missing|does not follow"):
            plan.join(table_of([row for row in rows if row["group"] != group]))
    with pytest.raises(ValueError, match="is missing"):
        plan.join(table_of([]))
    with pytest.raises(ValueError, match="does not follow"):
        plan.join(table_of([row | {"freq": row["freq"] + (len(row["ranks"]) == 1)} for row in rows]))
    with pytest.raises(ValueError, match="does not follow"):
        plan.join(table_of([row | {"freq": 6 if len(row["ranks"]) > 1 else row["freq"]} for row in rows]))
    for changed, said in [
        (rows + rows[:1], "invalid data: the itemset of the ranks .* twice"),
        ([rows[0] | {"freq": -1}], "invalid freq: -1"),
        ([rows[0] | {"ranks": [0, 1]}], "invalid ranks: .0, 1. "),
        ([rows[0] | {"ranks": []}], "invalid ranks"),
        ([rows[0] | {"group": 2}], "invalid group: 2"),
    ]:
        with pytest.raises(ValueError, match=said) as raised:
            plan.join(table_of(changed))
        assert "stored" not in str(raised.value)


def test_tables_of_another_plan_are_refused():
    plan, other = (MinePlan(counted([SHOP]), 1, min_count=least) for least in (1, 2))
    prefixes = pyarrow.table(other.project(SHOP))
    for table in (prefixes, pyarrow.table(merge_prefixes(prefixes))):
        assert pyarrow.table(other.mine_group(0, [table])).num_rows > 0
        with pytest.raises(ValueError, match=f"of the plan with the fingerprint {other.fingerprint}"):
            plan.mine_group(0, [table])
    ranked = pyarrow.table(other.mine_group(0, [prefixes], labels=False))
    for call in (plan.join, plan.check):
        with pytest.raises(ValueError, match="of this plan"):
            call(ranked)


@pytest.mark.parametrize("lists", ["large_list", "list_view", "large_list_view"])
def test_lists_of_any_kind(lists):
    if not hasattr(pyarrow, lists):
        pytest.skip(f"this pyarrow has no {lists}")
    plan = MinePlan(counted([SHOP]), 1, min_count=1)
    prefixes = pyarrow.table(plan.project(SHOP))
    expected = pyarrow.table(plan.mine_group(0, [prefixes], labels=False))

    def cast(table, name):
        place = table.schema.get_field_index(name)
        kind = getattr(pyarrow, lists)(pyarrow.int32())
        return table.set_column(place, name, pyarrow.array(table[name].to_pylist(), kind))

    others = cast(prefixes, "prefix").slice(1), cast(prefixes, "prefix").slice(0, 1)
    found = pyarrow.table(plan.mine_group(0, list(others), labels=False))
    assert found == expected
    assert pyarrow.table(merge_prefixes(cast(prefixes, "prefix"))) == pyarrow.table(merge_prefixes(prefixes))
    assert plan.join(cast(found, "ranks")) == itemset.mine(SHOP, min_count=1)


def test_tables_of_polars():
    polars = pytest.importorskip("polars")
    plan = MinePlan(counted([SHOP]), 1, min_count=1)
    prefixes = polars.DataFrame(plan.project(SHOP))
    found = polars.DataFrame(plan.mine_group(0, [prefixes], labels=False))
    assert plan.join(found) == itemset.mine(SHOP, min_count=1)


def test_stored_plans_that_are_damaged_are_errors():
    load = MinePlan(counted([SHOP]), 2, min_count=1).__reduce__()[0]
    head = b'{"format":1,"baskets":4,"min_count":1,"max_len":%s,"target":"%s","algorithm":"auto","groups":%d,'
    for stored in [
        b'[1,4,1,null,"all","auto",1,["a"],[3],[0]]',
        head % (b"null", b"all", 4294967295) + b'"labels":["a","b"],"counts":[3,3],"group_of":[4294967294,0]}',
        head % (b"null", b"all", 0) + b'"labels":[],"counts":[],"group_of":[]}',
        head % (b"0", b"all", 1) + b'"labels":["a"],"counts":[3],"group_of":[0]}',
        head % (b"1", b"maximal", 1) + b'"labels":["a"],"counts":[3],"group_of":[0]}',
        b"",
    ]:
        with pytest.raises(ValueError, match="the stored plan cannot be read"):
            load("str", stored)
    assert load("str", head % (b"2", b"all", 1) + b'"labels":["a"],"counts":[3],"group_of":[0]}').items == 1
    for labels in (b'["+1","1"]', b'["-0"]', b'["01"]', b'[""]'):
        counts = b"[1,1]" if b"," in labels else b"[1]"
        with pytest.raises(ValueError, match="no whole number"):
            _itemset.CountTable.load("int", b'{"format":1,"baskets":1,"labels":%s,"counts":%s}' % (labels, counts))
    numbers = ItemCounts.from_counts({0: 1, -7: 1, 10: 1}, 1)
    assert pickle.loads(pickle.dumps(numbers)) == numbers


@pytest.mark.parametrize("number", [-1, 2**64, 2**200, 1.5, "2", None])
def test_numbers_that_are_none_name_their_setting(number):
    counts = ItemCounts.from_counts({"a": 3, "b": 2}, 4)
    plan = MinePlan(counts, 2, min_count=1)
    for name, call in {
        "groups": lambda: MinePlan(counts, number, min_count=1),
        "baskets": lambda: ItemCounts.from_counts({}, number),
        "counts": lambda: ItemCounts.from_counts({"a": number}, 4),
        "rank": lambda: plan.item(number),
        "rank ": lambda: plan.group_of(number),
        "group": lambda: plan.mine_group(number, []),
    }.items():
        with pytest.raises(ValueError, match=f"invalid {name.strip()}: "):
            call()
    if number is not None:
        for name in ("threads", "max_memory"):
            with pytest.raises(ValueError, match=f"invalid {name}: "):
                plan.mine_group(0, [], **{name: number})
        with pytest.raises(ValueError, match="invalid max_len: "):
            MinePlan(counts, 2, min_count=1, max_len=number)
    with pytest.raises(ValueError, match="expected ItemCounts"):
        ItemCounts().merge(number)  # type: ignore[arg-type]


def test_ranks_that_are_missing_and_weights_below_0_are_errors():
    plan = MinePlan(counted([SHOP]), 1, min_count=1)

    def prefixes(ranks: list, weight: int):
        columns = [pyarrow.array(values, kind) for values, kind in [([0], pyarrow.int32()), ([ranks], LISTS)]]
        return pyarrow.table([*columns, pyarrow.array([weight])], ["group", "prefix", "weight"])

    LISTS = pyarrow.list_(pyarrow.int32())
    for table, said in [
        (prefixes([None, 1], 1), "invalid prefix: lists with missing ranks"),
        (prefixes([0, 1], -5), "invalid weight: -5"),
        (prefixes([-1, 1], 1), "invalid prefix: -1"),
    ]:
        for call in (lambda table: plan.mine_group(0, [table]), merge_prefixes):
            with pytest.raises(ValueError, match=said):
                call(table)
    with pytest.raises(ValueError, match="expected a list of tables"):
        plan.mine_group(0, prefixes([0, 1], 1))


def test_rules_that_a_basket_fires():
    index = _itemset.RuleIndex("str", [["a"], ["a", "b"], ["c"], ["b"]], ["c", "d", "a", "d"])
    assert index.apply([["a"], ["b", "a", "a"], ["a", "c"], [], None, ["z", None]]) == [
        ["c"],
        ["c", "d"],
        [],
        [],
        [],
        [],
    ]
    numbers = _itemset.RuleIndex("int", [[1, 2]], [3])
    assert numbers.apply([[2, 1], [1], [1, 2, 3]]) == [[3], [], []]
    with pytest.raises(ValueError, match="labels of type int"):
        _itemset.RuleIndex("int", [["a"]], [3])
    # What no label can be is in no rule.
    assert index.apply([["a", "x\0y"]]) == [["c"]]


def test_measures_of_columns_are_those_of_rules():
    counts = [array.array("q", column) for column in ([4, 2, 5], [3, 2, 9], [2, 1, 5])]
    for name in ("confidence", "lift", "support", "zhang"):
        values = memoryview(_itemset.measure_values(name, 10, *counts)).cast("d").tolist()
        assert values == [_itemset.measure_of(name, 10, *row) for row in zip(*counts, strict=True)]
    with pytest.raises(ValueError, match="n_xy"):
        _itemset.measure_values("lift", 10, *(array.array("q", [n]) for n in (2, 2, 3)))


def test_prefixes_keep_to_max_memory():
    """A task ends with an error before it has read what does not fit."""
    draw = random.Random(1)
    rows = [sorted(draw.sample("abcdefghijklmnop", 8)) for _ in range(20_000)]
    plan = MinePlan(counted([rows]), 1, min_count=5_000)
    tables = prefixes_of(plan, [rows[at : at + 1_000] for at in range(0, len(rows), 1_000)])[0]
    left = iter(tables)
    with pytest.raises(LimitError, match="the prefixes of group 0 .* plan more groups") as error:
        plan.mine_group(0, left, max_memory=200_000)
    assert error.value.min_count is None
    assert len(list(left)) > 10
    expected = plan.mine_group(0, tables)
    assert pyarrow.table(plan.mine_group(0, tables, max_memory=1 << 30)) == pyarrow.table(expected)
