"""What itemsets and rules have in common."""

from __future__ import annotations

import operator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal, Self, SupportsIndex

    import polars
    import pyarrow

    Label = str | int
    Form = Literal["tuple", "list", "frozenset"]

_LINES = 10


class Result:
    """What itemsets and rules have in common."""

    __slots__ = ("_core",)

    _core: Any

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} are made by mining")

    @classmethod
    def _of(cls, core: Any) -> Self:
        self = cls.__new__(cls)
        self._core = core
        return self

    @property
    def basket_count(self) -> int:
        """The baskets that were searched, the empty ones included."""
        return int(self._core.basket_count())

    def __len__(self) -> int:
        return len(self._core)

    def _place(self, place: SupportsIndex) -> int:
        try:
            given = number = operator.index(place)
        except TypeError:
            said = f"{type(self).__name__} are taken by whole numbers, and {place!r} is none"
            raise TypeError(f"{said}: for a part of them use list(...)[0:10]") from None
        if number < 0:
            number += len(self)
        if not 0 <= number < len(self):
            raise IndexError(f"no number {given} among {len(self)}")
        return number

    def __eq__(self, other: object) -> bool:
        return bool(self._core == other._core) if isinstance(other, type(self)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        text = str(self._core.text(_LINES))
        more = len(self) - _LINES
        return f"{text}\n... and {more} more" if more > 0 else text

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        raise NotImplementedError

    def to_polars(self) -> polars.DataFrame:
        """A frame of polars, which must be installed. Sets of items are lists."""
        import polars

        return polars.DataFrame(self)

    def to_pyarrow(self) -> pyarrow.Table:
        """A table of pyarrow, which must be installed. Sets of items are lists."""
        import pyarrow

        return pyarrow.table(self)


def floats(column: bytearray) -> list[float]:
    # Checkers do not know what a view is cast to.
    return list(map(float, memoryview(column).cast("d")))


def objects(values: Sequence[Any]) -> Any:
    """A column of objects for pandas, which would make columns of equal tuples a matrix."""
    import numpy

    return numpy.fromiter(values, dtype=object, count=len(values))
