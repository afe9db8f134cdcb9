"""One-hot frames with missing values, as mlxtend counts them: an itemset over the baskets in which none of its items is missing."""

from __future__ import annotations

from . import _frames
from ._checks import is_truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

# Rules whose bits are counted together.
_PART = 1 << 12


class Cells:
    """The columns of a frame as bits, a row for each: which baskets have the item, and in which it is missing."""

    def __init__(self, df: Any) -> None:
        import numpy
        import pandas

        missing = pandas.isna(df).to_numpy(dtype=bool)
        values = df.to_numpy(dtype=object, copy=True)
        values[missing] = 0
        self.present = _frames.dense_bytes(values).view(bool)
        self.missing = missing
        self.baskets = len(missing)
        self._present = numpy.packbits(self.present.T, axis=1)
        self._missing = numpy.packbits(missing.T, axis=1)

    def may_be_frequent(self, min_support: float) -> Any:
        """The matrix of what is there or may be there, of the items that are frequent in the baskets that know them."""
        counts, valid = self.present.sum(axis=0), self.baskets - self.missing.sum(axis=0)
        # An item of which nothing is known has no support.
        frequent = (counts >= 1) & (counts / valid.clip(1) >= min_support)
        return (self.present | self.missing) & frequent

    def support(self, places: Sequence[int]) -> float:
        """The support of some items over the baskets that know all of them; 0 if none does."""
        valid = self.baskets - _count(self.any_missing(places))
        return _count(self.all_present(places)) / valid if valid else 0.0

    def any_missing(self, places: Sequence[int]) -> Any:
        """The baskets in which one of some items is missing."""
        import numpy

        return numpy.bitwise_or.reduce(self._missing[list(places)], axis=0)

    def all_present(self, places: Sequence[int]) -> Any:
        """The baskets that have all of some items."""
        import numpy

        return numpy.bitwise_and.reduce(self._present[list(places)], axis=0)


def _count(bits: Any) -> Any:
    """The bits that are set, of each row."""
    import numpy

    if hasattr(numpy, "bitwise_count"):
        return numpy.bitwise_count(bits).sum(axis=-1, dtype=int)
    return numpy.unpackbits(bits, axis=-1).sum(axis=-1, dtype=int)


def places_of(df: Any, itemsets: Iterable[frozenset[Any]]) -> list[list[int]]:
    """The columns of each itemset: by their numbers if its items are such, otherwise by their names."""
    names = {name: place for place, name in enumerate(df.columns)}
    found = []
    for items in itemsets:
        # mlxtend names columns by numbers of numpy.
        are_numbers = all(hasattr(item, "__index__") and not is_truth(item) for item in items)
        if not are_numbers and not all(item in names for item in items):
            raise ValueError(f"invalid df_orig: without a column for {set(items)} (expected the frame of the itemsets)")
        places = sorted(items) if are_numbers else [names[item] for item in items]
        if not all(0 <= place < len(names) for place in places):
            raise ValueError(f"invalid df_orig: without a column for {set(items)} (expected the frame of the itemsets)")
        found.append(places)
    return found


def metrics(cells: Cells, number: int, sides: list[list[int]], left: Any, right: Any, supports: Any) -> dict[str, Any]:
    """All metrics of rules, given by the numbers of their sides in a list and the supports of these; `supports` has those
    of both together. Counted are the baskets that know what a metric is about, as in mlxtend."""
    import numpy

    both, ofs = supports
    missing = numpy.array([cells.any_missing(places) for places in sides])
    present = numpy.array([cells.all_present(places) for places in sides])
    parts = [slice(start, start + _PART) for start in range(0, len(left), _PART)] or [slice(0, 0)]

    def counted(bits: Any) -> Any:
        return numpy.concatenate([_count(bits(left[part], right[part])) for part in parts])

    lacks = _count(missing)
    lacks_both = counted(lambda x, y: missing[x] | missing[y])
    lacks_right = counted(lambda x, y: missing[y] & present[x])
    lacks_left = counted(lambda x, y: missing[x] & present[y])
    x, y = ofs[left], ofs[right]
    found = both * (number - lacks_both)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        confidence = found / (x * (number - lacks[left]) - lacks_right)
        reverse = found / (y * (number - lacks[right]) - lacks_left)
        leverage, largest = both - x * y, numpy.maximum(both * (1 - x), x * (y - both))
        return {
            "antecedent support": x,
            "consequent support": y,
            "support": both,
            "confidence": confidence,
            "lift": confidence / y,
            "representativity": (number - lacks_both) / number,
            "leverage": leverage,
            "conviction": numpy.where(confidence < 1.0, (1.0 - y) / (1.0 - confidence), numpy.inf),
            "zhangs_metric": numpy.where(largest == 0, 0, leverage / largest),
            "jaccard": both / (x + y - both),
            "certainty": numpy.where(y == 1, 0, (confidence - y) / (1 - y)),
            "kulczynski": (confidence + reverse) / 2,
        }
