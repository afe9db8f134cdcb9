"""Baskets."""

from __future__ import annotations

from . import _checks, _frames, _itemset
from ._run import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from ._description import Description
    from ._run import Progress

    Label = str | int

# The largest weight.
_MOST = 2**32 - 1


class Transactions:
    """Baskets of items, in flat arrays. Immutable; mine them as often as needed.

    Labels are all `str` or all `int`, whatever the data are; both in one are an error, as are other types, such as
    truth values, dates and floats. pandas makes whole numbers floats where some are missing: ``astype("Int64")`` makes
    them whole again. `None`, `NaN` and the empty text are no items. An item that a basket has twice counts once. A
    basket without items is a basket, and counts; a list that is itself missing is none. Numbers that are equally
    frequent are ordered by their text, as the library orders what it reads from files.

    Other threads of Python run while matrices, Arrow data and files are read. Lists are objects of Python, and have the
    interpreter's lock while they are.

    The constructor takes

    - an iterable of iterables of labels, as `from_lists`;
    - a column of lists: an Arrow array, a series of polars or pandas, as `from_lists`;
    - a matrix or frame of truth values, or of 0 and 1, as `from_one_hot`: numpy, scipy.sparse, pandas, polars, Arrow.

    For a frame of line items, or one with a column of lists, call `from_long` or `from_lists`.

    >>> baskets = Transactions([["beer", "diapers"], ["beer"], []])
    >>> len(baskets), baskets.count_of("beer"), baskets.items
    (3, 2, ['beer', 'diapers'])
    >>> Transactions([["beer", 3]])
    Traceback (most recent call last):
        ...
    ValueError: labels must all be text or all be whole numbers, and there are 'beer' and 3: make them text, for example with `str`
    """

    __slots__ = ("_core", "_report")

    _core: _itemset.Baskets
    _report: str

    def __init__(self, data: Any = (), *, weights: Sequence[int] | None = None) -> None:
        if isinstance(data, Transactions):
            if weights is not None:
                raise ValueError("invalid weights: given beside Transactions (expected none: they have their own)")
            made = data
        elif _is_table(data):
            made = Transactions.from_one_hot(data, weights=weights)
        else:
            made = Transactions.from_lists(data, weights=weights)
        self._core = made._core
        self._report = made._report

    @classmethod
    def _of(cls, core: _itemset.Baskets, report: str = "") -> Transactions:
        self = cls.__new__(cls)
        self._core = core
        self._report = report
        return self

    @classmethod
    def from_lists(
        cls,
        data: Any,
        items: str | None = None,
        *,
        weights: Sequence[int] | None = None,
        weight: str | None = None,
        progress: Progress = False,
    ) -> Transactions:
        """Baskets from lists of labels: one list a basket.

        `data` is an iterable of iterables of labels; or a column of lists of Arrow, polars or pandas; or, with `items`,
        a table whose column `items` has the lists. `weights` (or the column `weight` of the table) says for how many
        equal baskets a list stands, from 0 to 4,294,967,295; one of weight 0 is no basket.

        >>> Transactions.from_lists([("a", "b"), {"a"}], weights=[2, 3]).count_of("a")
        5
        """
        with running("reading", progress=progress) as run:
            if items is not None:
                if weights is not None:
                    raise ValueError("invalid weights: given beside a table (expected weight, the name of a column)")
                if not _frames.is_pandas_frame(data) or _frames.has_pyarrow():
                    try:
                        columns = _columns(data, [items, weight])
                        return cls._of(_itemset.from_list_column(columns, items, weight, None, run))
                    except Exception as error:
                        _raise_unless_mixed(data, error)
                _check_columns(data, "items", [items])
                given = None if weight is None else _weights_in(data, weight)
                return cls._of(_itemset.from_lists(data[items], given))
            if weight is not None:
                raise ValueError("invalid weight: a column (expected with items, the column of a table; otherwise use weights)")
            given = None if weights is None else _weights(weights)
            if hasattr(data, "columns") or isinstance(data, dict):
                raise ValueError("invalid items: None (expected the name of the column with the lists, since data is a table)")
            if _frames.is_arrow(data) and not _frames.is_pandas_series(data):
                return cls._of(_itemset.from_list_column(data, None, None, given, run))
            return cls._of(_itemset.from_lists(data, given))

    @classmethod
    def from_one_hot(
        cls,
        data: Any,
        *,
        columns: Iterable[Label] | None = None,
        weights: Sequence[int] | None = None,
        weight: str | None = None,
        progress: Progress = False,
    ) -> Transactions:
        """Baskets from a matrix or frame with a column per item: truth values, or 0 and 1. Each row is a basket.
        Anything else is an error, and so is a missing value. What a sparse matrix has twice is added, as scipy does.

        Labels are the names of the columns; of a matrix without names `columns`, or the numbers of the columns from 0.
        `weight` names a column with the number of equal baskets that a row stands for, which is no item.

        >>> import numpy
        >>> Transactions.from_one_hot(numpy.array([[1, 0], [1, 1], [0, 0]]), columns=["beer", "chips"])
        <Transactions: 3 baskets of 2 items>
        """
        given = None if weights is None else _weights(weights)
        if _frames.is_pandas_frame(data):
            if weight is not None:
                if weights is not None:
                    raise ValueError("invalid weights: given beside weight, a column (expected one of them)")
                given = _weights_in(data, weight)
                data = data.drop(columns=[weight])
            names = list(data.columns if columns is None else columns)
            if _frames.is_sparse_frame(data):
                rows, places, width = _frames.sparse_rows(data.sparse.to_coo())
                return cls._of(_itemset.from_sparse(rows, places, width, names, given))
            return cls._of(_itemset.from_dense(_frames.dense_bytes(data.to_numpy()), names, given))
        if weight is not None and not _frames.is_arrow(data):
            raise ValueError("invalid weight: a column (expected with a frame, whose columns have names; use weights)")
        if _frames.is_sparse_matrix(data):
            rows, places, width = _frames.sparse_rows(data)
            return cls._of(_itemset.from_sparse(rows, places, width, _names(columns, width), given))
        if _frames.is_arrow(data):
            if weights is not None or columns is not None:
                raise ValueError("invalid weights or columns: given beside a table (expected weight, the name of a column)")
            with running("reading", progress=progress) as run:
                return cls._of(_itemset.from_item_columns(data, weight, run))
        values = _frames.dense_bytes(data)
        return cls._of(_itemset.from_dense(values, _names(columns, values.shape[1]), given))

    @classmethod
    def from_long(
        cls,
        data: Any,
        basket: str | Sequence[str],
        item: str,
        *,
        quantity: str | None = None,
        progress: Progress = False,
    ) -> Transactions:
        """Baskets from line items: a table with the key of the basket in one column or several, and the item in another.

        Rows may be in any order. A row without a key or item is skipped; with `quantity` so is one whose quantity is
        0 or less, a return. The table is of Arrow, polars, DuckDB or pandas, or a dict of columns.

        >>> sales = {"receipt": [1, 2, 1], "product": ["beer", "beer", "chips"]}
        >>> Transactions.from_long(sales, "receipt", "product")
        <Transactions: 2 baskets of 2 items>
        """
        keys = [basket] if isinstance(basket, (str, int)) else list(basket)
        if isinstance(data, dict):
            return cls._of(_of_columns(data, keys, item, quantity))
        # Without a header pandas numbers columns, where Arrow data have names.
        are_names = all(name is None or isinstance(name, str) for name in (*keys, item, quantity))
        if not _frames.is_pandas_frame(data) or are_names and _frames.has_pyarrow():
            try:
                with running("reading", progress=progress) as run:
                    columns = _columns(data, [*keys, item, quantity])
                    return cls._of(_itemset.from_line_items(columns, keys, item, quantity, run))
            except Exception as error:
                _raise_unless_mixed(data, error)
        return cls._of(_of_pandas(data, keys, item, quantity))

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        format: str | None = None,
        *,
        basket: str | Sequence[str] | None = None,
        item: str | None = None,
        items: str | None = None,
        quantity: str | None = None,
        weight: str | None = None,
        id: str | None = None,
        not_items: Sequence[str] = (),
        exclude_baskets: str | None = None,
        delimiter: str | None = None,
        header: bool | None = None,
        quote: str | None = '"',
        nulls: Sequence[str] = (),
        encoding: str = "utf-8",
        trim: str = "ascii",
        case_fold: bool = False,
        comment: str | None = None,
        lenient: bool = False,
        threads: int | None = None,
    ) -> Transactions:
        """Baskets from a file, which may be compressed with gzip. `report` then tells what was skipped.

        ==============  ==============================================================================
        ``basket``      one basket a line; `delimiter` is white space, or a character such as ``","``
        ``long``        a line item a row: the columns `basket` and `item`, perhaps `quantity`
        ``one-hot``     a column per item
        ``sparse``      fields such as ``beer:1``
        ``attributes``  a column per attribute: items such as ``colour=red``
        ``jsonl``       an object a line, with the list `items`, or with one line item
        ==============  ==============================================================================

        Without a `format`, it is ``jsonl`` for such a file name, ``long`` with `basket` and `item`, otherwise
        ``basket``. Labels are text.

        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp(), "sales.csv")
        >>> _ = path.write_text("order,product\\n1,beer\\n1,chips\\n2,beer\\n2,\\n")
        >>> baskets = Transactions.read(path, basket="order", item="product")
        >>> print(baskets.report)
        2 baskets with 3 items from 4 rows on 5 lines
        1 row skipped: it has no item
        """
        import os

        path = os.fspath(path)
        keys = [] if basket is None else [basket] if isinstance(basket, str) else list(basket)
        if format is None:
            plain = path.removesuffix(".gz")
            is_json = plain.endswith((".jsonl", ".ndjson"))
            format = "jsonl" if is_json else "long" if keys or item is not None else "basket"
        if format == "long" and not (keys and item is not None):
            raise ValueError("invalid format: long (expected with basket and item, the columns of the key and the item)")
        settings: _itemset.FileSettings = {
            "format": format,
            "delimiter": "tab" if delimiter == "\t" else delimiter,
            "header": header,
            "quote": quote,
            "nulls": list(nulls),
            "encoding": encoding,
            "lenient": lenient,
            "trim": trim,
            "case_fold": case_fold,
            "comment": comment,
            "baskets": keys,
            "item": item,
            "items": items,
            "quantity": quantity,
            "weight": weight,
            "id": id,
            "not_items": list(not_items),
            "exclude_baskets": exclude_baskets,
            "threads": _checks.threads(threads),
        }
        with running("reading") as run:
            return cls._of(*_itemset.read_file(path, settings, run))

    @property
    def items(self) -> list[Label]:
        """The labels of all items that are in a basket, by first appearance."""
        return self._core.labels()

    @property
    def entries(self) -> int:
        """The items of all baskets together, each once a basket."""
        return self._core.entries()

    @property
    def report(self) -> str:
        """What was read from a file and skipped, as text; empty for baskets that are from no file."""
        return self._report

    def count_of(self, item: Label) -> int:
        """The number of baskets with an item."""
        return self._core.count_of(item)

    def weighted(self) -> list[tuple[list[Label], int]]:
        """The items of each stored basket, and how many equal baskets it stands for."""
        return self._core.rows()

    def describe(
        self,
        top: int = 20,
        *,
        threads: int | None = None,
        time_limit: float | None = None,
        max_memory: int | None = None,
        progress: Progress = False,
    ) -> Description:
        """A look at the baskets before a search: the `top` most frequent items, how long baskets are, what sells together,
        and what thresholds would give.

        >>> print(Transactions([["beer", "diapers"], ["beer"], ["chips"]]).describe().coverage)
        [{'share': 0.5, 'items': 1}, {'share': 0.8, 'items': 3}, {'share': 0.9, 'items': 3}]
        """
        from ._description import Description

        with running(
            "describing", threads=threads, time_limit=time_limit, max_memory=max_memory, progress=progress
        ) as run:
            return Description(*self._core.describe(_checks.whole("top", top), run), self._core.kind())

    def __len__(self) -> int:
        return len(self._core)

    def __iter__(self) -> Iterator[list[Label]]:
        for row, weight in self._core.rows():
            for _ in range(weight):
                yield list(row)

    def __eq__(self, other: object) -> bool:
        return self._core == other._core if isinstance(other, Transactions) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Transactions: {len(self)} baskets of {self._core.label_count()} items>"

    def __reduce__(self) -> tuple[Callable[..., Transactions], tuple[Any, ...]]:
        return _load, (*self._core.dump(), self._report)


