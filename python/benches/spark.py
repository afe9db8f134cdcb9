"""This package on Spark beside Spark's own FP-growth, with equal memory: how long each takes from a cached frame of
baskets to all frequent itemsets, once warm.

    python benches/spark.py DATA_FOLDER [--cluster] [--runs 5] [--warm-up 2] [--memory 2g] [--cores 2]

DATA_FOLDER has the files retail.dat and T10I4D100K.dat of the FIMI repository (http://fimi.uantwerpen.be/data/).
Spark's own runs with several numbers of partitions, of which the best counts; ours with the default. Both must find
the same number of itemsets. Times are medians; what one machine needs, without Spark, stands beside them.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import sys
import time

from pyspark.ml.fpm import FPGrowth as SparksOwn
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

import itemset
from itemset.spark import FPGrowth

ROWS = [("retail.dat", 20), ("T10I4D100K.dat", 20)]
PARTITIONS = [2, 4, 8, 32]


def session_of(arguments: argparse.Namespace) -> SparkSession:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    cores, memory = arguments.cores, arguments.memory
    master = f"local-cluster[{cores},1,{int(memory[:-1]) * 1024}]" if arguments.cluster else f"local[{cores}]"
    builder = SparkSession.builder.master(master).config("spark.driver.memory", memory)
    if arguments.cluster:
        builder = builder.config("spark.executor.memory", memory)
    settings = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.config("spark.sql.shuffle.partitions", str(cores)).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def timed(estimator: FPGrowth | SparksOwn, frame: DataFrame) -> tuple[float, int]:
    """The seconds of a search, and how many itemsets it found. All are made, and counted on the executors."""
    start = time.perf_counter()
    model = estimator.fit(frame)
    found = model.freqItemsets.agg(F.count("items"), F.sum("freq")).first()[0]
    seconds = time.perf_counter() - start
    model.freqItemsets.unpersist()
    return seconds, found


def alone(path: pathlib.Path, min_count: int, runs: int) -> float:
    """The seconds of this package without Spark, from lists in memory."""
    with open(path) as file:
        rows = [line.split() for line in file]
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        itemset.mine(rows, min_count=min_count)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--data", nargs="*", help="of the files these alone")
    parser.add_argument("--cluster", action="store_true", help="executors that are processes of their own")
    parser.add_argument("--runs", type=int, default=5, help="that count, after those that warm up")
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--memory", default="2g")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--partitions", type=int, nargs="*", default=PARTITIONS, help="of Spark's own")
    arguments = parser.parse_args()
    spark = session_of(arguments)
    print(f"Spark {spark.version}, {arguments.cores} cores, {arguments.memory}")
    print(f"{'data':16}{'min count':>10}{'itemsets':>10}  {'what':28}{'median s':>9}{'least s':>9}{'times ours':>11}")
    for name, min_count in ROWS:
        if arguments.data and name not in arguments.data:
            continue
        lines = spark.read.text(str(arguments.folder / name))
        frame = lines.select(F.array_distinct(F.split(F.trim("value"), " +")).alias("items"))
        frame = frame.repartition(arguments.cores).persist()
        # Between two counts, so that rounding decides for neither.
        support = (min_count - 0.5) / frame.count()
        asked = [("itemset.spark", FPGrowth(minSupport=support))]
        asked += [
            (f"Spark's own, {n} partitions", SparksOwn(minSupport=support, numPartitions=n))
            for n in arguments.partitions
        ]
        times: dict[str, list[float]] = {}
        found = set()
        for run in range(arguments.warm_up + arguments.runs):
            for what, estimator in asked:
                seconds, itemsets = timed(estimator, frame)
                found.add(itemsets)
                print(f"{name}, run {run}: {what}: {seconds:.2f} s", file=sys.stderr, flush=True)
                if run >= arguments.warm_up:
                    times.setdefault(what, []).append(seconds)
        assert len(found) == 1, f"they differ: {found}"
        ours = statistics.median(times["itemset.spark"])
        times["itemset alone, from lists"] = [alone(arguments.folder / name, min_count, arguments.runs)]
        for what, seconds in times.items():
            middle = statistics.median(seconds)
            row = f"{name:16}{min_count:10}{max(found):10}  {what:28}"
            print(f"{row}{middle:9.2f}{min(seconds):9.2f}{middle / ours:11.1f}", flush=True)
        frame.unpersist()
    spark.stop()


if __name__ == "__main__":
    main()
