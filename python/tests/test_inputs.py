"""Every kind of data gives the same baskets."""

from __future__ import annotations

import datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from conftest import SHOP, found, frequent
from hypothesis import given
from hypothesis import strategies as st

from itemset import Transactions, _itemset, mine

ITEMS = ["beer", "chips", "diapers", "wipes"]
MATRIX = np.array([[item in basket for item in ITEMS] for basket in SHOP])
FRAME = pd.DataFrame(MATRIX, columns=ITEMS)
LINES = {
    "receipt": [number for number, basket in enumerate(SHOP) for _ in basket],
    "product": [item for basket in SHOP for item in basket],
}


def mined(baskets: Transactions, threshold: int = 1):
    return list(mine(baskets, min_count=threshold))


EXPECTED = mined(Transactions(SHOP))

ONE_HOT = {
    "numpy, by row": lambda: Transactions.from_one_hot(MATRIX, columns=ITEMS),
    "numpy, by column": lambda: Transactions.from_one_hot(np.asfortranarray(MATRIX), columns=ITEMS),
    "numpy, with gaps": lambda: Transactions.from_one_hot(np.repeat(MATRIX, 2, axis=0)[::2], columns=ITEMS),
    "numpy, numbers": lambda: Transactions.from_one_hot(MATRIX.astype("int64"), columns=ITEMS),
    "numpy, floats": lambda: Transactions.from_one_hot(MATRIX.astype("float32"), columns=ITEMS),
    "numpy, objects": lambda: Transactions.from_one_hot(MATRIX.astype(object), columns=ITEMS),
    "lists of lists": lambda: Transactions.from_one_hot(MATRIX.tolist(), columns=ITEMS),
    "scipy, csr": lambda: Transactions.from_one_hot(scipy.sparse.csr_matrix(MATRIX), columns=ITEMS),
    "scipy, csc array": lambda: Transactions.from_one_hot(scipy.sparse.csc_array(MATRIX), columns=ITEMS),
    "scipy, coo of numbers": lambda: Transactions.from_one_hot(scipy.sparse.coo_array(MATRIX.astype(int)), columns=ITEMS),
    "pandas": lambda: Transactions(FRAME),
    "pandas, column by column": lambda: Transactions(pd.DataFrame({item: FRAME[item] for item in ITEMS})),
    "pandas, numbers": lambda: Transactions(FRAME.astype("int8")),
    "pandas, several types": lambda: Transactions(FRAME.astype({"beer": "int64", "chips": "float64"})),
    "pandas, sparse": lambda: Transactions(FRAME.astype(pd.SparseDtype(bool, False))),
    "pandas, sparse numbers": lambda: Transactions(FRAME.astype(pd.SparseDtype(int, 0))),
    "polars": lambda: Transactions(pl.DataFrame(MATRIX, schema=ITEMS)),
    "polars, numbers": lambda: Transactions(pl.DataFrame(MATRIX.astype("uint8"), schema=ITEMS)),
    "pyarrow": lambda: Transactions(pa.table({item: MATRIX[:, place] for place, item in enumerate(ITEMS)})),
    "pyarrow, a batch": lambda: Transactions.from_one_hot(
        pa.record_batch({item: MATRIX[:, place] for place, item in enumerate(ITEMS)})
    ),
    "duckdb": lambda: Transactions.from_one_hot(duckdb.connect().from_df(FRAME)),
}

LISTS = {
    "tuples": lambda: Transactions(tuple(basket) for basket in SHOP),
    "sets": lambda: Transactions([set(basket) for basket in SHOP]),
    "with repeats": lambda: Transactions([basket + basket[:1] for basket in SHOP]),
    "with what is missing": lambda: Transactions([[*basket, None, float("nan"), ""] for basket in [*SHOP]]),
    "a list that is missing": lambda: Transactions([*SHOP, None]),
    "numpy": lambda: Transactions([np.array(basket) for basket in SHOP]),
    "pandas series": lambda: Transactions(pd.Series(SHOP)),
    "polars series": lambda: Transactions(pl.Series(SHOP)),
    "polars series of categories": lambda: Transactions(pl.Series(SHOP, dtype=pl.List(pl.Categorical))),
    "pyarrow": lambda: Transactions(pa.array(SHOP)),
    "pyarrow, large": lambda: Transactions(pa.array(SHOP, pa.large_list(pa.large_string()))),
    "pyarrow, in chunks": lambda: Transactions(pa.chunked_array([SHOP[:2], SHOP[2:]])),
    "pyarrow, nulls": lambda: Transactions(pa.array([[*basket, None] for basket in SHOP] + [None])),
    "a column of polars": lambda: Transactions.from_lists(pl.DataFrame({"n": range(6), "items": SHOP}), "items"),
    "a column of pyarrow": lambda: Transactions.from_lists(pa.table({"items": SHOP}), "items"),
    "a column of pandas": lambda: Transactions.from_lists(pd.DataFrame({"n": range(6), "items": SHOP}), "items"),
    "a column of duckdb": lambda: Transactions.from_lists(
        duckdb.connect().from_arrow(pa.table({"items": SHOP})), "items"
    ),
    "itself": lambda: Transactions(Transactions(SHOP)),
}


