#!/usr/bin/env python3
"""Reading a long table into baskets: `mine` beside polars and pandas, in turn, on the same file.

    cargo build --release --example mine
    python3 -m venv venv && venv/bin/pip install polars pandas
    venv/bin/python benches/readers.py FILE.csv [--basket Invoice] [--item Description] [--quantity Quantity]

Each program reads the file, drops returns and missing items, and groups the items of each basket. The time of `mine` is
its own `seconds.read`; those of polars are of one thread and of all, with items as text and as categories; that of
pandas is of grouping to lists. The smallest of several runs counts.
"""

import argparse
import json
import os
import subprocess
import sys
import time

POLARS = """
import sys, time
import polars as pl
path, basket, item, quantity, categories = sys.argv[1:]
start = time.perf_counter()
types = {item: pl.Categorical} if categories == "yes" else {}
table = pl.scan_csv(path, schema_overrides=types).select(basket, item, quantity)
table = table.filter((pl.col(quantity) > 0) & pl.col(item).is_not_null())
baskets = table.group_by(basket, maintain_order=True).agg(pl.col(item).unique()).collect()
print(time.perf_counter() - start, baskets.height)
"""

PANDAS = """
import sys, time
import pandas as pd
path, basket, item, quantity = sys.argv[1:]
start = time.perf_counter()
table = pd.read_csv(path, usecols=[basket, item, quantity])
table = table[(table[quantity] > 0) & table[item].notna()]
baskets = table.groupby(basket, sort=False)[item].agg(list)
print(time.perf_counter() - start, len(baskets))
"""


def python(code, arguments, threads=None):
    environment = dict(os.environ)
    if threads:
        environment["POLARS_MAX_THREADS"] = str(threads)
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    seconds, baskets = done.stdout.split()
    return float(seconds), int(baskets)


def mine(program, file, columns, threads):
    basket, item, quantity = columns
    command = [program, file, "--format", "long", "--basket-columns", basket, "--item-column", item]
    command += ["--quantity-column", quantity, "--threads", str(threads), "--min-support", "0.5", "--count"]
    done = subprocess.run([*command, "--quiet", "--summary", "json"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    summary = json.loads(done.stderr.splitlines()[-1])
    return summary["seconds"]["read"], summary["transactions"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--basket", default="Invoice")
    parser.add_argument("--item", default="Description")
    parser.add_argument("--quantity", default="Quantity")
    parser.add_argument("--mine", default="target/release/examples/mine")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    columns = (given.basket, given.item, given.quantity)
    arguments = [given.file, *columns]
    readers = {
        "mine, 1 thread": lambda: mine(given.mine, given.file, columns, 1),
        "mine, 2 threads": lambda: mine(given.mine, given.file, columns, 2),
        "polars, 1 thread": lambda: python(POLARS, [*arguments, "no"], 1),
        "polars, categories, 1 thread": lambda: python(POLARS, [*arguments, "yes"], 1),
        "polars, 2 threads": lambda: python(POLARS, [*arguments, "no"], 2),
        "polars, categories, 2 threads": lambda: python(POLARS, [*arguments, "yes"], 2),
        "pandas": lambda: python(PANDAS, arguments),
    }
    best = {}
    for _ in range(given.runs):
        for name, read in readers.items():
            seconds, baskets = read()
            best[name] = min(best.get(name, (seconds, baskets)), (seconds, baskets))
    size = os.path.getsize(given.file) / 1e6
    print(f"{'reader':30} {'seconds':>8} {'MB/s':>6} {'baskets':>9}")
    for name, (seconds, baskets) in best.items():
        print(f"{name:30} {seconds:8.2f} {size / seconds:6.0f} {baskets:9}")


if __name__ == "__main__":
    main()
