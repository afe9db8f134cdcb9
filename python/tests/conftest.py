"""What the tests share: small data, the plain definitions of what is tested, and the folder of real data."""

from __future__ import annotations

import itertools
import os
import pathlib
import subprocess
import sys

import hypothesis
import pytest

# Times are those of a busy machine.
hypothesis.settings.register_profile("itemset", deadline=None, max_examples=30, derandomize=True, database=None)
hypothesis.settings.load_profile("itemset")

SHOP = [
    ["beer", "diapers", "chips"],
    ["beer", "diapers"],
    ["diapers", "wipes"],
    ["chips"],
    [],
    ["beer", "chips", "diapers", "wipes"],
]


def counts_of(baskets: list[list]) -> dict[frozenset, int]:
    """How many baskets each itemset is in, by enumerating all subsets of each basket."""
    counts: dict[frozenset, int] = {}
    for basket in baskets:
        items = sorted(set(basket))
        for size in range(1, len(items) + 1):
            for chosen in itertools.combinations(items, size):
                key = frozenset(chosen)
                counts[key] = counts.get(key, 0) + 1
    return counts


def frequent(baskets: list[list], min_count: int) -> dict[frozenset, int]:
    return {items: count for items, count in counts_of(baskets).items() if count >= min_count}


def found(itemsets) -> dict[frozenset, int]:
    """The same of a result. Nothing is listed twice."""
    rows = list(itemsets)
    result = {frozenset(row.items): row.count for row in rows}
    assert len(result) == len(rows)
    return result


def refused(call, *said: str) -> None:
    """Checks that a call raises `ValueError`, and that its text has some parts."""
    with pytest.raises(ValueError) as raised:
        call()
    for part in said:
        assert part in str(raised.value), str(raised.value)


def run_python(code: str, **more) -> subprocess.CompletedProcess:
    """Runs a program in a Python of its own, outside of this folder."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=pathlib.Path(sys.prefix), timeout=120, **more
    )


@pytest.fixture(scope="session")
def real_data() -> pathlib.Path:
    folder = os.environ.get("ITEMSET_DATA")
    if not folder:
        pytest.skip("NO REAL DATA: ITEMSET_DATA is not set")
    return pathlib.Path(folder)


def pytest_terminal_summary(terminalreporter) -> None:
    if not os.environ.get("ITEMSET_DATA"):
        terminalreporter.write_line(
            "!!!!!!!! KNOWN ANSWERS WERE NOT CHECKED: ITEMSET_DATA is not set to a folder with real data", red=True
        )
