"""The functions of `mlxtend.frequent_patterns`: change the line that imports them.

    from mlxtend.frequent_patterns import fpgrowth, association_rules   # before
    from itemset.mlxtend import fpgrowth, association_rules             # after

Arguments, columns, their types and the frozensets are those of mlxtend 0.25. pandas must be installed, mlxtend need not be.

- Values exactly on a threshold are in, always. mlxtend compares floats: with 100 baskets and `min_support=0.07` it leaves
  out what is in 7 of them.
- All functions find the same itemsets with the same search. `apriori` lists them by length and columns, as mlxtend does;
  the others in the order of this library. Rules are in the order of their itemsets.
- A frame of itemsets remembers the number of baskets (in `attrs`), with which rules are computed from counts. For a frame
  from elsewhere pass `num_itemsets`; without it rules are computed from the supports, as mlxtend does.
- `null_values=True` counts an itemset over the baskets in which none of its items is missing, as mlxtend does, and finds
  the same ones: those whose items are frequent alone, and that would be frequent if what is missing were there.
- `attrs` of frames that come in are not those of the result, as in mlxtend.
- Of an itemset that a frame has several times, rules are made once, with the support of its last row, as in mlxtend.
- `association_rules` takes itemsets of up to 32 items: one of 32 has four thousand million rules. A longer one is an
  error; `max_len` keeps itemsets short. A name that `return_metrics` has twice is one column.
- Ctrl-C works, and `verbose` shows a progress bar if tqdm is installed.
"""

from __future__ import annotations

import contextlib

from . import _checks, _frames, _itemset, _missing
from ._miner import _resolved
from ._results import objects
from ._run import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    import pandas

__all__ = ["apriori", "association_rules", "fpgrowth", "fpmax", "hmine"]

_BASKETS = "itemset.baskets"
_METRICS = [
    "antecedent support",
    "consequent support",
    "support",
    "confidence",
    "lift",
    "representativity",
    "leverage",
    "conviction",
    "zhangs_metric",
    "jaccard",
    "certainty",
    "kulczynski",
]


def apriori(
    df: pandas.DataFrame,
    min_support: float = 0.5,
    use_colnames: bool = False,
    max_len: int | None = None,
    verbose: int = 0,
    low_memory: bool = False,
    n_jobs: int = 1,
) -> pandas.DataFrame:
    """Frequent itemsets of a one-hot frame, by length and then by columns. `low_memory` and `n_jobs` change nothing.

    >>> import pandas
    >>> df = pandas.DataFrame({"beer": [True, True, False], "diapers": [True, True, True]})
    >>> apriori(df, min_support=0.6, use_colnames=True, max_len=1)
        support              itemsets
    0  0.666667     frozenset({beer})
    1  1.000000  frozenset({diapers})
    """
    return _frequent(df, min_support, False, use_colnames, max_len, verbose, "all", by_length=True)


def fpgrowth(
    df: pandas.DataFrame,
    min_support: float = 0.5,
    null_values: bool = False,
    use_colnames: bool = False,
    max_len: int | None = None,
    verbose: int = 0,
) -> pandas.DataFrame:
    """Frequent itemsets of a one-hot frame: truth values, or 0 and 1, dense or sparse.

    >>> import pandas
    >>> df = pandas.DataFrame({"beer": [True, True, False], "diapers": [True, True, True]})
    >>> association_rules(fpgrowth(df, 0.6, use_colnames=True), min_threshold=0.9)[["antecedents", "consequents", "lift"]]
             antecedents           consequents  lift
    0  frozenset({beer})  frozenset({diapers})   1.0
    """
    return _frequent(df, min_support, null_values, use_colnames, max_len, verbose, "all")


def hmine(
    df: pandas.DataFrame,
    min_support: float = 0.5,
    use_colnames: bool = False,
    max_len: int | None = None,
    verbose: int = 0,
) -> pandas.DataFrame:
    """Frequent itemsets of a one-hot frame, as `fpgrowth`."""
    return _frequent(df, min_support, False, use_colnames, max_len, verbose, "all")


def fpmax(
    df: pandas.DataFrame,
    min_support: float = 0.5,
    null_values: bool = False,
    use_colnames: bool = False,
    max_len: int | None = None,
    verbose: int = 0,
) -> pandas.DataFrame:
    """The maximal frequent itemsets of a one-hot frame: those of which no superset is frequent.

    `max_len` selects among them, as in mlxtend: a shorter part of a maximal itemset is not maximal.
    """
    return _frequent(df, min_support, null_values, use_colnames, max_len, verbose, "maximal")