def _load(kind: str, snapshot: bytes, report: str) -> Transactions:
    return Transactions._of(_itemset.Baskets.load(kind, snapshot), report)


def _is_table(data: object) -> bool:
    """Whether these are columns, and not lists."""
    if _frames.is_pandas_series(data):
        return False
    if _frames.is_pandas_frame(data) or _frames.is_sparse_matrix(data):
        return True
    if _frames.is_numpy_array(data):
        return getattr(data, "ndim", 1) == 2
    # Series of polars and arrays of Arrow are one column.
    return _frames.is_arrow(data) and (hasattr(data, "columns") or hasattr(data, "schema") or hasattr(data, "column_names"))


def _names(columns: Iterable[Label] | None, width: int) -> list[Label]:
    return list(range(width)) if columns is None else list(columns)


def _weights(weights: Any) -> list[int]:
    """Weights as numbers of Python."""
    given = weights.tolist() if hasattr(weights, "tolist") else weights
    if isinstance(given, (str, bytes)) or not hasattr(given, "__iter__"):
        raise ValueError(f"invalid weights: {weights!r} (expected a list of whole numbers, one for each basket)")
    values = list(given)
    if all(type(value) is int and 0 <= value <= _MOST for value in values):
        return values
    return [_weight(value, f"invalid weights: {value!r} at position {place}") for place, value in enumerate(values)]


