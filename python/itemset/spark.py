"""Mining on Apache Spark, 3.5 or 4: baskets in a column of lists in, itemsets and rules as frames out.

Spark schedules, shuffles and retries; each task is a pure function of its input, made of `itemset.distributed`. The
result is that of a single call on all baskets, whatever the number of groups, partitions and retries. Baskets never
come to the driver: the counts of the frequent items do, and a plan of a few bytes for each goes out.

>>> from itemset.spark import association_rules, frequent_itemsets         # doctest: +SKIP
>>> itemsets = frequent_itemsets(sales, "items", min_support=0.001)        # doctest: +SKIP
>>> rules = association_rules(itemsets, sales.count(), min_confidence=0.5) # doctest: +SKIP

`FPGrowth` has the parameters and columns of `pyspark.ml.fpm.FPGrowth`. `python/SPARK.md` says how to ship this package
to the executors, and what memory it takes. pyspark, pandas and pyarrow must be installed, on the executors too.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow
from pyspark import keyword_only
from pyspark.ml import Estimator, Model
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasPredictionCol
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
from pyspark.sql import functions as F
from pyspark.sql import types as T

from . import _itemset
from ._run import check_memory
from ._transactions import Transactions
from .distributed import ItemCounts, MinePlan, _load_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Literal

    from pyspark.sql import Column, DataFrame, SparkSession

    Batches = Iterator[pyarrow.RecordBatch]
    Target = Literal["all", "closed", "maximal"]

__all__ = [
    "FPGrowth",
    "FPGrowthModel",
    "StreamingCounts",
    "association_rules",
    "count_items",
    "frequent_itemsets",
    "make_plan",
    "mine_plan",
    "recommend",
]

# Baskets that are projected together, so that equal prefixes among them are sent once; and the bytes at which it
# is fewer.
_ROWS = 1 << 15
_BYTES = 64 << 20

_MEASURES = ("confidence", "lift", "support")


def frequent_itemsets(
    df: DataFrame,
    items_col: str = "items",
    min_support: float | None = None,
    *,
    min_count: int | None = None,
    num_groups: int | None = None,
    max_len: int | None = None,
    target: Target = "all",
    algorithm: Literal["auto", "fp-growth", "eclat"] = "auto",
    max_memory: int | None = None,
) -> DataFrame:
    """The frequent itemsets of the baskets in a column of lists: the columns `items`, in the order of the labels and
    of the type of that column, and `freq`, the number of baskets.

    ===================  ===========================================================================================
    `min_support`        the least fraction of the baskets; or `min_count`, the least number of them
    `num_groups`         the parts of the search, twice the default parallelism by default. More of them need less
                         memory each, and send more
    `max_len`            how many items an itemset has at most
    `target`             ``"all"``, ``"closed"`` or ``"maximal"``
    `max_memory`         bytes that the search of a group may use before it ends with an error
    ===================  ===========================================================================================

    Rows whose list is null are no baskets; a null or an empty text in a list is no item; an item that is in a list
    twice counts once.

    `df` is read twice: now, to count the items, and when the result is. Cache it if that is expensive, and in any case
    if it is not the same each time; the groups end with an error if they see more baskets than were counted.
    """
    plan = make_plan(
        df,
        items_col,
        min_support,
        min_count=min_count,
        num_groups=num_groups,
        max_len=max_len,
        target=target,
        algorithm=algorithm,
    )
    return mine_plan(df, plan, items_col, max_memory=max_memory)


def count_items(df: DataFrame, items_col: str = "items") -> DataFrame:
    """How many baskets hold each item: the columns `item` and `count`, and a row without an item that has the number
    of all baskets.
    """
    baskets, label = _baskets(df, items_col)
    schema = T.StructType([T.StructField("item", label), T.StructField("count", T.LongType(), False)])
    partial = baskets.mapInArrow(_counted(_arrow_type(label)), schema)
    return partial.repartition(_parallelism(df.sparkSession), "item").groupBy("item").agg(F.sum("count").alias("count"))


def make_plan(
    df: DataFrame,
    items_col: str = "items",
    min_support: float | None = None,
    *,
    min_count: int | None = None,
    num_groups: int | None = None,
    max_len: int | None = None,
    target: Target = "all",
    algorithm: Literal["auto", "fp-growth", "eclat"] = "auto",
) -> MinePlan:
    """Counts the items of the baskets, and plans the search. The frequent ones alone come to the driver."""
    settings: dict[str, Any] = {
        "min_support": min_support,
        "min_count": min_count,
        "max_len": max_len,
        "algorithm": algorithm,
    }
    groups = 2 * _parallelism(df.sparkSession) if num_groups is None else num_groups
    # Says what is wrong with the settings before anything runs.
    MinePlan(ItemCounts(), groups, target=target, **settings)
    counts = count_items(df, items_col).persist()
    try:
        baskets = sum(row["count"] for row in counts.where("item is null").collect())
        threshold = MinePlan(ItemCounts.from_counts({}, baskets), 1, **settings).min_count
        frequent = counts.where(F.col("item").isNotNull() & (F.col("count") >= threshold)).collect()
    finally:
        counts.unpersist()
    found = ItemCounts.from_counts(((row["item"], row["count"]) for row in frequent), baskets)
    return MinePlan(found, groups, target=target, **settings)


def mine_plan(df: DataFrame, plan: MinePlan, items_col: str = "items", *, max_memory: int | None = None) -> DataFrame:
    """The itemsets of a plan that was made of the same baskets, as `frequent_itemsets` gives them."""
    check_memory(max_memory)
    session = df.sparkSession
    baskets, label = _baskets(df, items_col)
    of_column = str if isinstance(label, T.StringType) else int
    if plan.items > 0 and plan.label_type is not of_column:
        raise ValueError(
            f"invalid plan: labels of type {plan.label_type.__name__} (expected of type {of_column.__name__}, as "
            f"{items_col!r} has)"
        )
    items = T.StructType(
        [T.StructField("items", T.ArrayType(label, False), False), T.StructField("freq", T.LongType(), False)]
    )
    result_type = df.schema[items_col].dataType
    if plan.items == 0:
        return session.createDataFrame([], items).select(F.col("items").cast(result_type), "freq")
    shared = _shared(session, plan)
    prefixes = baskets.mapInArrow(_projected(shared), _PREFIXES)
    # A group of which no basket has two items has no prefixes, but an itemset: a row says that it is there.
    there = session.range(0, plan.groups, 1, 1).select(
        F.col("id").cast("int").alias("group"),
        F.array().cast("array<int>").alias("prefix"),
        F.lit(0).cast("bigint").alias("weight"),
    )
    partitions = min(plan.groups, max(2 * _parallelism(session), 1))
    in_groups = prefixes.union(there).repartition(partitions, _key_of_group(partitions))
    # One group after the other is held, however many a partition has.
    in_groups = in_groups.sortWithinPartitions("group")
    target = shared.target
    if target == "all":
        found = in_groups.mapInArrow(_mined(shared, True, max_memory), items)
    else:
        ranked = in_groups.mapInArrow(_mined(shared, False, max_memory), _RANKED)
        # An itemset is hidden by one of the same count; a maximal one by any.
        alike = ranked.repartition(partitions, "freq") if target == "closed" else ranked.coalesce(1)
        found = alike.mapInArrow(_checked(shared), items)
    return found.select(F.col("items").cast(result_type).alias("items"), "freq")


_PREFIXES = T.StructType(
    [
        T.StructField("group", T.IntegerType(), False),
        T.StructField("prefix", T.ArrayType(T.IntegerType(), False), False),
        T.StructField("weight", T.LongType(), False),
    ]
)
_RANKED = T.StructType(
    [
        T.StructField("group", T.IntegerType(), False),
        T.StructField("ranks", T.ArrayType(T.IntegerType(), False), False),
        T.StructField("freq", T.LongType(), False),
    ]
)


def _baskets(df: DataFrame, items_col: str) -> tuple[DataFrame, Any]:
    """The lists that are there, in a column `items`, and the type of labels as this package has it."""
    if items_col not in df.columns:
        raise ValueError(f"invalid items_col: {items_col!r} (expected one of {', '.join(df.columns)})")
    found = df.schema[items_col].dataType
    element = found.elementType if isinstance(found, T.ArrayType) else None
    column = _column(items_col)
    if isinstance(element, T.StringType):
        label: Any = T.StringType()
    elif isinstance(element, (T.ByteType, T.ShortType, T.IntegerType, T.LongType)):
        label = T.LongType()
    else:
        raise ValueError(
            f"invalid items_col: {items_col!r} of type {found.simpleString()} (expected an array of strings or of "
            f"whole numbers: cast it, for example to array<string>)"
        )
    return df.where(column.isNotNull()).select(column.alias("items")), label


def _column(name: str) -> Column:
    """The column of exactly this name, whatever signs are in it."""
    return F.col("`" + name.replace("`", "``") + "`")


def _arrow_type(label: Any) -> pyarrow.DataType:
    return pyarrow.string() if isinstance(label, T.StringType) else pyarrow.int64()


def _parallelism(session: SparkSession) -> int:
    """The tasks that run at once, as far as Spark tells: a session of Spark Connect does not."""
    try:
        return max(1, int(session.sparkContext.defaultParallelism))
    except Exception:
        return 16


class _Shared:
    """A plan for the tasks: a broadcast where there are any."""

    def __init__(self, plan: Any, target: str) -> None:
        self._plan = plan
        self.target = target

    @property
    def plan(self) -> MinePlan:
        plan = self._plan if isinstance(self._plan, MinePlan) else self._plan.value
        assert isinstance(plan, MinePlan)
        return plan


def _shared(session: SparkSession, plan: MinePlan) -> _Shared:
    try:
        return _Shared(session.sparkContext.broadcast(plan), plan.target)
    except Exception:
        return _Shared(plan, plan.target)


def _tables(batches: Batches) -> Iterator[pyarrow.Table]:
    """Batches together, as many as are worked on at once."""
    held: list[pyarrow.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _ROWS or size >= _BYTES:
            yield pyarrow.Table.from_batches(held)
            held, rows, size = [], 0, 0
    if held:
        yield pyarrow.Table.from_batches(held)


def _counted(label: pyarrow.DataType) -> Callable[[Batches], Batches]:
    def count(batches: Batches) -> Batches:
        counts = ItemCounts()
        for table in _tables(batches):
            counts.add(Transactions.from_lists(table, items="items"))
        labels, numbers = counts._core.rows()
        columns = [pyarrow.array([*labels, None], label), pyarrow.array([*numbers, counts.baskets], pyarrow.int64())]
        fields = [pyarrow.field("item", label), pyarrow.field("count", pyarrow.int64(), False)]
        yield pyarrow.RecordBatch.from_arrays(columns, schema=pyarrow.schema(fields))

    return count


def _projected(shared: _Shared) -> Callable[[Batches], Batches]:
    def project(batches: Batches) -> Batches:
        plan = shared.plan
        for table in _tables(batches):
            yield from pyarrow.table(plan.project(Transactions.from_lists(table, items="items"))).to_batches()

    return project


def _mined(shared: _Shared, labels: bool, max_memory: int | None) -> Callable[[Batches], Batches]:
    def mine(batches: Batches) -> Batches:
        plan = shared.plan
        for group, prefixes in _groups(batches):
            yield from pyarrow.table(
                plan.mine_group(group, prefixes, labels=labels, max_memory=max_memory)
            ).to_batches()

    return mine


def _checked(shared: _Shared) -> Callable[[Batches], Batches]:
    def check(batches: Batches) -> Batches:
        held = list(batches)
        if held:
            yield from pyarrow.table(shared.plan.check(pyarrow.Table.from_batches(held))).to_batches()

    return check


def _groups(batches: Batches) -> Iterator[tuple[int, Iterator[pyarrow.RecordBatch]]]:
    """Each group with its rows, of batches in which the rows of a group follow each other. One batch is held."""
    runs = _runs(batches)
    done: set[int] = set()
    ahead = next(runs, None)

    def rows(group: int) -> Batches:
        nonlocal ahead
        while ahead is not None and ahead[0] == group:
            yield ahead[1]
            ahead = next(runs, None)

    while ahead is not None:
        group = ahead[0]
        if group in done:
            raise RuntimeError(f"a fault in itemset.spark: group {group} came in two pieces; please report it")
        done.add(group)
        yield group, rows(group)


def _runs(batches: Batches) -> Iterator[tuple[int, pyarrow.RecordBatch]]:
    import numpy

    for batch in batches:
        groups = batch.column("group").to_numpy()
        ends = [*(numpy.flatnonzero(numpy.diff(groups)) + 1).tolist(), len(groups)]
        start = 0
        for end in ends:
            if end > start:
                yield int(groups[start]), batch.slice(start, end - start)
            start = end


def _key_of_group(partitions: int) -> Column:
    """What to partition by, so that each partition gets the same number of groups: numbers whose hashes are one for
    each. If Spark hashed in another way, partitions would be less even, and the result the same.
    """
    keys: dict[int, int] = {}
    key = 0
    while len(keys) < partitions:
        keys.setdefault(_spark_hash(key) % partitions, key)
        key += 1
    # A literal for each partition, of which there are fewer than groups: the driver makes them one by one.
    in_order = F.array(*(F.lit(keys[partition]) for partition in range(partitions)))
    return F.element_at(in_order, F.col("group") % partitions + 1)


def _spark_hash(value: int) -> int:
    """Spark's hash of a number of 32 bits: MurmurHash3 with the seed 42."""
    mask = 0xFFFFFFFF

    def turned(number: int, bits: int) -> int:
        return (number << bits | number >> (32 - bits)) & mask

    mixed = turned(value * 0xCC9E2D51 & mask, 15) * 0x1B873593 & mask
    mixed = turned(42 ^ mixed, 13) * 5 + 0xE6546B64 & mask
    mixed ^= 4
    mixed = (mixed ^ mixed >> 16) * 0x85EBCA6B & mask
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & mask
    mixed ^= mixed >> 16
    return mixed - (1 << 32) if mixed >> 31 else mixed


