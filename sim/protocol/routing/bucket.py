"""Token buckets in whole numbers: no rounding, so no drift however long a run is.

What is counted is credit in parts of a token, `per_ns` to the token; a nanosecond brings `rate` of
them. In any span t no more than burst + rate t / per_ns tokens leave the bucket (Cruz, "A calculus
for network delay", IEEE Trans. IT 1991: a (sigma, rho) regulator).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """`rate` tokens in every `per_ns`, and at most `burst` at once.

    Raises ValueError where nothing would ever get through.
    """

    rate: int
    per_ns: int
    burst: int

    def __post_init__(self) -> None:
        if min(self.rate, self.per_ns, self.burst) < 1:
            raise ValueError(f"a budget needs a rate, a span and a burst of at least 1: {self}")


class TokenBucket:
    """Full when it is made. Its clock may jump back; then nothing flows in meanwhile."""

    def __init__(self, budget: Budget, now_ns: int = 0) -> None:
        self._budget, self._at_ns = budget, now_ns
        self._credit = self._credit_max = budget.burst * budget.per_ns

    def take(self, now_ns: int, tokens: int = 1) -> bool:
        """Take so many tokens if there are as many; nothing is taken otherwise."""
        flown = max(0, now_ns - self._at_ns) * self._budget.rate
        self._credit = min(self._credit_max, self._credit + flown)
        self._at_ns = max(self._at_ns, now_ns)
        cost = tokens * self._budget.per_ns
        if cost > self._credit:
            return False
        self._credit -= cost
        return True