@pytest.mark.parametrize("make", [*ONE_HOT.values(), *LISTS.values()], ids=[*ONE_HOT, *LISTS])
def test_all_inputs_give_equal_results(make):
    baskets = make()
    assert len(baskets) == len(SHOP)
    assert mined(baskets) == EXPECTED


LONG = {
    "a dict": lambda data: data,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "polars, categories": lambda data: pl.DataFrame(data).with_columns(pl.col("product").cast(pl.Categorical)),
    "pyarrow": pa.table,
    "pyarrow, dictionaries": lambda data: pa.table(
        {"receipt": data["receipt"], "product": pa.array(data["product"]).dictionary_encode()}
    ),
    "duckdb": lambda data: duckdb.connect().from_arrow(pa.table(data)),
    "pandas, objects": lambda data: pd.DataFrame(data).astype({"product": object}),
}


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (7, 3), (64, 64), (65, 130), (130, 65), (200, 1), (1, 200)])
@pytest.mark.parametrize("share", [0.02, 0.5, 1.0])
def test_every_cell_of_a_matrix_is_read_once(shape, share, order):
    random = np.random.default_rng(shape[0])
    for gap in (0, 3):
        # Any byte that is not 0, from any address on.
        memory = np.zeros(gap + shape[0] * shape[1], dtype="uint8")
        cells = np.where(random.random(shape) < share, random.integers(1, 256, shape), 0).astype("uint8")
        memory[gap:] = cells.ravel(order)
        matrix = memory[gap:].reshape(shape, order=order)
        baskets = _itemset.from_dense(matrix, list(range(shape[1])))
        assert [sorted(row) for row, _ in baskets.rows()] == [np.flatnonzero(row).tolist() for row in cells]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(9_001, 2_003), (130, 140_001)])
def test_large_matrices_are_read_in_parts(shape, order):
    random = np.random.default_rng(1)
    matrix = np.zeros(shape, dtype=bool, order=order)
    rows, columns = random.integers(0, shape[0], 50_000), random.integers(0, shape[1], 50_000)
    matrix[rows, columns] = True
    expected = Transactions(scipy.sparse.csr_array(matrix))
    assert Transactions(matrix) == expected


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_line_items(make):
    # A basket without items has no line.
    expected = mined(Transactions([basket for basket in SHOP if basket]))
    assert mined(Transactions.from_long(make(LINES), "receipt", "product")) == expected
    mixed_up = {name: column[::-1] for name, column in LINES.items()}
    assert mined(Transactions.from_long(make(mixed_up), "receipt", "product")) == expected


