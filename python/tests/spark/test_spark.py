"""On two executors, the result is that of a single call, and of Spark's own FP-growth."""

from __future__ import annotations

import itertools
import os
import pathlib
import pickle
import random
import re
import signal

import pytest
from conftest import read_dat
from pyspark import TaskContext
from pyspark.ml.fpm import FPGrowth as SparksOwn
from pyspark.sql import types as T

import itemset
from itemset import spark as on_spark


def skewed(baskets: int = 3000, items: int = 300) -> list[list[int]]:
    """A few items are in most baskets, most in a few; some baskets are long."""
    draw = random.Random(11)
    weights = [1 / (rank + 1) for rank in range(items)]
    lens = [min(60, int(draw.paretovariate(1.3))) for _ in range(baskets)]
    return [sorted(set(draw.choices(range(items), weights, k=length))) for length in lens]


def widely_skewed(baskets: int = 8000, items: int = 3000) -> list[list[int]]:
    """Skewed as well, with more frequent items than there are groups: 1,429 come in 8 baskets."""
    draw = random.Random(11)
    up_to = list(itertools.accumulate(1 / (rank + 10) for rank in range(items)))
    lens = [min(60, int(2 * draw.paretovariate(1.1))) for _ in range(baskets)]
    return [sorted(set(draw.choices(range(items), cum_weights=up_to, k=length))) for length in lens]


def as_dict(frame) -> dict[tuple, int]:
    rows = frame.collect()
    found = {tuple(row["items"]): row["freq"] for row in rows}
    assert len(found) == len(rows)
    return found


def expected(rows: list[list], **settings) -> dict[tuple, int]:
    return {row.items: row.count for row in itemset.mine(rows, **settings)}


def rules_as_dict(frame) -> dict[tuple, tuple]:
    rows = frame.collect()
    found = {(*row["antecedent"], "=>", *row["consequent"]): tuple(row)[2:] for row in rows}
    assert len(found) == len(rows)
    return found


def expected_rules(itemsets, min_confidence: float) -> dict[tuple, tuple]:
    return {
        (*rule.antecedent, "=>", *rule.consequent): (rule.confidence, rule.lift, rule.support)
        for rule in itemsets.rules(min_confidence)
    }


# Data, the least number of baskets, and the frequent items: of more groups than those some are empty.
DATA = {"skewed": (8, 1429), "retail.dat": (20, 6356), "T10I4D100K.dat": (20, 859), "BMS1.dat": (40, 362)}


@pytest.fixture(scope="session", params=DATA)
def data(request, frame_of):
    """A frame, the itemsets and the rules of a single call, and what they were asked with."""
    min_count, frequent = DATA[request.param]
    rows = widely_skewed() if request.param == "skewed" else read_dat(request.param)
    frame, single = frame_of(rows), itemset.mine(rows, min_count=min_count)
    assert sum(len(row.items) == 1 for row in single) == frequent
    yield frame, len(rows), min_count, {row.items: row.count for row in single}, expected_rules(single, 0.5)
    frame.unpersist()


@pytest.mark.parametrize("groups", [1, 2, 8, 97, 1000])
def test_itemsets_and_rules_are_those_of_a_single_call(data, groups):
    frame, baskets, min_count, single, single_rules = data
    itemsets = on_spark.frequent_itemsets(frame, min_count=min_count, num_groups=groups).persist()
    assert as_dict(itemsets) == single
    # Equal to the last bit: Python compares them as they are.
    assert rules_as_dict(on_spark.association_rules(itemsets, baskets, 0.5)) == single_rules
    itemsets.unpersist()


@pytest.fixture(scope="session")
def made(frame_of):
    rows = skewed()
    return rows, frame_of(rows)


@pytest.mark.parametrize("target", ["closed", "maximal"])
def test_closed_and_maximal(made, target):
    rows, frame = made
    found = as_dict(on_spark.frequent_itemsets(frame, min_count=15, num_groups=8, target=target))
    assert found == expected(rows, min_count=15, target=target)