def _weight(value: Any, said: str) -> int:
    try:
        return _checks.whole("weight", value, 0, _MOST)
    except ValueError:
        raise ValueError(f"{said} (expected whole numbers from 0 to {_MOST})") from None


def _weights_in(frame: Any, name: str) -> list[int]:
    """The weights in a column of a frame of pandas, with the errors that Arrow data have."""
    _check_columns(frame, "weight", [name])
    column = frame[name]
    if getattr(column.dtype, "kind", "O") not in "iu":
        raise ValueError(f"invalid weight: a column of {column.dtype} (expected whole numbers from 0 to {_MOST})")
    where = f'column {frame.columns.get_loc(name) + 1}, "{name}"'
    expected = f"is no weight, which is a whole number from 0 to {_MOST}"
    weights: list[int] = column.tolist()
    for row, weight in enumerate(weights, 1):
        if not (isinstance(weight, int) and 0 <= weight <= _MOST):
            shown = weight if isinstance(weight, int) else ""
            raise ValueError(f'row {row}: {where}: "{shown}" {expected}')
    return weights


def _check_columns(frame: Any, setting: str, names: Sequence[str]) -> None:
    for name in names:
        places = [each for each in frame.columns if each == name]
        if not places:
            raise ValueError(f"invalid {setting}: {name!r} (expected one of {', '.join(map(repr, frame.columns))})")
        if len(places) > 1:
            raise ValueError(f"invalid {setting}: {name!r} (expected a column whose name no other one has)")


