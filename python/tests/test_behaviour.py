"""Signals, threads, progress, limits, and what is imported."""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import threading
import time

import numpy as np
import pyarrow as pa
import pytest
from conftest import SHOP, run_python

import itemset
from itemset import LimitError, Transactions, _itemset, mine

# Every itemset but the largest is closed: 2^30 of them.
HUGE = [[item for item in range(30) if item != row] for row in range(30)]


# Of all itemsets of 18 items there are 387 million rules; of these itemsets of 24 there are three million.
FULL = "itemset.mine([list(range(18))] * 2, min_count=2)"
MANY = """itemset.mine(
    itemset.Transactions(
        [[item for item in range(24) if (row * (item + 3) ** 3 >> 3) % 5 > 1] for row in range(300)],
        weights=range(900, 1200),
    ),
    min_support=0.05, max_len=6,
).rules(0.0, consequents="any")"""
LONG_CALLS = {
    "mine": (f"itemset.Transactions({HUGE!r})", 'itemset.mine(made, min_count=1, max_memory=2**60, target="closed")'),
    "rules": (FULL, 'made.rules(0.0, consequents="any", max_memory=2**60)'),
    "significant": (MANY, "made.significant(0.05)"),
    "report": (MANY, 'made.report(max_rules=200_000, significance=(0.05, "holm"))'),
}


@pytest.mark.parametrize("name", LONG_CALLS)
def test_an_interrupt_ends_a_call_within_moments(name):
    make, call = LONG_CALLS[name]
    code = f"""
import itemset, time
made = {make}
print("ready", flush=True)
try:
    {call}
except KeyboardInterrupt:
    print("interrupted", flush=True)
else:
    print("done", flush=True)
# And the next call works.
print(len(itemset.mine({HUGE!r}, min_count=29)), flush=True)
"""
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=sys.prefix)
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    time.sleep(0.3)
    begin = time.monotonic()
    program.send_signal(signal.SIGINT)
    rest, _ = program.communicate(timeout=60)
    assert rest == "interrupted\n30\n"
    assert time.monotonic() - begin < 5


LIMITED = {
    "mine": LONG_CALLS["mine"][1].replace("itemset.mine(made", "itemset.mine(made, time_limit=0.5"),
    "rules": LONG_CALLS["rules"][1].replace("rules(0.0", "rules(0.0, time_limit=0.5"),
    "significant": "made.significant(0.05, time_limit=0.5)",
    # It has no limit, and takes longer than that.
    "report": LONG_CALLS["report"][1],
}


@pytest.mark.parametrize("name", LIMITED)
def test_other_threads_run_while_a_call_does(name):
    made = eval(LONG_CALLS[name][0], {"itemset": itemset})
    ended: list[str] = []
    ticks = 0

    def call():
        try:
            eval(LIMITED[name], {"itemset": itemset, "made": made})
            ended.append("done")
        except LimitError:
            ended.append("limit")

    thread = threading.Thread(target=call)
    thread.start()
    while thread.is_alive():
        time.sleep(0.002)
        ticks += 1
    assert ended == ["done" if name == "report" else "limit"]
    # With the lock held there would be one or two; on an idle machine there are hundreds.
    assert ticks > 5


def test_other_threads_run_while_a_matrix_is_read():
    # Its pages are one page of zeros, until somebody writes.
    matrix = np.zeros((100_000, 20_000), dtype=bool)
    found: list[Transactions] = []
    thread = threading.Thread(target=lambda: found.append(Transactions(matrix)))
    ticks = 0
    thread.start()
    while thread.is_alive():
        time.sleep(0.001)
        ticks += 1
    assert len(found[0]) == len(matrix) and found[0].entries == 0
    assert ticks > 5