def test_texts_and_what_is_missing(spark, frame_of):
    rows = [["tea", "milk"], ["milk", "tea", "tea"], [], None, ["milk", None, ""], ["Öl", "milk"]]
    frame = frame_of(rows, T.StringType())
    found = as_dict(on_spark.frequent_itemsets(frame, min_support=0.4, num_groups=3))
    assert found == {("milk",): 4, ("tea",): 2, ("milk", "tea"): 2}
    assert on_spark.make_plan(frame, min_count=1).basket_count == 5
    assert as_dict(on_spark.frequent_itemsets(frame.limit(0), min_support=0.4)) == {}
    renamed = frame.withColumnRenamed("items", "bought items")
    assert as_dict(on_spark.frequent_itemsets(renamed, "bought items", min_support=0.4)) == found


def test_max_len_and_the_type_of_items(made):
    rows, frame = made
    result = on_spark.frequent_itemsets(frame, min_count=30, max_len=2)
    assert as_dict(result) == expected(rows, min_count=30, max_len=2)
    assert result.schema["items"].dataType.elementType == T.IntegerType()
    assert result.schema["freq"].dataType == T.LongType()


def test_settings_that_are_wrong_are_told_before_anything_runs(spark, made):
    _, frame = made
    with pytest.raises(ValueError, match="invalid items_col: 'goods'"):
        on_spark.frequent_itemsets(frame, "goods", 0.1)
    with pytest.raises(ValueError, match="cast it"):
        on_spark.frequent_itemsets(spark.range(3), "id", 0.1)
    with pytest.raises(ValueError, match="invalid groups"):
        on_spark.frequent_itemsets(frame, min_support=0.1, num_groups=0)
    with pytest.raises(ValueError, match="min_support"):
        on_spark.frequent_itemsets(frame, min_support=1.5)
    with pytest.raises(ValueError, match="measure"):
        on_spark.association_rules(frame, 10, measures=["luck"])


def test_the_estimator_is_as_sparks_own(made):
    rows, frame = made
    settings = {"minSupport": 20 / len(rows), "minConfidence": 0.3, "numPartitions": 5}
    ours, theirs = on_spark.FPGrowth(**settings).fit(frame), SparksOwn(**settings).fit(frame)
    assert ours.freqItemsets.columns == theirs.freqItemsets.columns
    assert {(frozenset(s), n) for s, n in ours.freqItemsets.collect()} == {
        (frozenset(s), n) for s, n in theirs.freqItemsets.collect()
    }
    assert ours.associationRules.columns == theirs.associationRules.columns

    def rules(model) -> dict:
        return {
            (frozenset(row.antecedent), tuple(row.consequent)): (row.confidence, row.lift, row.support)
            for row in model.associationRules.collect()
        }

    one, other = rules(ours), rules(theirs)
    assert len(one) > 50 and one.keys() == other.keys()
    for key, values in one.items():
        assert values == pytest.approx(other[key], rel=1e-14)
        assert values[0] == other[key][0]
    # Of ours, as the crate computes them.
    single = itemset.mine(rows, min_count=20).rules(0.3)
    assert {(frozenset(r.antecedent), r.consequent): (r.confidence, r.lift, r.support) for r in single} == one

    asked = frame.limit(200)
    predicted = [set(row.prediction) for row in ours.transform(asked).collect()]
    assert predicted == [set(row.prediction) for row in theirs.transform(asked).collect()]
    assert any(predicted)
    ours.unpersist()


def test_the_estimator_keeps_its_parameters():
    estimator = on_spark.FPGrowth(minSupport=0.2, itemsCol="goods").setMinConfidence(0.7)
    assert (estimator.getMinSupport(), estimator.getItemsCol(), estimator.getMinConfidence()) == (0.2, "goods", 0.7)
    assert (estimator.getNumPartitions(), estimator.getPredictionCol()) == (None, "prediction")