def association_rules(
    itemsets: DataFrame,
    basket_count: int,
    min_confidence: float = 0.8,
    *,
    measures: Sequence[str] = _MEASURES,
) -> DataFrame:
    """Rules with one item on the right, from all frequent itemsets (target ``"all"``) of so many baskets: the columns
    `antecedent` and `consequent`, lists of labels, and the measures, as this package computes them. Exactly on
    `min_confidence` is in.

    `itemsets.measures()` of the package lists the measures. The itemsets are read three times: persist them.
    """
    if not 0 <= min_confidence <= 1:
        raise ValueError(f"invalid min_confidence: {min_confidence} (expected a fraction from 0 to 1)")
    if not (isinstance(basket_count, int) and 0 <= basket_count < 1 << 63):
        raise ValueError(f"invalid basket_count: {basket_count!r} (expected the number of all baskets)")
    names = tuple(measures)
    for name in names:
        _itemset.measure_of(name, 4, 2, 2, 1)
    sets = itemsets.select(F.array_sort("items").alias("items"), F.col("freq"))
    parts = sets.where(F.size("items") > 1).select(
        "items", F.col("freq").alias("n_xy"), F.explode("items").alias("right")
    )
    parts = parts.select(
        F.expr("array_remove(items, right)").alias("antecedent"), F.array("right").alias("consequent"), "n_xy"
    )
    left = sets.select(F.col("items").alias("antecedent"), F.col("freq").alias("n_x"))
    right = sets.where(F.size("items") == 1).select(F.col("items").alias("consequent"), F.col("freq").alias("n_y"))
    joined = parts.join(left, "antecedent").where(F.col("n_xy") / F.col("n_x") >= F.lit(float(min_confidence)))
    joined = joined.join(right, "consequent").select("antecedent", "consequent", "n_x", "n_y", "n_xy")
    sides = [T.StructField(name, joined.schema[name].dataType) for name in ("antecedent", "consequent")]
    values = [T.StructField(name, T.DoubleType(), False) for name in names]
    return joined.mapInArrow(_measured(basket_count, names), T.StructType([*sides, *values]))


