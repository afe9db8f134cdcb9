"""Data that are refused are refused by every door, with the same error."""

from __future__ import annotations

import datetime
import decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from conftest import SHOP, refused

from itemset import Transactions


def long_pandas_alone(monkeypatch):
    def read(values):
        with monkeypatch.context() as patched:
            patched.setattr("itemset._frames.has_pyarrow", lambda: False)
            return Transactions.from_long(pd.DataFrame({"key": 1, "item": values}), "key", "item")

    return read


def long(make):
    return lambda values: Transactions.from_long(make({"key": [1] * len(values), "item": values}), "key", "item")


LABEL_DOORS = {
    "lists": lambda values: Transactions([values]),
    "arrays": lambda values: Transactions([np.array(values)]),
    "pandas, series of lists": lambda values: Transactions(pd.Series([values])),
    "pandas, column of lists": lambda values: Transactions.from_lists(pd.DataFrame({"items": [values]}), "items"),
    "pyarrow": lambda values: Transactions(pa.array([values])),
    "pyarrow, column": lambda values: Transactions.from_lists(pa.table({"items": [values]}), "items"),
    "polars": lambda values: Transactions(pl.Series([values])),
    "long, dict": long(dict),
    "long, dict of arrays": long(lambda data: {name: np.array(values) for name, values in data.items()}),
    "long, pandas": long(pd.DataFrame),
    "long, pandas categories": long(lambda data: pd.DataFrame(data).astype({"item": "category"})),
    "long, pyarrow": long(pa.table),
    "long, polars": long(pl.DataFrame),
    "long, duckdb": long(lambda data: duckdb.connect().from_arrow(pa.table(data))),
}
NO_LABELS = {
    "floats": [1.0, 2.5],
    "whole floats": [1.0, 2.0],
    "floats and missing": [1.0, float("nan")],
    "truth values": [True, False],
    "dates": [datetime.date(2024, 1, 31)],
    "times": [datetime.datetime(2024, 1, 31, 12)],
    "decimals": [decimal.Decimal(1)],
    "bytes": [b"beer"],
}


@pytest.mark.parametrize("values", NO_LABELS.values(), ids=NO_LABELS)
@pytest.mark.parametrize("door", [*LABEL_DOORS.values(), long_pandas_alone], ids=[*LABEL_DOORS, "long, pandas alone"])
def test_labels_are_text_or_whole_numbers_by_every_door(door, values, monkeypatch):
    read = door(monkeypatch) if door is long_pandas_alone else door
    refused(lambda: read(values), "make it text", 'astype("Int64")')


def test_whole_numbers_of_pandas_with_missing_ones_are_labels(monkeypatch):
    frame = pd.DataFrame({"key": [1, 1, 2], "item": [7, None, 8]})
    refused(lambda: Transactions.from_long(frame, "key", "item"), "invalid item", 'astype("Int64")')
    whole = frame.astype({"item": "Int64"})
    assert sorted(Transactions.from_long(whole, "key", "item")) == [[7], [8]]
    assert sorted(Transactions.from_long(dict(whole), "key", "item")) == [[7], [8]]
    monkeypatch.setattr("itemset._frames.has_pyarrow", lambda: False)
    assert sorted(Transactions.from_long(whole, "key", "item")) == [[7], [8]]


def test_values_that_are_equal_in_python_are_not_one_label(monkeypatch):
    columns = {"key": [1, 1], "item": [1, True]}
    refused(lambda: Transactions.from_long(columns, "key", "item"), "True is of type bool")
    monkeypatch.setattr("itemset._frames.has_pyarrow", lambda: False)
    frame = pd.DataFrame({"key": [1, 1], "item": pd.Series([1, True], dtype=object)})
    refused(lambda: Transactions.from_long(frame, "key", "item"), "True is of type bool")
    numbers = {"key": [1, 2], "item": [1, np.int64(1)]}
    assert Transactions.from_long(numbers, "key", "item").count_of(1) == 2


