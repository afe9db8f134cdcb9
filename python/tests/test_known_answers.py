"""Real data, with numbers that other programs found too. Needs the folder that ITEMSET_DATA names."""

from __future__ import annotations

import pytest

from itemset import Transactions, mine

# Itemsets of the data sets of the FIMI repository.
ANSWERS = [
    ("T10I4D100K.dat", 100, "all", 27532),
    ("mushroom.dat", 2000, "all", 6623),
]


@pytest.mark.parametrize(("name", "min_count", "target", "expected"), ANSWERS)
def test_numbers_of_itemsets(real_data, name, min_count, target, expected):
    baskets = Transactions.read(real_data / "data" / name)
    assert len(mine(baskets, min_count=min_count, target=target)) == expected


def test_files_and_lists_and_arrow_are_the_same(real_data):
    import pyarrow

    path = real_data / "data" / "retail.dat"
    from_file = Transactions.read(path)
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    for baskets in [Transactions(rows), Transactions(pyarrow.array(rows))]:
        assert baskets == from_file
        assert mine(baskets, min_count=100) == mine(from_file, min_count=100)