class Killed:
    """Kills a Python worker in the middle of each step, once: when it has read some batches of its input, and has more
    to read.
    """

    READ = 40

    def __init__(self, folder: pathlib.Path, monkeypatch) -> None:
        self._folder = folder
        for name in STEPS:
            monkeypatch.setattr(on_spark, name, self._dying(name, getattr(on_spark, name)))

    def _dying(self, name: str, make):
        (self._folder / name).mkdir()
        trace, last = str(self._folder / name), self.READ

        # Sent by value: the executors do not have this file.
        def made_with(*arguments):
            work = make(*arguments)

            def run(columns):
                task = TaskContext.get()
                where, read, given = f"{task.stageId()}-{task.partitionId()}", 0, 0

                def tell(what, flags=0):
                    os.close(os.open(os.path.join(trace, what), os.O_CREAT | flags))

                def is_first():
                    try:
                        tell("first", os.O_EXCL)
                    except FileExistsError:
                        return False
                    return True

                def half_of_them():
                    nonlocal read
                    for batch in columns:
                        read += 1
                        if read == last and is_first():
                            tell(f"killed {where} {given}")
                            os.kill(os.getpid(), signal.SIGKILL)
                        yield batch

                # As if a few baskets were all that is worked on at once.
                rows, on_spark._ROWS = on_spark._ROWS, 16
                try:
                    for made in work(half_of_them()):
                        given += 1
                        yield made
                finally:
                    on_spark._ROWS = rows
                if any(name.startswith(f"killed {where} ") for name in os.listdir(trace)):
                    tell(f"again {where} {read} {given}")

            # What Spark chooses the kind of function by.
            run.__annotations__ = getattr(work, "__annotations__", {})
            return run

        return made_with

    def of(self, name: str) -> tuple[int, int, int]:
        """What the worker of a step had given out when it was killed, and what was read and given out by the same task
        when it ran again: at least, if it has several workers.
        """
        traces = [path.name.split() for path in (self._folder / name).iterdir()]
        ((_, _, before),) = (trace for trace in traces if trace[0] == "killed")
        again = [trace for trace in traces if trace[0] == "again"]
        return int(before), min(int(trace[2]) for trace in again), min(int(trace[3]) for trace in again)


# The functions of the package that run on executors.
STEPS = ("_counted", "_projected", "_mined", "_checked", "_measured", "_predicted")


def test_each_step_is_killed_below():
    source = pathlib.Path(on_spark.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r"(?:mapInArrow|pandas_udf)\((\w+)", source)) == set(STEPS)
    assert source.count("InArrow(") + source.count("_udf(") == len(re.findall(r"(?:mapInArrow|pandas_udf)\(_", source))


@pytest.mark.parametrize("target", ["all", "closed", "maximal"])
def test_workers_that_are_killed_in_the_middle_change_nothing(spark, frame_of, tmp_path, monkeypatch, target):
    rows = widely_skewed(2000)
    frame, single = frame_of(rows, partitions=2), itemset.mine(rows, min_count=6, target=target)
    killed = Killed(tmp_path, monkeypatch)
    # Eight rows are a batch, so that the input of each task is a hundred of them, not one.
    batch = "spark.sql.execution.arrow.maxRecordsPerBatch"
    before = spark.conf.get(batch)
    spark.conf.set(batch, 8)
    try:
        itemsets = on_spark.frequent_itemsets(frame, min_count=6, num_groups=97, target=target).persist()
        assert as_dict(itemsets) == {row.items: row.count for row in single}
        steps = ["_counted", "_projected", "_mined"]
        if target == "all":
            steps += ["_measured", "_predicted"]
            rules = on_spark.association_rules(itemsets, len(rows), 0.5).persist()
            assert rules_as_dict(rules) == expected_rules(single, 0.5)
            predicted = [set(row.prediction) for row in on_spark.recommend(frame, rules).collect()]
            assert sorted(map(sorted, predicted)) == sorted(map(sorted, recommended(rows, single.rules(0.5))))
            rules.unpersist()
        else:
            steps.append("_checked")
        for step in steps:
            given_before, read, given = killed.of(step)
            assert read > 2 * Killed.READ, step
            # Counts, and what is checked against all others, come out at the end alone.
            assert given_before > 0 or step in ("_counted", "_checked"), step
            assert given_before < given, step
        itemsets.unpersist()
    finally:
        spark.conf.set(batch, before)
        frame.unpersist()


