"""Times of this package beside others, from frame to frame. Minima of several runs, in turn.

    pip install mlxtend efficient-apriori fastapriori pandas pyarrow
    python benches/compare.py path/to/T10I4D100K.dat [--min-count 100] [--runs 5] [--skip mlxtend,efficient-apriori]

The file has one basket a line. Prints what each call takes, and the quotients; checks that results agree. Others use one
processor, and this package all of them.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa

import itemset
from itemset.mlxtend import association_rules, fpgrowth

warnings.simplefilter("ignore")
CONFIDENCE = 0.5


def best_of(runs: int, call):
    """The least seconds of some runs, and the last result."""
    least = float("inf")
    for _ in range(runs):
        begin = time.perf_counter()
        result = call()
        least = min(least, time.perf_counter() - begin)
    return least, result


def show(what: str, seconds: float, than: float | None = None) -> None:
    times = "" if than is None else f"   {seconds / than:8.1f} x"
    print(f"{what:58} {seconds * 1000:12.1f} ms{times}", flush=True)


def ours(frame: pd.DataFrame, fraction: float) -> pd.DataFrame:
    return association_rules(fpgrowth(frame, fraction, use_colnames=True), min_threshold=CONFIDENCE)


def beside_mlxtend(frame: pd.DataFrame, fraction: float, runs: int, than: float, rules: pd.DataFrame) -> None:
    import mlxtend.frequent_patterns as theirs

    def call() -> pd.DataFrame:
        return theirs.association_rules(theirs.fpgrowth(frame, fraction, use_colnames=True), min_threshold=CONFIDENCE)

    seconds, result = best_of(runs, call)
    show(f"mlxtend: fpgrowth and association_rules, {len(result)} rules", seconds, than)
    assert list(result.columns) == list(rules.columns)
    sides = [list(zip(frame["antecedents"], frame["consequents"], strict=True)) for frame in (rules, result)]
    places = {pair: place for place, pair in enumerate(sides[0])}
    assert len(places) == len(rules) and len(set(sides[1])) == len(result)
    # All of theirs are among ours, which may have more: theirs compares rounded floats with the thresholds.
    found = rules.iloc[[places[pair] for pair in sides[1]]]
    for metric in result.columns[2:]:
        assert np.allclose(found[metric], result[metric], rtol=1e-9, atol=1e-12, equal_nan=True), metric
    more = rules.drop(index=found.index)
    assert (np.isclose(more["confidence"], CONFIDENCE) | np.isclose(more["support"], fraction)).all()
    left_out = f", but for {len(more)} rules exactly on a threshold, which it leaves out" if len(more) else ""
    print(f"    with equal output{left_out}")


def beside_efficient_apriori(rows: list[list[str]], frame: pd.DataFrame, fraction: float, runs: int) -> None:
    from efficient_apriori import apriori

    def theirs() -> pd.DataFrame:
        # By default it leaves out itemsets of more than 8 items.
        longest = max(map(len, rows))
        _, rules = apriori(rows, min_support=fraction, min_confidence=CONFIDENCE, max_length=longest)
        return pd.DataFrame([(rule.lhs, rule.rhs, rule.confidence, rule.lift) for rule in rules])

    def own() -> pd.DataFrame:
        itemsets = itemset.mine(rows, min_support=fraction)
        return itemsets.rules(CONFIDENCE, consequents="any").to_pandas(["confidence", "lift"])

    than, result = best_of(runs, own)
    show(f"itemset: lists to a frame, {len(result)} rules", than)
    seconds, others = best_of(1, theirs)
    show(f"efficient-apriori: lists to a frame, {len(others)} rules", seconds, than)
    sides = [(frozenset(x), frozenset(y)) for x, y in others[[0, 1]].to_numpy()]
    ours = {(frozenset(row[0]), frozenset(row[1])): row[-2:] for row in result.itertuples(index=False, name=None)}
    assert len(ours) == len(set(sides)) == len(others)
    assert np.allclose([ours[pair] for pair in sides], others[[2, 3]])
    print("    with equal output")


def beside_fastapriori(rows: list[list[str]], fraction: float, runs: int) -> None:
    """Its task: all rules between two items, and from two items to a third, of a frame of line items."""
    import fastapriori

    frame = pd.DataFrame(
        {
            "basket": [number for number, row in enumerate(rows) for _ in row],
            "item": [item for row in rows for item in row],
        }
    )
    measures = {2: ["support", "confidence", "lift", "conviction", "leverage", "cosine", "jaccard"]}
    measures[3] = measures[2][:3]

    def own(size: int) -> pd.DataFrame:
        baskets = itemset.Transactions.from_long(frame, "basket", "item")
        itemsets = itemset.mine(baskets, min_support=fraction, max_len=size)
        return itemsets.rules(0.0, antecedent_len=(size - 1, size - 1)).to_pandas(measures[size])

    def theirs(size: int) -> pd.DataFrame:
        return fastapriori.find_associations(frame, "basket", "item", k=size, min_support=fraction)

    for size in (2, 3):
        than, result = best_of(runs, lambda size=size: own(size))
        show(f"itemset: {len(result)} rules of {size} items", than)
        seconds, others = best_of(runs, lambda size=size: theirs(size))
        show(f"fastapriori: {len(others)} rules of {size} items", seconds, than)
        sides = others.columns[:size]
        ours = {(*x, *y): row for x, y, *row in result[["antecedent", "consequent", "n_xy", *measures[size]]].to_numpy()}
        for *items, count in others[[*sides, "instances"]].to_numpy():
            items = tuple(map(str, items))
            assert (ours.get(items) or ours[(*sorted(items[:-1]), items[-1])])[0] == count, items
        assert len(ours) == len(others)
        for measure in measures[size]:
            # Theirs are rounded to six digits, and so is what they are computed from.
            same = np.allclose(np.sort(result[measure]), np.sort(others[measure]), rtol=1e-6, atol=1e-6, equal_nan=True)
            assert same, measure
        print("    with equal output")


def hand_over(entries: int, runs: int) -> None:
    """Baskets of ten items as a column of lists, whose items are words of a dictionary."""
    random = np.random.default_rng(0)
    codes = random.integers(0, 1000, entries, dtype=np.int32)
    ends = np.arange(0, entries + 1, 10, dtype=np.int32)
    words = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([f"item{number}" for number in range(1000)]))
    table = pa.table({"items": pa.ListArray.from_arrays(pa.array(ends), words)})
    seconds, rows = best_of(runs, lambda: itemset._itemset.hand_over(table))
    show(f"hand-over of {entries} entries by Arrow, {rows[1]} taken", seconds)
    seconds, _ = best_of(runs, lambda: itemset.Transactions.from_lists(table, "items"))
    show("the same, and made baskets", seconds)


def import_time(runs: int) -> None:
    code = "import time; begin = time.perf_counter(); import itemset; print(time.perf_counter() - begin)"
    # From elsewhere: the folder of the sources has no compiled half.
    run = [sys.executable, "-c", code]
    texts = [subprocess.run(run, capture_output=True, text=True, check=True, cwd=sys.prefix).stdout for _ in range(runs + 2)]
    show("import itemset", min(map(float, texts)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--min-count", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--skip", default="", help="names of others that are not compared, with commas")
    options = parser.parse_args()
    skipped = options.skip.split(",")

    rows = [line.split() for line in options.file.read_text().splitlines() if line.strip()]
    fraction = options.min_count / len(rows)
    items = sorted({item for row in rows for item in row})
    places = {item: place for place, item in enumerate(items)}
    values = np.zeros((len(rows), len(items)), dtype=bool)
    for row, basket in enumerate(rows):
        values[row, [places[item] for item in basket]] = True
    frame = pd.DataFrame(values, columns=items)
    print(f"{options.file.name}: {len(rows)} baskets, {len(items)} items, min count {options.min_count}\n")

    import_time(options.runs)
    hand_over(10_000_000, options.runs)
    than, result = best_of(options.runs, lambda: ours(frame, fraction))
    show(f"itemset: fpgrowth and association_rules, {len(result)} rules", than)
    if "mlxtend" not in skipped:
        beside_mlxtend(frame, fraction, 1, than, result)
    if "efficient-apriori" not in skipped:
        beside_efficient_apriori(rows, frame, fraction, options.runs)
    if "fastapriori" not in skipped:
        beside_fastapriori(rows, fraction, options.runs)


if __name__ == "__main__":
    main()
