#!/usr/bin/env python3
"""Makes the data sets of this folder, and the answers that `known_answers` compares with.

    make.py          writes sparse.dat, dense.dat and answers.json
    make.py --check  compares them with what it would write

Nothing here comes from the crate but the baskets of its sample supermarket. The itemsets are found by PyFIM
(Christian Borgelt's C programs, `pip install pyfim`), and the closed, maximal and generator itemsets found once more from
all itemsets by their definitions. The counts of one threshold of each set are counted again in the baskets themselves.
"""
import itertools, json, pathlib, random, sys

import fim

HERE = pathlib.Path(__file__).parent
SUPERMARKET = HERE.parent.parent / "examples" / "data" / "supermarket.csv"


def sparse():
    """3000 baskets of about eight items out of 400: parts of 60 patterns that share items, and single items.

    Only `random()` is used: of all methods it alone gives the same numbers in every version of Python.
    """
    draw = random.Random(20260101).random
    below = lambda n: int(draw() * n)
    item = lambda: int(400 * draw() ** 2) + 1
    patterns = []
    for _ in range(60):
        shared = [i for i in (patterns[-1] if patterns else []) if draw() < 0.4]
        patterns.append(sorted({*shared, *(item() for _ in range(2 + below(5)))}))
    rows = []
    for _ in range(3000):
        row = set()
        while draw() < 0.8 and len(row) < 14:
            pattern = patterns[int(60 * draw() ** 1.5)]
            row.update(i for i in pattern if draw() < 0.85)
        row.update(item() for _ in range(1 + below(3)))
        rows.append(sorted(row))
    return rows


def dense():
    """600 rows of 14 attributes, one value each, that mostly follow one of three prototypes: long itemsets, few of them closed.

    Attribute 13 is a function of two others, and each row holds item 1.
    """
    draw = random.Random(20260202).random
    sizes = [2, 3, 4, 2, 5, 3, 2, 4, 3, 2, 6, 2, 3]
    prototypes = [[int(draw() ** 2 * size) for size in sizes] for _ in range(3)]
    rows = []
    for _ in range(600):
        prototype = prototypes[int(3 * draw() ** 1.5)]
        values = [value if draw() < 0.86 else int(draw() * size) for value, size in zip(prototype, sizes)]
        values.append((values[0] + values[1]) % 3)
        first, row = 2, [1]
        for value, size in zip(values, sizes + [3]):
            row.append(first + value)
            first += size
        rows.append(row)
    return rows


def digest(found, numbers):
    """FNV-1a (64 bits) of the lines `items (count)`, sorted, with the items of each in order."""
    key = int if numbers else str
    lines = sorted(f"{' '.join(sorted(items, key=key))} ({count})\n" for items, count in found.items())
    value = 0xCBF29CE484222325
    for byte in "".join(lines).encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def mined(rows, min_count):
    """All frequent itemsets by SaM, the one of PyFIM's programs besides RElim that finds what is in every basket."""
    return {frozenset(items): count for items, count in fim.sam(rows, supp=-min_count)}


def agrees(rows, target, min_count, defined):
    """Whether PyFIM finds the same but for what is in every basket."""
    found = {frozenset(items): count for items, count in fim.fim(rows, target=target, supp=-min_count)}
    return found == {items: count for items, count in defined.items() if count < len(rows)}


def by_definition(found, n):
    """Closed, maximal and generators among all frequent itemsets."""
    best_above = {}
    for items, count in found.items():
        for item in items:
            smaller = items - {item}
            best_above[smaller] = max(best_above.get(smaller, 0), count)
    closed = {items: count for items, count in found.items() if best_above.get(items, 0) < count}
    maximal = {items: count for items, count in found.items() if items not in best_above}
    generators = {
        items: count
        for items, count in found.items()
        if all(found.get(items - {item}, n if len(items) == 1 else None) > count for item in items)
    }
    return closed, maximal, generators


def rules(found, numerator, denominator):
    """Rules with a confidence of at least numerator / denominator, with one item on the right, and with any number."""
    single = several = 0
    for items, count in found.items():
        for size in range(1, len(items)):
            for antecedent in itertools.combinations(items, size):
                if count * denominator >= found[frozenset(antecedent)] * numerator:
                    several += 1
                    single += size == len(items) - 1
    return {"confidence": [numerator, denominator], "one": single, "any": several}


def case(rows, numbers, min_count, confidence, recount):
    found = mined(rows, min_count)
    assert agrees(rows, "s", min_count, found)
    targets = dict(zip(("closed", "maximal", "generators"), by_definition(found, len(rows))))
    for target, defined in targets.items():
        assert agrees(rows, target[0], min_count, defined), f"PyFIM differs from the definition: {target}"
    if recount:
        sets = [set(row) for row in rows]
        for items, count in found.items():
            assert sum(items <= row for row in sets) == count
    longest = max(map(len, found))
    answer = {
        "min_count": min_count,
        "by_len": [sum(len(items) == length for items in found) for length in range(1, longest + 1)],
        "sum_of_counts": sum(found.values()),
        "rules": rules(found, *confidence),
    }
    for target, itemsets in {"all": found, **targets}.items():
        answer[target] = {"itemsets": len(itemsets), "digest": digest(itemsets, numbers)}
    return answer


def data_set(file, rows, numbers, thresholds, confidence, recounted):
    return {
        "file": file,
        "baskets": len(rows),
        "entries": sum(map(len, rows)),
        "items": len(set(itertools.chain(*rows))),
        "cases": [case(rows, numbers, least, confidence, least == recounted) for least in thresholds],
    }


def text(rows):
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


def main():
    as_labels = lambda rows: [list(map(str, row)) for row in rows]
    goods = [sorted(set(line.split(","))) for line in SUPERMARKET.read_text().splitlines()]
    answers = [
        data_set("tests/data/sparse.dat", as_labels(sparse()), True, [300, 60, 20], (6, 10), 60),
        data_set("tests/data/dense.dat", as_labels(dense()), True, [330, 260, 180], (9, 10), 330),
        data_set("examples/data/supermarket.csv", goods, False, [1000, 200, 50, 15], (1, 2), 1000),
    ]
    files = {"sparse.dat": text(sparse()), "dense.dat": text(dense()), "answers.json": json.dumps(answers, indent=1) + "\n"}
    for name, content in files.items():
        if "--check" not in sys.argv:
            (HERE / name).write_text(content, newline="\n")
        assert (HERE / name).read_text() == content, f"{name} differs"
    for data in answers:
        for found in data["cases"]:
            counts = {target: found[target]["itemsets"] for target in ("all", "closed", "maximal", "generators")}
            print(data["file"], found["min_count"], counts, found["by_len"], found["rules"])


main()
