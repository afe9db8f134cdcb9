"""A cluster of two executors on this machine, as Spark simulates it: with processes and shuffles of their own."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import tempfile

import pytest

DATA = os.environ.get("ITEMSET_DATA")

if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
    sys.stderr.write("\n!!!!!!!!\n!!!!!!!! NOTHING WAS RUN ON SPARK: there is no Java here\n!!!!!!!!\n\n")
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def spark():
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="itemset-spark-"))
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.local.dir", str(scratch))
        .config("spark.sql.warehouse.dir", str(scratch / "warehouse"))
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.memory", "1g")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
    shutil.rmtree(scratch, ignore_errors=True)
    # Where the simulated workers write.
    home = pathlib.Path(os.environ.get("SPARK_HOME") or __import__("pyspark").__path__[0])
    shutil.rmtree(home / "work", ignore_errors=True)


@pytest.fixture(scope="session")
def frame_of(spark):
    """A frame with the column `items`, in some partitions."""
    from pyspark.sql import types as T

    def make(rows: list[list], label=None, partitions: int = 4):
        label = label or (
            T.IntegerType() if any(isinstance(x, int) for row in rows for x in row or ()) else T.StringType()
        )
        schema = T.StructType([T.StructField("items", T.ArrayType(label))])
        return spark.createDataFrame([(row,) for row in rows], schema).repartition(partitions).persist()

    return make


def read_dat(name: str) -> list[list[int]]:
    """Baskets of a file of real data, one a line."""
    if not DATA:
        pytest.skip("NO REAL DATA: ITEMSET_DATA is not set")
    with open(pathlib.Path(DATA) / "data" / name) as file:
        return [sorted({int(word) for word in line.split()}) for line in file]


def pytest_terminal_summary(terminalreporter) -> None:
    if not DATA:
        terminalreporter.write_line(
            "!!!!!!!! NOT CHECKED ON REAL DATA: ITEMSET_DATA is not set to a folder with real data", red=True
        )
