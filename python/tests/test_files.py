"""Baskets from files."""

from __future__ import annotations

import gzip

import pytest

from itemset import Transactions, mine

ROWS = [["beer", "diapers"], ["beer"], ["chips", "diapers"]]
LONG = "order,product,quantity\n1,beer,1\n1,diapers,2\n2,beer,1\n3,chips,1\n3,diapers,1\n3,beer,-1\n"
FILES = {
    "lines": ("a.dat", "beer diapers\nbeer\nchips diapers\n", {}),
    "lines with commas": ("a.csv", "beer, diapers\nbeer\n\nchips,diapers\n", dict(delimiter=",")),
    "tabs": ("a.txt", "beer\tdiapers\nbeer\nchips\tdiapers\n", dict(delimiter="\t")),
    "line items": ("a.csv", LONG, dict(basket="order", item="product", quantity="quantity")),
    "one-hot": ("a.csv", "beer,chips,diapers\n1,0,1\n1,0,0\n0,1,1\n", dict(format="one-hot")),
    "sparse": ("a.txt", "beer:1 diapers:1\nbeer:1 chips:0\nchips:1 diapers:2\n", dict(format="sparse", delimiter="whitespace")),
    "lists of JSON": ("a.jsonl", '{"items":["beer","diapers"]}\n{"items":["beer"]}\n{"items":["chips","diapers"]}\n', {}),
    "line items of JSON": (
        "a.jsonl",
        "".join(f'{{"o":{number},"i":"{item}"}}\n' for number, row in enumerate(ROWS) for item in row),
        dict(basket="o", item="i"),
    ),
    "with comments and null words": ("a.dat", "# sold\nbeer diapers\nbeer NA\nchips diapers\n", dict(comment="#", nulls=["NA"])),
    "upper case": ("a.dat", "Beer DIAPERS\nbeer\nchips diapers\n", dict(case_fold=True)),
}


@pytest.mark.parametrize(("name", "text", "settings"), FILES.values(), ids=FILES)
@pytest.mark.parametrize("compressed", [False, True])
def test_formats(tmp_path, name, text, settings, compressed):
    path = tmp_path / (name + ".gz" if compressed else name)
    path.write_bytes(gzip.compress(text.encode()) if compressed else text.encode())
    baskets = Transactions.read(path, **settings)
    assert [sorted(basket) for basket in baskets] == ROWS
    assert baskets.report.startswith("3 baskets with 5 items")
    assert list(mine(baskets, min_count=1)) == list(mine(ROWS, min_count=1))


def test_other_encodings(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("Käse Wein\n".encode("latin-1"))
    assert Transactions.read(path, encoding="latin-1").items == ["Käse", "Wein"]
    with pytest.raises(ValueError, match="a.txt: line 1"):
        Transactions.read(path)


def test_weights_and_ids(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("beer,chips,n\n1,0,3\n1,1,2\n")
    assert Transactions.read(path, "one-hot", weight="n").count_of("beer") == 5
    path.write_text("b1 beer chips\nb2 beer\n")
    assert Transactions.read(path, id="1").items == ["beer", "chips"]


def test_files_that_cannot_be_read_are_os_errors(tmp_path):
    with pytest.raises(FileNotFoundError) as raised:
        Transactions.read(tmp_path / "none.dat")
    assert raised.value.filename == str(tmp_path / "none.dat")
    with pytest.raises(IsADirectoryError):
        Transactions.read(tmp_path)
    damaged = tmp_path / "damaged.gz"
    damaged.write_bytes(gzip.compress(b"beer chips\n" * 1000)[:-20])
    with pytest.raises(ValueError, match="damaged.gz: line .* ends too early"):
        Transactions.read(damaged)


def test_what_is_wrong_is_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("order,item\n1,beer,x\n")
    for settings, said in [
        (dict(basket="order", item="item"), f"{path}: line 2"),
        (dict(basket="ordr", item="item"), "ordr"),
        (dict(format="long"), "expected with basket and item"),
        (dict(format="exel"), "invalid format: exel"),
        (dict(delimiter="ab"), "invalid delimiter"),
        (dict(encoding="utf-7"), "invalid encoding"),
        (dict(trim="all"), "invalid trim"),
        (dict(threads=0), "invalid threads"),
    ]:
        with pytest.raises(ValueError) as raised:
            Transactions.read(path, **settings)
        assert said in str(raised.value)
    report = Transactions.read(path, basket="order", item="item", lenient=True).report
    assert "1 row skipped" in report
