"""Signals, threads, progress, limits, and what is imported."""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import threading
import time

import pytest
from conftest import SHOP, run_python

from itemset import LimitError, Transactions, mine

# Every itemset but the largest is closed: 2^30 of them.
HUGE = [[item for item in range(30) if item != row] for row in range(30)]


def test_an_interrupt_ends_a_search_within_moments():
    code = f"""
import itemset, time
rows = {HUGE!r}
baskets = itemset.Transactions(rows)
print("ready", flush=True)
try:
    itemset.mine(baskets, min_count=1, max_memory=2**60, target="closed")
except KeyboardInterrupt:
    print("interrupted", flush=True)
else:
    print("done", flush=True)
# And the next call works.
print(len(itemset.mine(rows, min_count=29)), flush=True)
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


def test_other_threads_run_while_a_search_does():
    baskets = Transactions(HUGE)
    errors: list[BaseException] = []
    ticks = 0

    def search():
        try:
            mine(baskets, min_count=1, target="closed", time_limit=0.5, max_memory=2**60)
        except LimitError as error:
            errors.append(error)

    thread = threading.Thread(target=search)
    thread.start()
    while thread.is_alive():
        time.sleep(0.002)
        ticks += 1
    assert len(errors) == 1
    # With the lock held there would be a handful.
    assert ticks > 50


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


def test_imports_are_quick():
    code = "import time; begin = time.perf_counter(); import itemset; print(time.perf_counter() - begin)"
    run_python(code)
    seconds = [float(run_python(code).stdout) for _ in range(7)]
    # 50 ms on an idle machine; a busy one is given more.
    assert min(seconds) < 0.1, statistics.median(seconds)