def _raise_unless_mixed(data: Any, error: Exception) -> None:
    """Raises an error, but for that of pyarrow about a column of pandas that has several types: without it they can be
    read, or what is wrong with them be said."""
    is_its_own = _frames.library_of(error) == "pyarrow" or isinstance(error, OverflowError)
    if not (_frames.is_pandas_frame(data) and is_its_own):
        raise error


def _columns(data: Any, names: Sequence[str | None]) -> Any:
    """The table with these columns alone where that costs nothing: others may be of types that Arrow has not."""
    wanted = list(dict.fromkeys(name for name in names if name is not None))
    if _frames.is_pandas_frame(data) and all(name in data.columns for name in wanted):
        return data[wanted]
    if _frames.library_of(data) == "polars" and hasattr(data, "columns") and set(wanted) <= set(data.columns):
        return data.select(wanted)
    return data


def _of_columns(
    columns: dict[str, Any], keys: Sequence[str], item: str, quantity: str | None
) -> _itemset.Baskets:
    """Line items from columns of any kind."""
    for setting, name in [*(("basket", key) for key in keys), ("item", item), ("quantity", quantity)]:
        if name is not None and name not in columns:
            raise ValueError(f"invalid {setting}: {name!r} (expected one of {', '.join(map(repr, columns))})")
    wanted = [columns[name] for name in (*keys, item, quantity) if name is not None]
    if len({len(column) for column in wanted}) > 1:
        raise ValueError("invalid data: columns of several lengths (expected one length)")
    key_codes: dict[Any, int] = {}
    item_codes: dict[Any, int] = {}
    pairs: tuple[list[int], list[int]] = ([], [])
    columns = {name: column.tolist() if hasattr(column, "tolist") else column for name, column in columns.items()}
    for *key, label in zip(*(columns[key] for key in keys), columns[item], strict=True):
        if type(label) is not str and type(label) is not int:
            # One number is one label, whatever its type; others are an error, also where Python holds them to be equal.
            label = next(iter(_itemset.from_lists([[label]]).labels()), None)
        is_missing = label is None or label == "" or any(map(_is_no_key, key))
        pairs[0].append(-1 if is_missing else key_codes.setdefault(tuple(key), len(key_codes)))
        pairs[1].append(-1 if is_missing else item_codes.setdefault(label, len(item_codes)))
    if quantity is not None:
        for place, number in enumerate(columns[quantity]):
            if _is_missing(number) or not number > 0:
                pairs[0][place] = -1
    return _itemset.from_pairs(pairs[0], pairs[1], list(item_codes))


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def _is_no_key(value: Any) -> bool:
    return _is_missing(value) or isinstance(value, str) and value == ""


def _of_pandas(frame: Any, keys: Sequence[str], item: str, quantity: str | None) -> _itemset.Baskets:
    """Line items of pandas where there is no pyarrow."""
    _check_columns(frame, "basket", keys)
    _check_columns(frame, "item", [item])
    _check_columns(frame, "quantity", [] if quantity is None else [quantity])
    if frame[item].dtype == object:
        # It may have several types.
        columns = {name: frame[name] for name in (*keys, item, quantity) if name is not None}
        return _of_columns(columns, keys, item, quantity)
    if quantity is not None:
        frame = frame[frame[quantity] > 0]
    frame = frame.dropna(subset=[*keys, item])
    frame = frame[(frame[list(keys)] != "").all(axis=1)]
    baskets = frame.groupby(list(keys), sort=False).ngroup().to_numpy()
    codes, labels = frame[item].factorize()
    if "" in labels:
        empty = list(labels).index("")
        keep = codes != empty
        baskets, codes, labels = baskets[keep], frame[item][keep].factorize()[0], [each for each in labels if each != ""]
    return _itemset.from_pairs(baskets.astype("int64"), codes.astype("int64"), list(labels))