def _measured(basket_count: int, measures: tuple[str, ...]) -> Callable[[Batches], Batches]:
    def measure(batches: Batches) -> Batches:
        import numpy

        for batch in batches:
            counts = [batch.column(name).to_numpy(zero_copy_only=False) for name in ("n_x", "n_y", "n_xy")]
            most = max((int(column.max()) for column in counts if len(column)), default=0)
            if most > basket_count:
                raise ValueError(
                    f"invalid basket_count: {basket_count} (expected the number of all baskets: {most} have one of the "
                    "itemsets)"
                )
            values = [
                pyarrow.array(numpy.frombuffer(_itemset.measure_values(name, basket_count, *counts), "f8"))
                for name in measures
            ]
            sides = [batch.schema.field(name) for name in ("antecedent", "consequent")]
            fields = [*sides, *(pyarrow.field(name, pyarrow.float64(), False) for name in measures)]
            columns = [batch.column("antecedent"), batch.column("consequent"), *values]
            yield pyarrow.RecordBatch.from_arrays(columns, schema=pyarrow.schema(fields))

    return measure


def recommend(
    df: DataFrame, rules: DataFrame, items_col: str = "items", prediction_col: str = "prediction"
) -> DataFrame:
    """The baskets with a column more: the items on the right of all rules whose left side the basket holds, without
    those that it has. The rule with the highest confidence comes first, then the order of the labels. A rule with several
    items on the right recommends each of them.

    The rules, not the baskets, come to the driver and go to all tasks.
    """
    session = df.sparkSession
    _, label = _baskets(df, items_col)
    is_exact = str(session.conf.get("spark.sql.caseSensitive", "false")).lower() == "true"
    taken = df.columns if is_exact else [name.lower() for name in df.columns]
    if (prediction_col if is_exact else prediction_col.lower()) in taken:
        raise ValueError(f"invalid prediction_col: {prediction_col!r} (expected a name that no column has)")
    rows = rules.select("antecedent", "consequent", "confidence").collect()
    rows.sort(key=lambda row: (-row["confidence"], row["antecedent"], row["consequent"]))
    each = [(row["antecedent"], item) for row in rows for item in row["consequent"]]
    sides = ([antecedent for antecedent, _ in each], [item for _, item in each])
    kind = "str" if isinstance(label, T.StringType) else "int"
    try:
        shared: Any = session.sparkContext.broadcast((kind, *sides))
    except Exception:
        shared = (kind, *sides)
    predict: Any = F.pandas_udf(_predicted(shared), df.schema[items_col].dataType)
    # pandas has no whole numbers beside missing ones: they would be floats, and lose digits.
    there = F.filter(_column(items_col), lambda item: item.isNotNull())
    return df.withColumn(prediction_col, predict(there))


