"""Frames and arrays of other libraries, told by their type: none of them is imported to find out."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def library_of(data: object) -> str:
    """The library that a value is of, as `pandas`."""
    return type(data).__module__.partition(".")[0]


def is_pandas_frame(data: object) -> bool:
    return library_of(data) == "pandas" and type(data).__name__ == "DataFrame"


def is_pandas_series(data: object) -> bool:
    return library_of(data) == "pandas" and type(data).__name__ == "Series"


def is_numpy_array(data: object) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(data, numpy.ndarray)


def is_sparse_matrix(data: object) -> bool:
    return library_of(data) == "scipy" and hasattr(data, "tocsr")


def is_arrow(data: object) -> bool:
    return hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def has_pyarrow() -> bool:
    """Whether pyarrow is installed, without importing it."""
    if "pyarrow" in sys.modules:
        return True
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


class NotBinary(ValueError):
    """A value in a matrix that is neither 0 nor 1; NaN for what is missing."""

    def __init__(self, value: Any) -> None:
        fill = "; where it is missing, fill it" if value != value else ""
        super().__init__(f"invalid data: {value} in a matrix (expected True, False, 0 and 1{fill})")
        self.value = value


def dense_bytes(matrix: Any) -> Any:
    """A matrix of numpy as bytes in one piece: 0 where there is nothing. Truth values are not copied."""
    import numpy

    masked = getattr(sys.modules.get("numpy.ma"), "MaskedArray", ())
    if isinstance(matrix, masked) and numpy.any(matrix.mask):
        raise ValueError("invalid data: a masked array (expected no missing values: fill them, as with `.filled(0)`)")
    values = numpy.asarray(matrix)
    _check_dimensions(values.ndim)
    if values.dtype != bool:
        values = _of_objects(values) if values.dtype == object else values
        _check_type(values.dtype)
        wrong = (values != 0) & (values != 1)
        if wrong.any():
            raise NotBinary(values[wrong][0])
        values = values != 0
    if not (values.flags.c_contiguous or values.flags.f_contiguous):
        values = numpy.ascontiguousarray(values)
    return values.view(numpy.uint8)


def _of_objects(values: Any) -> Any:
    """Columns of several types as floats. Missing values stay what they are, which is neither 0 nor 1."""
    kinds = set(map(type, values.ravel().tolist()))
    if any(kind.__name__ == "NAType" for kind in kinds):
        raise NotBinary(float("nan"))
    for kind in kinds:
        # Text could be made a number, which it does not say that it is.
        if issubclass(kind, (str, bytes)) or not (hasattr(kind, "__float__") or kind is type(None)):
            raise _no_matrix(kind.__name__)
    try:
        return values.astype(float)
    except (TypeError, ValueError):
        raise _no_matrix(values.dtype) from None


def _check_dimensions(number: int) -> None:
    if number != 2:
        expected = "a matrix: rows are baskets, columns are items"
        raise ValueError(f"invalid data: an array of {number} dimensions (expected {expected})")


def _check_type(dtype: Any) -> None:
    """Raises an error for what has no truth values or numbers: text, times, records."""
    if dtype.kind not in "biuf":
        raise _no_matrix(dtype)


def _no_matrix(kind: object) -> ValueError:
    return ValueError(
        f"invalid data: a matrix of {kind} (expected True, False, 0 and 1; for line items use Transactions.from_long, "
        "for lists Transactions.from_lists)"
    )


def sparse_rows(matrix: Any) -> tuple[Any, Any, int]:
    """Where the rows of a sparse matrix begin, its columns, and how many there are. What is stored twice is added, and
    zeros are left out."""
    _check_dimensions(len(matrix.shape))
    _check_type(matrix.dtype)
    if matrix.format == "coo" and not matrix.has_canonical_format:
        # To make it one of rows adds, and in small integers 256 may be 0.
        matrix = _wide(matrix)
    rows = matrix.tocsr()
    if not rows.has_canonical_format:
        rows = _wide(rows).copy()
        rows.sum_duplicates()
    values = rows.data
    if values.dtype != bool:
        wrong = (values != 0) & (values != 1)
        if wrong.any():
            raise NotBinary(values[wrong][0])
    if (values == 0).any():
        rows = rows.copy()
        rows.eliminate_zeros()
    return rows.indptr, rows.indices, int(rows.shape[1])


def _wide(matrix: Any) -> Any:
    """A sparse matrix whose integers can be added: none is so large that a sum is another number."""
    import numpy

    if matrix.dtype.kind not in "iu":
        return matrix
    if matrix.dtype.itemsize == 8:
        large = (matrix.data > 2**31) | (matrix.data < -(2**31))
        if large.any():
            raise NotBinary(matrix.data[large][0])
    return matrix.astype(numpy.int64)


def is_sparse_frame(frame: Any) -> bool:
    """Whether all columns of a frame of pandas are sparse, with 0 where nothing is stored."""
    dtypes = set(frame.dtypes)
    are_sparse = all(type(dtype).__name__ == "SparseDtype" for dtype in dtypes)
    return bool(dtypes) and are_sparse and all(dtype.fill_value == 0 for dtype in dtypes)