def _frequent(
    df: Any,
    min_support: float,
    null_values: bool,
    use_colnames: bool,
    max_len: int | None,
    verbose: int,
    target: str,
    by_length: bool = False,
) -> Any:
    import numpy
    import pandas

    _checks.real("min_support", min_support)
    if not 0.0 < min_support <= 1.0:
        raise ValueError(f"`min_support` must be a positive number within the interval `(0, 1]`. Got {min_support}.")
    if df.size == 0:
        return pandas.DataFrame({"support": numpy.empty(0), "itemsets": objects([])})
    cells = None
    if null_values:
        with _as_mlxtend():
            cells = _missing.Cells(df)
    names, baskets = _baskets(df, use_colnames, None if cells is None else cells.may_be_frequent(float(min_support)))
    with running("mining", progress=verbose > 0) as run:
        settings = {"min_support": float(min_support), "target": target, "max_len": max_len}
        found = _itemset.mine(baskets, _resolved(settings), run)
    itemsets, _, values = found.columns("frozenset")
    supports = numpy.frombuffer(values, "f8")
    if cells is not None:
        place_of = {name: place for place, name in enumerate(names or range(len(df.columns)))}
        supports = numpy.array([cells.support([place_of[item] for item in items]) for items in itemsets], dtype=float)
        kept = numpy.flatnonzero(supports >= min_support)
        itemsets, supports = [itemsets[row] for row in kept], supports[kept]
    if by_length:
        place: dict[Any, int] = {name: place for place, name in enumerate(names or range(len(df.columns)))}
        keys = [(len(each), sorted(map(place.__getitem__, each))) for each in itemsets]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        itemsets, supports = [itemsets[row] for row in order], supports[order]
    if names is None and use_colnames:
        columns = list(df.columns)
        itemsets = [frozenset(map(columns.__getitem__, each)) for each in itemsets]
    result = pandas.DataFrame({"support": supports, "itemsets": objects(itemsets)}, copy=False)
    if cells is None:
        result.attrs[_BASKETS] = len(df.index)
    return result


@contextlib.contextmanager
def _as_mlxtend() -> Iterator[None]:
    """Values that are not allowed are told in the words of mlxtend."""
    try:
        yield
    except _frames.NotBinary as error:
        if error.value != error.value:
            raise ValueError("NaN values are not permitted in the DataFrame when null_values=False.") from None
        message = f"The allowed values for a DataFrame are True, False, 0, 1. Found value {error.value}"
        raise ValueError(message) from None


def _baskets(df: Any, use_colnames: bool, matrix: Any = None) -> tuple[list[str] | None, _itemset.Baskets]:
    """The baskets of a frame, or of another matrix with its columns, and the labels, if the names of the columns can be;
    otherwise they are the numbers of the columns."""
    names = list(df.columns)
    are_labels = use_colnames and all(type(name) is str and name and "\0" not in name for name in names)
    are_labels = are_labels and len(set(names)) == len(names)
    labels = names if are_labels else list(range(len(names)))
    with _as_mlxtend():
        if matrix is None and _frames.is_sparse_frame(df):
            if not isinstance(names[0], str) and names[0] != 0:
                raise ValueError(
                    "a sparse frame whose columns are numbers must begin with 0, or have text as names: "
                    "`df.columns = [str(i) for i in df.columns]`"
                )
            rows, places, width = _frames.sparse_rows(df.sparse.to_coo())
            baskets = _itemset.from_sparse(rows, places, width, labels)
        else:
            baskets = _itemset.from_dense(_frames.dense_bytes(df.to_numpy() if matrix is None else matrix), labels)
    return (names if are_labels else None), baskets