def _predicted(shared: Any) -> Callable[..., Any]:
    import pandas

    def predict(columns):  # type: ignore[no-untyped-def]
        index = _itemset.RuleIndex(*(shared if isinstance(shared, tuple) else shared.value))
        for lists in columns:
            yield pandas.Series(index.apply(lists), index=lists.index, dtype=object)

    # What Spark chooses the kind of function by.
    predict.__annotations__ = {"columns": Iterator[pandas.Series], "return": Iterator[pandas.Series]}
    return predict


class StreamingCounts:
    """Counts that micro-batches of a stream update. Each is counted on the executors, and merged here.

    ``stream.writeStream.foreachBatch(StreamingCounts("items", "/state/counts")).start()``

    With a `path`, the counts are stored there together with the number of the last batch, in one step, after each
    batch; a batch that Spark sends again after a failure is counted once. Without, they live as long as this object.

    A path is on a disk of the driver, and of one query: batches that are numbered lower than the last one are an error.

    The counts of all items come to the driver, not of the frequent ones alone: which will be, nobody knows yet.
    """

    def __init__(self, items_col: str = "items", path: str | os.PathLike[str] | None = None) -> None:
        self._items_col = items_col
        self._path = None if path is None else os.fspath(path)
        self._counts, self._last = ItemCounts(), -1
        if self._path is None:
            return
        if "://" in self._path or os.path.isdir(self._path) or not os.path.isdir(os.path.dirname(self._path) or "."):
            raise ValueError(f"invalid path: {self._path!r} (expected a file in a folder that is on a disk of the driver)")
        if os.path.exists(self._path):
            with open(self._path, "rb") as file:
                self._counts, self._last = _read_state(self._path, file.read())

    @property
    def counts(self) -> ItemCounts:
        """The counts of all batches so far."""
        return copy.copy(self._counts)

    @property
    def last_batch(self) -> int:
        """The number of the last batch that was counted, -1 before the first."""
        return self._last

    def __call__(self, batch: DataFrame, batch_id: int) -> None:
        if batch_id == self._last:
            return
        if batch_id < self._last:
            held = "the counts" if self._path is None else f"the counts at {self._path}"
            raise ValueError(
                f"batch {batch_id} came after batch {self._last}: {held} are of another query, so use "
                + ("a new StreamingCounts" if self._path is None else "a new path")
            )
        rows = count_items(batch, self._items_col).collect()
        baskets = sum(row["count"] for row in rows if row["item"] is None)
        counts = self.counts
        counts.merge(
            ItemCounts.from_counts(((row["item"], row["count"]) for row in rows if row["item"] is not None), baskets)
        )
        if self._path is not None:
            beside = f"{self._path}.new"
            with open(beside, "wb") as file:
                file.write(_state(counts, batch_id))
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self._path)
        self._counts, self._last = counts, batch_id