def test_columns_of_several_types_are_told_by_what_is_in_them():
    mixed = pd.DataFrame({"key": [1, 1, 2], "item": pd.Series([1, "beer", 2], dtype=object), "lists": [[1, "a"], [], []]})
    refused(lambda: Transactions.from_long(mixed, "key", "item"), "labels must all be text or all be whole numbers")
    refused(lambda: Transactions.from_lists(mixed, "lists"), "labels must all be text or all be whole numbers")
    keys = pd.DataFrame({"key": pd.Series([1, "x", 1], dtype=object), "item": ["a", "b", "b"]})
    assert sorted(map(sorted, Transactions.from_long(keys, "key", "item"))) == [["a", "b"], ["b"]]


MATRIX_DOORS = {
    "numpy": lambda values: Transactions(np.array(values)),
    "pandas": lambda values: Transactions(pd.DataFrame(values, columns=["a", "b"])),
    "pandas, sparse": lambda values: Transactions(
        pd.DataFrame(values, columns=["a", "b"]).apply(lambda column: pd.arrays.SparseArray(column, fill_value=0))
    ),
    "polars": lambda values: Transactions(pl.DataFrame(values, schema=["a", "b"], orient="row")),
    "pyarrow": lambda values: Transactions(pa.table({"a": [a for a, _ in values], "b": [b for _, b in values]})),
}


@pytest.mark.parametrize("wrong", [2, -1, 0.5, 256, 2.0, float("nan"), float("inf"), None], ids=str)
@pytest.mark.parametrize("door", MATRIX_DOORS.values(), ids=MATRIX_DOORS)
def test_matrices_are_of_zeros_and_ones_by_every_door(door, wrong):
    refused(lambda: door([[1, 0], [0, wrong]]), "invalid data", "(expected True, False, 0 and 1")
    zero = -0.0 if isinstance(wrong, float) else 0
    assert len(door([[1, zero], [0, 1]])) == 2


def test_the_row_and_column_of_a_wrong_value_are_told():
    for kind in ("int8", "uint16", "int32", "uint64", "float16", "float32", "float64"):
        column = np.array([1, 0, 1, 1, 0, 1], dtype=kind)
        table = pa.table({"a": pa.chunked_array([column[:2], column[2:]]), "b": [True] * 6})
        assert Transactions(table).count_of("a") == 4
        column[4] = 3
        table = pa.table({"a": pa.chunked_array([column[:2], column[2:]]), "b": [True] * 6})
        refused(lambda table=table: Transactions(table), 'row 5 of the column "a" is neither 0 nor 1')
        # A part of an array, which does not begin with it.
        assert Transactions(table.slice(5)).count_of("a") == 1
        refused(lambda table=table: Transactions(table.slice(3)), 'row 2 of the column "a"')
    table = pa.table({"w": [3, 2], "a": [True, None]})
    refused(lambda: Transactions.from_one_hot(table, weight="w"), 'row 2 of the column "a"', "fill it")
    refused(lambda: Transactions(pa.table({"a": pa.nulls(2)})), 'row 1 of the column "a"')


def sparse_of(values, places, kind):
    rows = np.zeros(len(values), dtype=int)
    data = np.array(values, dtype=kind)
    return [
        scipy.sparse.coo_array((data, (rows, places)), shape=(2, 3)),
        scipy.sparse.coo_array((data, (rows, places)), shape=(2, 3)).tocsc(copy=True),
        scipy.sparse.csr_array((data, places, [0, len(values), len(values)]), shape=(2, 3)),
        scipy.sparse.csr_matrix((data, places, [0, len(values), len(values)]), shape=(2, 3)),
    ]


@pytest.mark.parametrize("kind", ["uint8", "int8", "int64", "float32"])
def test_what_a_sparse_matrix_has_twice_is_added(kind):
    for place, matrix in enumerate(sparse_of([1, 1], [1, 1], kind)):
        before = matrix.data.copy()
        refused(lambda matrix=matrix: Transactions(matrix), "invalid data: 2")
        assert (matrix.data == before).all(), place
    for matrix in sparse_of([1, 0, 1, 0], [2, 2, 0, 1], kind):
        assert list(Transactions(matrix)) == [[0, 2], []]
    if kind != "uint8":
        for matrix in sparse_of([1, -1, 2, -1], [1, 1, 2, 2], kind):
            assert list(Transactions(matrix)) == [[2], []]


