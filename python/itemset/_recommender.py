"""Rules at work."""

from __future__ import annotations

from typing import NamedTuple

from . import _checks, _itemset
from ._run import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Literal

    from ._rules import Rule, Rules

    Label = str | int
    Policy = Literal["best-confidence", "best-lift", "best-significant", "evidence", "noisy-or", "expected-profit"]


class Recommendation(NamedTuple):
    """An item, how good it is, whether it is there because it is popular and no rule speaks for it, and the best reason."""

    item: Label
    score: float
    is_popular: bool
    reason: str


class Recommender:
    """What to offer for a basket, and why; from `Rules.recommender`.

    >>> from itemset import mine
    >>> baskets = [["beer", "diapers", "chips"], ["beer", "diapers"], ["diapers", "wipes"], ["chips"]]
    >>> recommender = mine(baskets, min_support=0.25).rules(0.1).recommender("best-lift")
    >>> best = recommender.recommend(["diapers", "nappies"], 1)[0]
    >>> best.item, best.reason
    ('beer', 'because of diapers: 67 % of such baskets, 1.3 times the usual')
    >>> recommender.explain(["diapers"], "beer")
    [Rule(antecedent=('diapers',), consequent=('beer',), n=4, n_x=3, n_y=2, n_xy=2)]
    """

    __slots__ = ("_core", "_fill", "_margins", "_policy", "_rules")

    _core: _itemset.RecommenderTable

    def __init__(
        self, rules: Rules, policy: Policy = "best-confidence", margins: Mapping[Label, float] | None = None, fill: bool = False
    ) -> None:
        self._rules, self._policy, self._fill = rules, policy, fill
        self._margins = None if margins is None else dict(_checks.mapping("margins", margins))
        pairs = None
        if self._margins is not None:
            pairs = [(item, _checks.real("margins", margin)) for item, margin in self._margins.items()]
        with running("indexing") as run:
            self._core = rules._core.recommender(policy, pairs, fill, run)

    def recommend(
        self,
        basket: Iterable[Label],
        k: int = 10,
        *,
        only: Iterable[Label] | None = None,
        without: Iterable[Label] | None = None,
    ) -> list[Recommendation]:
        """The `k` best items for a basket, best first, or all if there are fewer. None of the basket's own is among them.

        Labels that no rule has are ignored. `only` and `without` are about what is recommended, not about the basket.
        """
        return self.recommend_all([basket], k, only=only, without=without)[0]

    def recommend_all(
        self,
        baskets: Iterable[Iterable[Label]],
        k: int = 10,
        *,
        only: Iterable[Label] | None = None,
        without: Iterable[Label] | None = None,
    ) -> list[list[Recommendation]]:
        """The same for each of some baskets.

        >>> from itemset import mine
        >>> recommender = mine([["beer", "chips"], ["beer", "chips"], ["wine"]], min_count=1).rules().recommender()
        >>> [[each.item for each in found] for found in recommender.recommend_all([["beer"], ["chips"]], 1)]
        [['chips'], ['beer']]
        """
        rows = [basket if isinstance(basket, str) else list(basket) for basket in baskets]
        found = self._core.recommend(rows, _checks.whole("k", k), only, without)
        return [[Recommendation(*row) for row in rows] for rows in found]

    def explain(self, basket: Iterable[Label], item: Label | None = None) -> list[Rule]:
        """The rules that fire for a basket, best first: those that speak for an item, or all."""
        from ._rules import Rule

        labels: Any = basket if isinstance(basket, str) else list(basket)
        return [Rule(*row) for row in self._core.explain(labels, item)]

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        return f"<Recommender: {len(self)} rules from {self._core.basket_count()} baskets, {self._policy}>"

    def __reduce__(self) -> tuple[Callable[..., Recommender], tuple[Any, ...]]:
        return Recommender, (self._rules, self._policy, self._margins, self._fill)
