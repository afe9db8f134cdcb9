"""Errors say it in the words of Python."""

from __future__ import annotations

import re

import pytest
from conftest import SHOP

from itemset import Miner, Transactions, Window, mine
from itemset.distributed import ItemCounts, MinePlan

DATA = Transactions(SHOP)
RUST = re.compile(r"::|feature|build with|\bcrate\b|\bu32\b|\bRust\b|Some\(|_arrow_60|read_parquet|unwrap")


def write(path, content: bytes):
    path.write_bytes(content)
    return path


CALLS = {
    "fraction": lambda _: mine(DATA, min_support=1.5),
    "no fraction": lambda _: mine(DATA, min_support=0.0),
    "nan": lambda _: mine(DATA, min_support=float("nan")),
    "count": lambda _: mine(DATA, min_count=0),
    "target": lambda _: mine(DATA, target="al"),
    "algorithm": lambda _: mine(DATA, algorithm="fp"),
    "engine": lambda _: mine(DATA, algorithm="apriori", target="closed"),
    "engine under constraints": lambda _: mine(DATA, algorithm="fp-growth", exclude=["beer"]),
    "min_len": lambda _: mine(DATA, min_len=0),
    "max_len": lambda _: mine(DATA, max_len=0),
    "negative": lambda _: mine(DATA, max_len=-1),
    "no whole number": lambda _: mine(DATA, min_len=1.5),
    "too great": lambda _: mine(DATA, top_k=10**30),
    "negative limit": lambda _: mine(DATA, max_itemsets=-1),
    "threads": lambda _: mine(DATA, threads=0),
    "time": lambda _: mine(DATA, time_limit=-1.0),
    "limit": lambda _: mine(DATA, min_count=1, max_itemsets=1),
    "memory": lambda _: mine(DATA, min_count=1, max_memory=1),
    "no time": lambda _: mine([list(range(30))] * 2, min_count=1, time_limit=0.0),
    "item threshold": lambda _: mine(DATA, item_min_support={"beer": 7.5}),
    "length threshold": lambda _: mine(DATA, min_support_at_len={0: 0.5}),
    "largest": lambda _: mine(DATA, max_support=7.5),
    "confidence": lambda _: mine(DATA, min_count=1).rules(2.0),
    "measure": lambda _: mine(DATA, min_count=1).rules(min={"lifd": 1.0}),
    "bound": lambda _: mine(DATA, min_count=1).rules(min={"lift": float("nan")}),
    "redundant": lambda _: mine(DATA, min_count=1).rules(non_redundant=2.0),
    "consequents": lambda _: mine(DATA, min_count=1).rules(consequents="all"),
    "alpha": lambda _: mine(DATA, min_count=1).rules().significant(0.0),
    "correction": lambda _: mine(DATA, min_count=1).rules().significant(0.5, "hulm"),
    "plot": lambda _: mine(DATA, min_count=1).rules().plot("items"),
    "plots": lambda _: mine(DATA, min_count=1).rules().plot("scutter"),
    "policy": lambda _: mine(DATA, min_count=1).rules().recommender("expected-profit"),
    "window": lambda _: Window(min_support=7.5).refresh(),
    "estimate": lambda _: Miner(min_support=7.5).estimate(DATA),
    "counts": lambda _: MinePlan(ItemCounts.from_counts({"beer": 3}, 4), 2, min_support=7.5),
    "groups": lambda _: MinePlan(ItemCounts.from_counts({"beer": 3}, 4), 0, min_count=1),
    "parquet": lambda path: Transactions.read(write(path / "x", b"PAR1\0\0\0\0")),
    "zstd": lambda path: Transactions.read(write(path / "x", b"\x28\xb5\x2f\xfd\0\0")),
    "gzip": lambda path: Transactions.read(write(path / "x", b"\x1f\x8b\x08\0\0\0")),
    "utf-16": lambda path: Transactions.read(write(path / "x", "a b\n".encode("utf-16"))),
    "utf-8": lambda path: Transactions.read(write(path / "x", b"\xff\xe9\n")),
    "format": lambda path: Transactions.read(write(path / "x", b"a b\n"), format="unicorn"),
    "delimiter": lambda path: Transactions.read(write(path / "x", b"a b\n"), delimiter="\u20ac\u20ac"),
    "column": lambda path: Transactions.read(write(path / "x", b"a,b\n1,2\n"), format="long", basket="z", item="b"),
}


@pytest.mark.parametrize("name", CALLS)
def test_errors_speak_of_what_python_has(name, tmp_path):
    with pytest.raises((ValueError, OSError)) as caught:
        CALLS[name](tmp_path)
    text = str(caught.value)
    assert text and not RUST.search(text), text