def test_sums_of_small_integers_are_not_cut():
    # 256 ones are 0 in eight bits, as are two halves of all 64.
    coo, _, *by_rows = sparse_of([1] * 256, [1] * 256, "uint8")
    for matrix in [coo, *by_rows]:
        refused(lambda matrix=matrix: Transactions(matrix), "invalid data: 256")
    for matrix in sparse_of([2**63, 2**63, 1], [1, 1, 0], "uint64"):
        if matrix.nnz == 3:
            refused(lambda matrix=matrix: Transactions(matrix), f"invalid data: {2**63}")
    for matrix in sparse_of([True, True], [1, 1], bool):
        assert list(Transactions(matrix)) == [[1], []]


NO_MATRICES = {
    "a mask": (np.ma.array([[1, 0]], mask=[[0, 1]]), "a masked array"),
    "durations": (np.array([[1, 0]], "m8[s]"), "a matrix of timedelta64[s]"),
    "times": (np.array([[1, 0]], "M8[s]"), "a matrix of datetime64[s]"),
    "records": (np.zeros((1, 2), [("a", "i4")]), "a matrix of ["),
    "text": (np.array([["1", "0"]]), "a matrix of <U1"),
    "texts as objects": (np.array([["1", "0"]], dtype=object), "a matrix of str"),
    "bytes": (np.array([[b"1", b"0"]]), "a matrix of |S1"),
    "complex": (np.array([[1, 0j]]), "a matrix of complex128"),
    "lists": (np.array([[[], 1]], dtype=object), "a matrix of list"),
    "text of pandas": (pd.DataFrame({"a": ["1", "0"]}), "a matrix of"),
    "durations of pandas": (pd.DataFrame({"a": pd.to_timedelta([0, 1])}), "a matrix of timedelta64"),
    "decimals of Arrow": (pa.table({"a": [decimal.Decimal(1)]}), 'the column "a" of Decimal'),
    "sparse, complex": (scipy.sparse.csr_array(np.eye(2, dtype=complex)), "a matrix of complex128"),
    "sparse, one dimension": (scipy.sparse.coo_array(np.array([1, 0, 1])), "1 dimensions"),
    "missing, of pandas": (pd.DataFrame({"a": pd.array([True, None], "boolean")}), "fill it"),
}


@pytest.mark.parametrize("name", NO_MATRICES)
def test_what_is_no_matrix_of_numbers_is_said(name):
    matrix, said = NO_MATRICES[name]
    refused(lambda: Transactions.from_one_hot(matrix), "invalid data", said)


def test_a_mask_that_hides_nothing_and_ones_that_are_not_stored():
    assert list(Transactions(np.ma.array([[1, 0]]))) == [[0]]
    stored = pd.DataFrame({"a": pd.arrays.SparseArray([1, 0], fill_value=1)})
    assert list(Transactions(stored)) == [["a"], []]


ROWS = [["a"], ["b"]]
EYE = np.eye(2)
WEIGHTED = {
    "lists": lambda weights: Transactions(ROWS, weights=weights),
    "an iterator": lambda weights: Transactions(iter(ROWS), weights=weights),
    "pandas series": lambda weights: Transactions(pd.Series(ROWS), weights=weights),
    "pyarrow": lambda weights: Transactions(pa.array(ROWS), weights=weights),
    "pyarrow, chunks": lambda weights: Transactions(pa.chunked_array([ROWS[:1], ROWS[1:]]), weights=weights),
    "polars": lambda weights: Transactions(pl.Series(ROWS), weights=weights),
    "numpy": lambda weights: Transactions(EYE, weights=weights),
    "scipy": lambda weights: Transactions(scipy.sparse.csr_array(EYE), weights=weights),
    "pandas": lambda weights: Transactions(pd.DataFrame(EYE, columns=["a", "b"]), weights=weights),
    "pandas, sparse": lambda weights: Transactions(
        pd.DataFrame(EYE, columns=["a", "b"]).astype(pd.SparseDtype(float, 0)), weights=weights
    ),
}