def association_rules(
    df: pandas.DataFrame,
    num_itemsets: int | None = 1,
    df_orig: pandas.DataFrame | None = None,
    null_values: bool = False,
    metric: str = "confidence",
    min_threshold: float = 0.8,
    support_only: bool = False,
    return_metrics: Sequence[str] = _METRICS,
) -> pandas.DataFrame:
    """Association rules of a frame with the columns `support` and `itemsets`, whose `metric` reaches `min_threshold`.

    `num_itemsets` is the number of baskets, from which the supports are; frames of this module know it themselves. With
    `null_values` it is needed, as is `df_orig`, the one-hot frame.
    With `support_only` sides of rules need not be in the frame, and all metrics but the support are NaN.

    Raises `KeyError` if a side of a rule is not in the frame, and `ValueError` for an unknown metric or column.
    """
    import numpy
    import pandas

    if num_itemsets is not None:
        num_itemsets = _checks.whole("num_itemsets", num_itemsets, 1)
    min_threshold = _checks.real("min_threshold", min_threshold)
    if null_values and df_orig is None:
        raise TypeError("If null values exist, df_orig must be provided.")
    if null_values and num_itemsets in (None, 1):
        raise TypeError("If null values exist, num_itemsets must be provided.")
    if not df.shape[0]:
        raise ValueError("The input DataFrame `df` containing the frequent itemsets is empty.")
    if not all(column in df.columns for column in ("support", "itemsets")):
        raise ValueError("Dataframe needs to contain the columns 'support' and 'itemsets'")
    if support_only:
        metric = "support"
    supports = df["support"].to_numpy(dtype=float)
    itemsets = df["itemsets"].tolist()
    if not set(map(type, itemsets)) <= {frozenset}:
        if any(isinstance(each, (str, bytes)) for each in itemsets):
            raise ValueError("invalid df: text in the column itemsets (expected frozensets, which a CSV file does not keep)")
        itemsets = [each if type(each) is frozenset else frozenset(each) for each in itemsets]
    if isinstance(return_metrics, str):
        raise ValueError(f"invalid return_metrics: {return_metrics!r} (expected a list of names)")
    # A column for each name, as in mlxtend, however often it is there.
    metrics = list(dict.fromkeys(return_metrics))
    if null_values and not support_only:
        return _rules_with_missing(df_orig, int(num_itemsets or 0), itemsets, supports, metric, min_threshold, metrics)
    with running("rules") as run:
        columns, others = _itemset.rules_of_table(
            itemsets,
            supports.tolist(),
            _number_of_baskets(df, supports, num_itemsets),
            _checks.text("metric", metric),
            min_threshold,
            support_only,
            metrics,
            numpy.empty,
            run,
        )
    if support_only and "support" not in metrics:
        raise ValueError("invalid return_metrics: without support (expected with it, since support_only is set)")
    # A block of floats, which is not copied, and sides by their places among the itemsets.
    columns = columns.reshape(2 + len(metrics), -1)
    result = pandas.DataFrame(columns[2:].T, columns=metrics, copy=False)
    sides = objects(itemsets + others)
    for place, name in enumerate(("antecedents", "consequents")):
        # An array would be looked through for a better type, and copied.
        side = pandas.Series(sides.take(columns[place].view("i8")), dtype=object, copy=False)
        result.insert(place, name, side)
    return result


def _rules_with_missing(
    frame: Any, number: int, itemsets: list[Any], supports: Any, metric: str, least: float, metrics: list[str]
) -> Any:
    """The rules of itemsets over the baskets that know what they are about."""
    import numpy
    import pandas

    for setting, names in (("metric", [metric]), ("return_metrics", metrics)):
        for name in names:
            if name not in _METRICS:
                raise ValueError(f"invalid {setting}: {name} (expected one of {', '.join(_METRICS)})")
    with _as_mlxtend():
        cells = _missing.Cells(frame)
    with running("rules") as run:
        # All of them, with the support of both sides.
        columns, _ = _itemset.rules_of_table(
            itemsets, supports.tolist(), None, "support", float("-inf"), False, ["support"], numpy.empty, run
        )
    left, right, both = columns.reshape(3, -1)
    x, y = left.view("i8"), right.view("i8")
    sides = _missing.places_of(frame, itemsets)
    values = _missing.metrics(cells, number, sides, x, y, (both, supports))
    kept = numpy.flatnonzero(values[metric] >= least)
    names = objects(itemsets)
    result = {"antecedents": names.take(x[kept]), "consequents": names.take(y[kept])}
    return pandas.DataFrame({**result, **{name: values[name][kept] for name in metrics}})


def _number_of_baskets(df: Any, supports: Any, given: int | None) -> int | None:
    """How many baskets the supports are of, if that is known and all of them are so many of them."""
    import numpy

    for number in (given if given is not None and given > 1 else None, df.attrs.get(_BASKETS)):
        if number is not None:
            counts = supports * number
            # A count that was divided and multiplied again is wrong by the last bits at most.
            if (numpy.abs(counts - numpy.round(counts)) <= 4 * numpy.spacing(counts)).all():
                return int(number)
    return None