def _state(counts: ItemCounts, last: int) -> bytes:
    """Counts with the number of the last batch, as JSON."""
    kind, stored = counts._core.dump()
    return b'{"last": %d, "kind": %s, "counts": %s}' % (last, json.dumps(kind).encode(), stored)


def _read_state(path: str, stored: bytes) -> tuple[ItemCounts, int]:
    try:
        state = json.loads(stored)
        last, kind, counts = state["last"], state["kind"], state["counts"]
        if type(last) is not int or last < 0 or not isinstance(kind, (str, type(None))):
            raise ValueError("the number of the last batch, or the type of the labels, is wrong")
        return _load_counts(kind, json.dumps(counts).encode()), last
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"the counts at {path} cannot be read: {error}; delete it to count anew") from None


class _FPGrowthParams(HasPredictionCol):  # type: ignore[misc]
    itemsCol: Param[str] = Param(
        Params._dummy(), "itemsCol", "items column name", typeConverter=TypeConverters.toString
    )
    minSupport: Param[float] = Param(
        Params._dummy(),
        "minSupport",
        "the least fraction of the baskets that have an itemset",
        typeConverter=TypeConverters.toFloat,
    )
    minConfidence: Param[float] = Param(
        Params._dummy(),
        "minConfidence",
        "the least fraction of the baskets with the antecedent that have the consequent",
        typeConverter=TypeConverters.toFloat,
    )
    numPartitions: Param[int] = Param(
        Params._dummy(), "numPartitions", "the groups of the search, at least 1", typeConverter=TypeConverters.toInt
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._setDefault(minSupport=0.3, minConfidence=0.8, itemsCol="items", predictionCol="prediction")

    def getItemsCol(self) -> str:
        return str(self.getOrDefault(self.itemsCol))

    def getMinSupport(self) -> float:
        return float(self.getOrDefault(self.minSupport))

    def getMinConfidence(self) -> float:
        return float(self.getOrDefault(self.minConfidence))

    def getNumPartitions(self) -> int | None:
        return int(self.getOrDefault(self.numPartitions)) if self.isSet(self.numPartitions) else None


class FPGrowth(Estimator, _FPGrowthParams, DefaultParamsWritable, DefaultParamsReadable):  # type: ignore[misc]
    """In place of `pyspark.ml.fpm.FPGrowth`: the same parameters, defaults and columns. `numPartitions` is the number
    of groups.

    An item that comes twice in a basket counts once, where Spark's own ends with an error. A model is not saved: write its
    frames.
    """

    _input_kwargs: dict[str, Any]

    @keyword_only  # type: ignore[untyped-decorator]
    def __init__(
        self,
        *,
        minSupport: float = 0.3,
        minConfidence: float = 0.8,
        itemsCol: str = "items",
        predictionCol: str = "prediction",
        numPartitions: int | None = None,
    ) -> None:
        super().__init__()
        self._set(**self._input_kwargs)

    @keyword_only  # type: ignore[untyped-decorator]
    def setParams(
        self,
        *,
        minSupport: float = 0.3,
        minConfidence: float = 0.8,
        itemsCol: str = "items",
        predictionCol: str = "prediction",
        numPartitions: int | None = None,
    ) -> FPGrowth:
        return self._set(**self._input_kwargs)  # type: ignore[no-any-return]

    def setItemsCol(self, value: str) -> FPGrowth:
        return self._set(itemsCol=value)  # type: ignore[no-any-return]

    def setMinSupport(self, value: float) -> FPGrowth:
        return self._set(minSupport=value)  # type: ignore[no-any-return]

    def setMinConfidence(self, value: float) -> FPGrowth:
        return self._set(minConfidence=value)  # type: ignore[no-any-return]

    def setNumPartitions(self, value: int) -> FPGrowth:
        return self._set(numPartitions=value)  # type: ignore[no-any-return]

    def setPredictionCol(self, value: str) -> FPGrowth:
        return self._set(predictionCol=value)  # type: ignore[no-any-return]

    def _fit(self, dataset: DataFrame) -> FPGrowthModel:
        # As in Spark's own, 0 is what is in a basket at all.
        support = self.getMinSupport()
        threshold: dict[str, Any] = {"min_count": 1} if support == 0 else {"min_support": support}
        plan = make_plan(dataset, self.getItemsCol(), num_groups=self.getNumPartitions(), **threshold)
        model = FPGrowthModel(mine_plan(dataset, plan, self.getItemsCol()).persist(), plan.basket_count)
        return self._copyValues(model)  # type: ignore[no-any-return]


class FPGrowthModel(Model, _FPGrowthParams):  # type: ignore[misc]
    """What `FPGrowth.fit` found. The itemsets are mined when they are first used, and persist until `unpersist`."""

    def __init__(self, itemsets: DataFrame, basket_count: int) -> None:
        super().__init__()
        self._itemsets = itemsets
        self._basket_count = basket_count

    def setItemsCol(self, value: str) -> FPGrowthModel:
        return self._set(itemsCol=value)  # type: ignore[no-any-return]

    def setMinConfidence(self, value: float) -> FPGrowthModel:
        return self._set(minConfidence=value)  # type: ignore[no-any-return]

    def setPredictionCol(self, value: str) -> FPGrowthModel:
        return self._set(predictionCol=value)  # type: ignore[no-any-return]

    @property
    def freqItemsets(self) -> DataFrame:
        """The columns `items` and `freq`."""
        return self._itemsets

    @property
    def associationRules(self) -> DataFrame:
        """The columns `antecedent`, `consequent`, `confidence`, `lift` and `support`."""
        return association_rules(self._itemsets, self._basket_count, self.getMinConfidence())

    @property
    def basket_count(self) -> int:
        """The baskets that were searched."""
        return self._basket_count

    def unpersist(self) -> FPGrowthModel:
        """Frees the itemsets. They are mined again when they are used."""
        self._itemsets.unpersist()
        return self

    def _transform(self, dataset: DataFrame) -> DataFrame:
        return recommend(dataset, self.associationRules, self.getItemsCol(), self.getPredictionCol())