@pytest.mark.parametrize("door", WEIGHTED.values(), ids=WEIGHTED)
def test_weights_have_the_same_errors_by_every_door(door):
    for weights in ([1], [1, 2, 3], []):
        said = f"invalid weights: {len(weights)} for 2 baskets (expected one for each basket)"
        refused(lambda weights=weights: door(weights), said)
    for wrong in (1.5, 1.0, -1, float("nan"), None, True, "1", 2**32, 2**70):
        said = f"invalid weights: {wrong!r} at position 1 (expected whole numbers from 0 to 4294967295)"
        refused(lambda wrong=wrong: door([1, wrong]), said)
    refused(lambda: door(np.array([1.0, 2.0])), "invalid weights: 1.0 at position 0")
    refused(lambda: door(5), "invalid weights: 5 (expected a list")
    for right in ([1, 2], (1, 2), np.array([1, 2]), pd.Series([1, 2]), iter([1, 2])):
        assert len(door(right)) == 3


def test_columns_of_weights_have_the_same_errors(monkeypatch):
    doors = [
        lambda weights: Transactions.from_lists(pl.DataFrame({"i": ROWS, "w": weights}), "i", weight="w"),
        lambda weights: Transactions.from_lists(pa.table({"i": ROWS, "w": weights}), "i", weight="w"),
        lambda weights: Transactions.from_lists(pd.DataFrame({"i": ROWS, "w": weights}), "i", weight="w"),
        lambda weights: Transactions.from_one_hot(pl.DataFrame({"a": [1, 0], "w": weights}), weight="w"),
        lambda weights: Transactions.from_one_hot(pd.DataFrame({"a": [1, 0], "w": weights}), weight="w"),
    ]
    for has_pyarrow in (True, False):
        monkeypatch.setattr("itemset._frames.has_pyarrow", lambda there=has_pyarrow: there)
        for door in doors:
            for weights in ([1.5, 2], [1.0, 2.0], [float("nan"), 1], ["1", "2"], [True, False]):
                said = "(expected whole numbers from 0 to 4294967295)"
                refused(lambda: door(weights), "invalid weight: a column of ", said)
            for wrong in (-1, 2**32):
                said = f'row 2: column 2, "w": "{wrong}" is no weight, which is a whole number from 0 to 4294967295'
                refused(lambda: door([1, wrong]), said)
            assert len(door([1, 2])) == 3
        missing = pd.DataFrame({"a": [1, 0], "w": pd.array([1, None], "Int64")})
        refused(lambda: Transactions.from_one_hot(missing, weight="w"), 'row 2: column 2, "w": "" is no weight')
        said = "invalid weight: 'v' (expected one of 'a', 'w')"
        refused(lambda: Transactions.from_one_hot(missing, weight="v"), said)


def test_weights_that_would_be_ignored_are_errors():
    refused(lambda: Transactions(Transactions(SHOP), weights=[1] * len(SHOP)), "given beside Transactions")
    frame = pd.DataFrame({"a": [1, 0], "w": [1, 2]})
    refused(lambda: Transactions.from_one_hot(frame, weight="w", weights=[1, 2]), "given beside weight")
    refused(lambda: Transactions.from_one_hot(EYE, weight="w"), "invalid weight")


def test_empty_keys_are_missing_by_every_door(monkeypatch):
    columns = {"key": ["x", ""], "item": ["a", "b"]}
    mixed = {"key": ["x", "", 3], "item": ["a", "b", "c"]}
    for make in (dict, pd.DataFrame, pl.DataFrame, pa.table):
        assert len(Transactions.from_long(make(columns), "key", "item")) == 1
    for make in (dict, pd.DataFrame):
        assert len(Transactions.from_long(make(mixed), "key", "item")) == 2
    monkeypatch.setattr("itemset._frames.has_pyarrow", lambda: False)
    assert len(Transactions.from_long(pd.DataFrame(columns), "key", "item")) == 1
    assert len(Transactions.from_long(pd.DataFrame(mixed), "key", "item")) == 2


def test_columns_of_one_name_are_refused():
    table = pa.table([pa.array([1, 0]), pa.array([0, 1])], names=["a", "a"])
    refused(lambda: Transactions(table), 'two columns "a"')


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_missing_lists_are_no_baskets(missing):
    assert len(Transactions([["a"], missing])) == 1
    assert len(Transactions(pd.Series([["a"], missing], dtype=object))) == 1


def test_numbers_of_more_than_64_bits_are_refused_in_pandas_too():
    frame = pd.DataFrame({"key": [1, 1], "item": [2**70, 1]})
    refused(lambda: Transactions.from_long(frame, "key", "item"), "no whole number of 64 bits")