def recommended(rows: list[list], rules) -> list[set]:
    """The items on the right of the rules whose left side a basket holds, without its own."""
    sides = [(set(rule.antecedent), set(rule.consequent)) for rule in rules]
    return [set().union(*(right for left, right in sides if left <= set(row))) - set(row) for row in rows]


def test_micro_batches_update_counts(spark, tmp_path):
    rows = [["tea", "milk"], ["milk"], ["tea"], ["milk", "oil"]]
    schema = T.StructType([T.StructField("items", T.ArrayType(T.StringType()))])
    arriving, state = tmp_path / "arriving", tmp_path / "counts"
    for row in rows:
        spark.createDataFrame([(row,)], schema).coalesce(1).write.mode("append").json(str(arriving))
    stream = spark.readStream.schema(schema).option("maxFilesPerTrigger", 2).json(str(arriving))
    counts = on_spark.StreamingCounts("items", state)
    query = (
        stream.writeStream.trigger(availableNow=True)
        .option("checkpointLocation", str(tmp_path / "checkpoint"))
        .foreachBatch(counts)
        .start()
    )
    query.awaitTermination(120)
    assert query.exception() is None
    expected_counts = itemset.distributed.ItemCounts()
    expected_counts.add(rows)
    assert counts.counts == expected_counts
    # A batch that is sent again after a restart is counted once.
    again = on_spark.StreamingCounts("items", state)
    again(spark.createDataFrame([(["tea"],)], schema), again.last_batch)
    assert again.counts == expected_counts
    again(spark.createDataFrame([(["tea"],)], schema), again.last_batch + 1)
    assert again.counts.count_of("tea") == 3


def lists_of(spark, rows: list, label):
    return spark.createDataFrame([(row,) for row in rows], T.StructType([T.StructField("items", T.ArrayType(label))]))


def test_recommendations_of_whole_numbers_beside_missing_ones(spark):
    large = 2**53 + 1
    rules = spark.createDataFrame(
        [([1], [large, 3], 0.9), ([3], [4], 0.8), ([5], [], 0.7)],
        "antecedent array<bigint>, consequent array<bigint>, confidence double",
    )
    asked = lists_of(spark, [[1, None], [large, None, 1], [9], [None], [], None, [5, 3]], T.LongType()).coalesce(1)
    predicted = [row.prediction for row in on_spark.recommend(asked, rules).collect()]
    # Each item on the right of a rule, in its order there; a missing list is like an empty one.
    assert predicted == [[large, 3], [3], [], [], [], [], [4]]
    texts = spark.createDataFrame([(["a"], ["b"], 0.9)], "antecedent array<string>, consequent array<string>, confidence double")
    asked = lists_of(spark, [["a", "x\0y"], ["a", "b", None]], T.StringType()).coalesce(1)
    assert [row.prediction for row in on_spark.recommend(asked, texts).collect()] == [["b"], []]
    for name in ("items", "Items"):
        with pytest.raises(ValueError, match="invalid prediction_col"):
            on_spark.recommend(asked, texts, prediction_col=name)


def test_text_that_is_not_utf8_is_an_error(spark):
    frame = spark.range(1).selectExpr("array('ok', cast(X'ff' as string), cast(X'fe41' as string)) items")
    with pytest.raises(Exception, match="not UTF-8"):
        on_spark.frequent_itemsets(frame, min_count=1)