@pytest.mark.parametrize("make", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_line_items_with_quantities_several_keys_and_what_is_missing(make):
    lines = {
        "shop": ["x", "x", "y", "y", "y", None],
        "receipt": [1, 1, 1, 1, 1, 1],
        "product": ["beer", "chips", "beer", None, "wipes", "beer"],
        "quantity": [1, 2, 1, 1, -1, 1],
    }
    baskets = Transactions.from_long(make(lines), ["shop", "receipt"], "product", quantity="quantity")
    assert [sorted(basket) for basket in baskets] == [["beer", "chips"], ["beer"]]


def test_pandas_line_items_without_pyarrow_are_the_same(monkeypatch):
    frame = pd.DataFrame({**LINES, "quantity": [1] * len(LINES["receipt"])})
    frame = pd.concat([frame, pd.DataFrame({"receipt": [1, None], "product": ["", "beer"], "quantity": [1, 1]})])
    with_arrow = Transactions.from_long(frame, "receipt", "product", quantity="quantity")
    monkeypatch.setattr("itemset._frames.has_pyarrow", lambda: False)
    assert mined(Transactions.from_long(frame, "receipt", "product", quantity="quantity")) == mined(with_arrow)
    lists = pd.DataFrame({"items": SHOP})
    assert mined(Transactions.from_lists(lists, "items")) == EXPECTED


def test_weights_stand_for_equal_baskets():
    weights = [3, 1, 0, 2, 4, 1]
    repeated = [basket for basket, weight in zip(SHOP, weights, strict=True) for _ in range(weight)]
    expected = mined(Transactions(repeated))
    table = {"items": SHOP, "weight": weights}
    wide = FRAME.assign(weight=weights)
    for baskets in [
        Transactions(SHOP, weights=weights),
        Transactions(pa.array(SHOP), weights=weights),
        Transactions(pl.Series(SHOP), weights=weights),
        Transactions(pd.Series(SHOP), weights=weights),
        Transactions.from_lists(pl.DataFrame(table), "items", weight="weight"),
        Transactions.from_lists(pa.table(table), "items", weight="weight"),
        Transactions.from_lists(pd.DataFrame(table), "items", weight="weight"),
        Transactions(FRAME, weights=weights),
        Transactions.from_one_hot(wide, weight="weight"),
        Transactions.from_one_hot(pl.DataFrame({name: wide[name].to_numpy() for name in wide}), weight="weight"),
        Transactions.from_one_hot(scipy.sparse.csr_array(MATRIX), columns=ITEMS, weights=weights),
    ]:
        assert len(baskets) == len(repeated)
        assert mined(baskets) == expected


def test_numbers_are_labels_and_come_out_as_numbers():
    rows = [[10, 9, 2], [10, 9], [9, -1]]
    for data in [
        rows,
        [np.array(row) for row in rows],
        pa.array(rows),
        pl.Series(rows),
        pa.array(rows, pa.list_(pa.int16())),
    ]:
        found_items = [row.items for row in mine(data, min_count=2)]
        assert sorted(found_items) == [(9,), (9, 10), (10,)]
    columns = Transactions.from_one_hot(np.array([[1, 1, 0], [1, 0, 0]]))
    assert columns.items == [0, 1] and columns.count_of(0) == 2
    long = pl.DataFrame({"key": [1, 1, 2], "item": [7, 8, 7]})
    assert Transactions.from_long(long, "key", "item").items == [7, 8]


def test_other_labels_and_mixed_ones_are_errors():
    for rows, said in [
        ([["beer", 3]], "'beer' and 3"),
        ([[3], ["beer"]], "3 and 'beer'"),
        ([[1.5]], "1.5 is of type float"),
        ([[True]], "True is of type bool"),
        ([[1, True]], "True is of type bool"),
        ([[("a", "b")]], "of type tuple"),
        ([[datetime.date(2024, 1, 31)]], "make it text"),
        ([[2**63]], "no whole number of 64 bits"),
        ([["a\0b"]], "NUL"),
        (["beer"], "'beer' as basket 0"),
        ("beer", "an iterable of baskets"),
        ([3], "3 as basket 0"),
        (pa.array([[2**63]], pa.list_(pa.uint64())), "no whole number of 64 bits"),
    ]:
        with pytest.raises(ValueError, match="(?s).*") as raised:
            Transactions(rows)
        assert said in str(raised.value)


def test_what_is_wrong_with_a_table_is_said():
    frame = pl.DataFrame({"order": [1], "product": ["beer"], "items": [["beer"]]})
    for call, said in [
        (lambda: Transactions.from_long(frame, "ordr", "product"), 'invalid basket: "ordr" (expected one of "order"'),
        (lambda: Transactions.from_lists(frame, "order"), "expected a column of lists"),
        (lambda: Transactions.from_lists(frame), "the name of the column with the lists"),
        (lambda: Transactions(frame), "the column \"product\" of"),
        (lambda: Transactions(np.array([[0, 2]])), "2 in a matrix"),
        (lambda: Transactions.from_one_hot(np.zeros((2, 2, 2))), "3 dimensions"),
        (lambda: Transactions(MATRIX, weights=[1]), "1 for 6 baskets"),
        (lambda: Transactions(SHOP, weights=[1]), "one for each basket"),
        (lambda: Transactions(pa.array(SHOP), weights=[1]), "1 for 6 baskets"),
        (lambda: Transactions.from_one_hot(MATRIX, columns=["a"]), "1 for 4 columns"),
        (lambda: Transactions.from_one_hot(MATRIX, columns=["a", "b", "a", "c"]), "'a' occurs twice"),
        (lambda: Transactions.from_lists(pa.array([1, 2])), "expected a column of lists"),
        (lambda: Transactions.from_long({"a": [1]}, "a", "b"), "invalid item: 'b'"),
        (lambda: Transactions.from_long({"a": [1], "b": [1, 2]}, "a", "b"), "columns of several lengths"),
        (lambda: Transactions.from_long(3, "a", "b"), "invalid data: int"),
    ]:
        with pytest.raises(ValueError) as raised:
            call()
        assert said in str(raised.value)


def test_empty_data_are_no_error():
    for baskets in [
        Transactions(),
        Transactions([]),
        Transactions(pa.array([], pa.list_(pa.string()))),
        Transactions(np.zeros((0, 3))),
        Transactions(pl.DataFrame({"a": []}, schema={"a": pl.Boolean})),
    ]:
        assert len(baskets) == 0 and len(mine(baskets)) == 0
    assert len(Transactions(np.zeros((3, 0)))) == 3


def test_arrow_data_with_offsets_and_slices():
    array = pa.array([["x"], *SHOP, ["y"]]).slice(1, len(SHOP))
    assert mined(Transactions(array)) == EXPECTED
    table = pa.table({"items": [["x"], *SHOP]}).slice(1)
    assert mined(Transactions.from_lists(table, "items")) == EXPECTED


def test_text_that_is_none_is_an_error():
    def texts(values: list, kind):
        """Bytes that claim to be text, as Spark and others write them."""
        offsets = [0]
        for value in values:
            offsets.append(offsets[-1] + len(value or b""))
        width = np.int64 if kind == pa.large_string() else np.int32
        there = pa.py_buffer(np.packbits([value is not None for value in values], bitorder="little").tobytes())
        data = pa.py_buffer(b"".join(value or b"" for value in values))
        return pa.Array.from_buffers(kind, len(values), [there, pa.py_buffer(np.array(offsets, width)), data])

    for kind in (pa.string(), pa.large_string()):
        column = texts([b"beer", None, b"\xff", b"\xfeA", "\u00d6l".encode()], kind)
        lists = pa.ListArray.from_arrays([0, 2, 4, 5], column)
        with pytest.raises(ValueError, match="row 2.*not UTF-8"):
            Transactions.from_lists(pa.table({"items": lists}), "items")
        codes = pa.DictionaryArray.from_arrays(pa.array([0, 2], pa.int32()), column)
        for items in (column.slice(0, 3).drop_null(), codes):
            table = pa.table({"key": [1, 2], "item": items})
            with pytest.raises(ValueError, match="row 2: column 2.*item.*not UTF-8"):
                Transactions.from_long(table, "key", "item")
            with pytest.raises(ValueError, match="row 2: column 2.*item.*not UTF-8"):
                Transactions.from_long(table, "item", "key")
        # A cut character at the end of all bytes.
        with pytest.raises(ValueError, match="not UTF-8"):
            Transactions.from_lists(pa.table({"items": pa.ListArray.from_arrays([0, 1], texts([b"x\xe2\x82"], kind))}), "items")
        right = texts(["\u00d6l".encode(), None, b"tea", "\u00d6l".encode()], kind)
        baskets = Transactions.from_lists(pa.table({"items": pa.ListArray.from_arrays([0, 3, 4], right)}), "items")
        assert (baskets.items, baskets.count_of("\u00d6l")) == (["\u00d6l", "tea"], 2)


labels = st.one_of(st.lists(st.lists(st.sampled_from("abcdef"))), st.lists(st.lists(st.integers(-3, 3))))


@given(labels)
def test_any_lists_agree_with_arrow_and_with_the_plain_count(rows):
    baskets = Transactions(rows)
    assert len(baskets) == len(rows)
    assert found(mine(baskets, min_count=2)) == frequent(rows, 2)
    if any(rows):
        assert mined(Transactions(pa.array(rows)), 2) == mined(baskets, 2)
        assert mined(Transactions(pl.Series(rows)), 2) == mined(baskets, 2)


def test_what_baskets_tell():
    baskets = Transactions(SHOP)
    assert baskets.entries == 12 and baskets.count_of("beer") == 3 and baskets.count_of("wine") == 0
    assert [sorted(basket) for basket in baskets] == [sorted(basket) for basket in SHOP]
    assert baskets == Transactions(SHOP) and baskets != Transactions(SHOP[:2]) and baskets != SHOP
    assert repr(baskets) == "<Transactions: 6 baskets of 4 items>" and baskets.report == ""
    with pytest.raises(ValueError, match="labels of type str"):
        baskets.count_of(3)
    with pytest.raises(TypeError):
        hash(baskets)


def test_columns_of_pandas_that_have_numbers():
    frame = pd.DataFrame([[1, "a"], [1, "b"], [2, "a"]])
    assert Transactions.from_long(frame, 0, 1).count_of("a") == 2
    assert len(Transactions.from_long(frame, [0], 1)) == 2
