"""Who may claim to be important, and how often: the defence against importance flooding.

A budget of claims for each child and one for each class; a claim that exceeds either is served, and
passed on, as routine: never dropped, always counted (as routers re-mark what exceeds a profile,
RFC 2475, section 2.3.3). A child that floods spends its own budget, not its siblings'; so budgets
by child come first, and only what they let through is charged to the class.
"""

from collections.abc import Iterable, Mapping

from sim.protocol.routing.bucket import Budget, TokenBucket
from sim.protocol.routing.importance import Importance


class Admission:
    """No budget means no limit. Its memory is a bucket for each child and class, and no more."""

    def __init__(
        self,
        children: Iterable[str] = (),
        per_child: Budget | None = None,
        per_class: Mapping[Importance, Budget] | None = None,
    ) -> None:
        budgets = {} if per_child is None else dict.fromkeys(children, per_child)
        self._children = {child: TokenBucket(budget) for child, budget in budgets.items()}
        self._classes = {rank: TokenBucket(one) for rank, one in (per_class or {}).items()}

    def granted(self, claim: Importance, child: str, now_ns: int) -> Importance:
        """The class that a message from this child is served in."""
        if claim is Importance.ROUTINE:
            return claim
        for bucket in (self._children.get(child), self._classes.get(claim)):
            if bucket is not None and not bucket.take(now_ns):
                return Importance.ROUTINE
        return claim