def test_names_and_arguments(spark):
    frame = lists_of(spark, [[1, 2], [1, 2], [1]], T.LongType()).coalesce(1)
    renamed = frame.withColumnRenamed("items", "a`b")
    itemsets = on_spark.frequent_itemsets(renamed, "a`b", min_count=2, num_groups=1).persist()
    assert as_dict(itemsets) == {(1,): 3, (2,): 2, (1, 2): 2}
    rules = on_spark.association_rules(itemsets, 3, 0.5, measures=(name for name in ("lift", "confidence")))
    assert rules.columns == ["antecedent", "consequent", "lift", "confidence"]
    assert {(*row.antecedent, *row.consequent): row.confidence for row in rules.collect()} == {(1, 2): 2 / 3, (2, 1): 1}
    predicted = on_spark.recommend(renamed, rules, "a`b").collect()
    assert [row.prediction for row in predicted] == [[], [], [2]]
    with pytest.raises(Exception, match="invalid basket_count: 2 .*3 have one"):
        on_spark.association_rules(itemsets, 2, 0.5).collect()
    for wrong in (-1, 2.5):
        with pytest.raises(ValueError, match="invalid basket_count"):
            on_spark.association_rules(itemsets, wrong)
    with pytest.raises(ValueError, match="invalid max_memory: -1"):
        on_spark.frequent_itemsets(frame, min_count=1, max_memory=-1)
    plan = on_spark.make_plan(frame, min_count=1)
    with pytest.raises(ValueError, match="invalid plan: labels of type int"):
        on_spark.mine_plan(frame.selectExpr("cast(items as array<string>) items"), plan)
    itemsets.unpersist()


def test_a_support_of_0_is_what_is_there_at_all(spark):
    frame = lists_of(spark, [["a", "b"], ["a"]], T.StringType()).coalesce(1)
    model = on_spark.FPGrowth(minSupport=0.0).fit(frame)
    assert as_dict(model.freqItemsets) == {("a",): 2, ("b",): 1, ("a", "b"): 1}
    with pytest.raises(ValueError, match="invalid prediction_col: 'prediction'"):
        model.transform(frame.selectExpr("*", "1 as prediction"))


def test_counts_of_a_stream_are_of_one_query(spark, tmp_path):
    batch = lists_of(spark, [["tea"], ["milk", None]], T.StringType()).coalesce(1)
    state = tmp_path / "counts"
    counts = on_spark.StreamingCounts("items", state)
    counts(batch, 3)
    again = on_spark.StreamingCounts("items", state)
    assert (again.last_batch, again.counts) == (3, counts.counts)
    assert again.counts.to_dict() == {"milk": 1, "tea": 1}
    again(batch, 3)
    with pytest.raises(ValueError, match=f"{state} are of another query"):
        again(batch, 2)
    assert on_spark.StreamingCounts("items", state).counts == counts.counts
    numbers = on_spark.StreamingCounts(path=tmp_path / "numbers")
    numbers(lists_of(spark, [[2**60, 7]], T.LongType()), 0)
    assert on_spark.StreamingCounts(path=tmp_path / "numbers").counts.to_dict() == {2**60: 1, 7: 1}
    for path in ("hdfs://nn/counts", tmp_path, tmp_path / "none" / "counts"):
        with pytest.raises(ValueError, match="invalid path"):
            on_spark.StreamingCounts("items", path)


class Runs:
    """What runs where it is unpickled."""

    def __init__(self, path):
        self._path = path

    def __reduce__(self):
        return pathlib.Path.touch, (self._path,)


def test_damaged_counts_of_a_stream_are_told_and_run_nothing(tmp_path):
    state, trace = tmp_path / "counts", tmp_path / "trace"
    head = b'{"last": 1, "kind": "str", "counts": '
    right = b'{"format":1,"baskets":1,"labels":["a"],"counts":[1]}'
    state.write_bytes(head + right + b"}")
    assert on_spark.StreamingCounts(path=state).last_batch == 1
    damaged = [b"", b"[]", b"3", b"\xff", b"[" * 100_000, pickle.dumps(Runs(trace)), head, head + b"{}}"]
    damaged += [head.replace(b"1", wrong) + right + b"}" for wrong in (b"-1", b"true", b'"1"', b"1.0")]
    damaged += [head.replace(b'"str"', wrong) + right + b"}" for wrong in (b"null", b"3", b'"int"')]
    damaged.append(head + right.replace(b"[1]", b"[2]") + b"}")
    for stored in damaged:
        state.write_bytes(stored)
        with pytest.raises(ValueError, match=f"the counts at {state} cannot be read.*delete it to count anew"):
            on_spark.StreamingCounts(path=state)
    assert not trace.exists()