def test_searches_of_several_threads_agree():
    baskets = Transactions(SHOP)
    expected, results = list(mine(baskets, min_count=1)), []
    threads = [threading.Thread(target=lambda: results.append(list(mine(baskets, min_count=1)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


def test_forked_processes_have_threads_of_their_own():
    code = """
import multiprocessing, itemset
rows = [[f"i{(row * factor) % 97}" for factor in range(1, 20)] for row in range(3000)]
def count(least):
    return len(itemset.mine(rows, min_support=least))
expected = [count(0.02), count(0.03)]
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(count, [0.02, 0.03]) == expected)
"""
    done = run_python(code)
    assert done.stdout == "True\n", done.stderr


def test_a_time_limit_is_an_error_with_its_name():
    begin = time.monotonic()
    with pytest.raises(LimitError, match="time_limit"):
        mine(HUGE, min_count=1, target="closed", time_limit=0.2, max_memory=2**60)
    assert time.monotonic() - begin < 5


def test_progress_is_told_and_an_error_in_it_ends_the_call():
    rows = [[f"i{(row * factor) % 97}" for factor in range(1, 20)] for row in range(3000)]
    heard: list[float] = []
    itemsets = mine(rows, min_support=0.02, progress=heard.append)
    assert heard == sorted(heard) and heard[-1] == 1.0 and all(0 <= fraction <= 1 for fraction in heard)
    heard.clear()
    itemsets.rules(progress=heard.append)
    assert heard[-1] == 1.0

    def fails(fraction):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        mine(rows, min_support=0.02, progress=fails)


def test_progress_bars_are_of_tqdm(capsys):
    mine(SHOP, min_count=1, progress=True)
    assert "mining" in capsys.readouterr().err
    code = """
import sys
sys.modules["tqdm"] = None
import itemset
print(len(itemset.mine([["a"]], min_count=1, progress=True)))
"""
    done = run_python(code)
    assert done.stdout == "1\n" and "tqdm is not installed" in done.stderr


def test_nothing_is_imported_that_is_not_used():
    code = """
import sys
import itemset, itemset.mlxtend
rows = [["beer", "diapers"], ["beer"]]
rules = itemset.mine(rows, min_count=1).rules(0)
list(rules), str(rules), repr(rules), rules.values("lift"), rules.__arrow_c_stream__()
itemset.Transactions.from_long({"o": [1], "i": ["a"]}, "o", "i")
big = ["numpy", "pandas", "polars", "pyarrow", "scipy", "tqdm", "mlxtend", "duckdb"]
print([name for name in big if name in sys.modules])
"""
    assert run_python(code).stdout == "[]\n"


def test_frames_of_polars_need_no_other_library():
    code = """
import sys
import polars, itemset
found = itemset.mine(itemset.Transactions.from_long(polars.DataFrame({"o": [1, 1], "i": ["a", "b"]}), "o", "i"), min_count=1)
print(found.to_polars().height, found.rules().to_polars().height)
print([name for name in ["pandas", "pyarrow", "scipy"] if name in sys.modules])
"""
    done = run_python(code)
    assert done.stdout == "3 2\n[]\n", done.stderr


def test_frames_of_pandas_work_without_pyarrow():
    code = """
import sys
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name.startswith("pyarrow") else found(name, *more)
sys.modules["pyarrow"] = None
import pandas, itemset
from itemset.mlxtend import fpgrowth, association_rules
long = pandas.DataFrame({"o": [1, 1, 2], "i": ["a", "b", "a"]})
del sys.modules["pyarrow"]
baskets = itemset.Transactions.from_long(long, "o", "i")
frame = pandas.DataFrame({"a": [True, True], "b": [True, False]})
print(baskets, len(association_rules(fpgrowth(frame, 0.5), min_threshold=0.1)), len(itemset.mine(frame, min_count=1).to_pandas()))
print("pyarrow" in sys.modules)
"""
    done = run_python(code)
    assert done.stdout == "<Transactions: 2 baskets of 2 items> 2 3\nFalse\n", done.stderr


@pytest.mark.parametrize("kind", ["words of a dictionary", "numbers", "in chunks"])
def test_arrow_data_are_taken_without_a_copy(kind):
    numbers = pa.array(np.arange(10_000_000, dtype=np.int32) % 1000)
    items = numbers
    if kind == "words of a dictionary":
        items = pa.DictionaryArray.from_arrays(numbers, pa.array([f"item{number}" for number in range(1000)]))
    lists = pa.ListArray.from_arrays(pa.array(np.arange(0, len(numbers) + 1, 10, dtype=np.int32)), items)
    column = pa.chunked_array([lists, lists]) if kind == "in chunks" else lists
    rows, entries, places = _itemset.hand_over(pa.table({"items": column}))
    assert (rows, entries) == (len(column), 10 * len(column))
    # The compiled half looks at the memory that pyarrow has.
    assert places == [numbers.buffers()[1].address] * (2 if kind == "in chunks" else 1)


def test_imports_are_quick():
    code = "import time; begin = time.perf_counter(); import itemset; print(time.perf_counter() - begin)"
    run_python(code)
    seconds = [float(run_python(code).stdout) for _ in range(7)]
    # 50 ms on an idle machine; a busy one is given more.
    assert min(seconds) < 0.1, statistics.median(seconds)
