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
    """A value in a matrix that is neither 0 nor 1."""

    def __init__(self, value: Any) -> None:
        super().__init__(f"invalid data: {value} in a matrix (expected True, False, 0 and 1)")
        self.value = value


def dense_bytes(matrix: Any) -> Any:
    """A matrix of numpy as bytes in one piece: 0 where there is nothing. Truth values are not copied."""
    import numpy

    values = numpy.asarray(matrix)
    if values.ndim != 2:
        raise ValueError(
            f"invalid data: an array of {values.ndim} dimensions (expected a matrix: rows are baskets, columns are items)"
        )
    if values.dtype != bool:
        if values.dtype == object or not numpy.issubdtype(values.dtype, numpy.number):
            values = _of_objects(values)
        wrong = (values != 0) & (values != 1)
        if wrong.any():
            raise NotBinary(values[wrong][0])
        values = values != 0
    if not (values.flags.c_contiguous or values.flags.f_contiguous):
        values = numpy.ascontiguousarray(values)
    return values.view(numpy.uint8)


def _of_objects(values: Any) -> Any:
    """Columns of several types as floats. Missing values stay what they are, which is neither 0 nor 1."""
    try:
        return values.astype(float)
    except (TypeError, ValueError):
        raise ValueError(
            f"invalid data: a matrix of {values.dtype} (expected True, False, 0 and 1; for line items use "
            "Transactions.from_long, for lists Transactions.from_lists)"
        ) from None


def sparse_rows(matrix: Any) -> tuple[Any, Any, int]:
    """Where the rows of a sparse matrix begin, its columns, and how many there are. Stored zeros are left out."""
    rows = matrix.tocsr()
    values = rows.data
    if values.dtype != bool:
        wrong = (values != 0) & (values != 1)
        if wrong.any():
            raise NotBinary(values[wrong][0])
    if (values == 0).any() or not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
        rows.eliminate_zeros()
    return rows.indptr, rows.indices, int(rows.shape[1])


def is_sparse_frame(frame: Any) -> bool:
    """Whether all columns of a frame of pandas are sparse."""
    dtypes = frame.dtypes
    return len(dtypes) > 0 and all(type(dtype).__name__ == "SparseDtype" for dtype in set(dtypes))
