"""Answers reads of a statistic, or refuses them, by the policy of one consumer.

Availability always answers if anything is held, with the interval widened for what may have
happened since. Consistency answers only with what a quorum stands behind, undisputed and within the
bound; else it refuses and says why. In a partition the first gets old answers, the second none
(Gilbert and Lynch, SIGACT News 33(2), 2002).
"""

from collections.abc import Callable
from dataclasses import dataclass

from sim.protocol.committee import Committee
from sim.protocol.merkle.attestation import Integrity
from sim.protocol.resolver.contract import Held, Policy, Prefer, Read
from sim.protocol.resolver.drift import Drift
from sim.protocol.resolver.spans import SpanAt
from sim.protocol.resolver.widening import half_width
from sim.protocol.signatures import Notary

IsConfirmed = Callable[[Held], bool]
"""Whether a quorum stands behind what is held."""


def by_quorum(committee: Committee, notary: Notary) -> IsConfirmed:
    """A certificate of the very digest that is held, or a quorum of members that hold the same."""

    def is_confirmed(held: Held) -> bool:
        proof = held.certificate
        if (
            proof is not None
            and proof.digest == held.digest
            and notary.is_certified(proof, committee.quorum)
        ):
            return True
        return len(set(held.confirmed_by) & set(range(committee.n))) >= committee.quorum

    return is_confirmed


@dataclass(frozen=True, slots=True)
class Reader:
    """`drift` is how the statistic moves, or None if nobody knows.

    `wanted` says of which span the mean is asked for at an instant; None: of that very instant.
    """

    policy: Policy
    is_confirmed: IsConfirmed
    drift: Drift | None = None
    wanted: SpanAt | None = None

    def read(self, held: Held | None, now_ns: int) -> Read:
        """What the consumer is told now, on the reader's clock."""
        if held is None:
            return refused("nothing is held")
        age_ns = self._age_ns(held.oldest_born_ns, now_ns)
        within_bound = age_ns <= self.policy.bound
        reason = self._objection(held, within_bound)
        if reason:
            return refused(reason, held, age_ns, within_bound)
        mean_age_ns = self._age_ns(held.mean_born_ns, now_ns)
        wanted = None if self.wanted is None else self.wanted(now_ns + self.policy.skew_ns)
        half = half_width(held, mean_age_ns, self.drift, self.policy.level, wanted)
        return Read(
            answered=True,
            reason="",
            value=held.mean,
            age_ns=age_ns,
            coverage=held.coverage,
            low=held.mean - half,
            high=held.mean + half,
            integrity=held.integrity,
            within_bound=within_bound,
            version=held.version,
        )

    def _age_ns(self, born_ns: int, now_ns: int) -> int:
        """At most so old: a clock that is behind the source's must not make it younger."""
        return max(0, now_ns - born_ns) + self.policy.skew_ns

    def _objection(self, held: Held, within_bound: bool) -> str:
        if self.policy.prefer is Prefer.AVAILABILITY:
            return ""
        if not within_bound:
            return "older than the bound"
        if held.integrity is Integrity.DISPUTED:
            return "disputed"
        return "" if self.is_confirmed(held) else "no quorum stands behind it"


def refused(
    reason: str, held: Held | None = None, age_ns: int | None = None, within_bound: bool = False
) -> Read:
    """A read without a value. Its age is told all the same."""
    return Read(
        answered=False,
        reason=reason,
        value=None,
        age_ns=age_ns,
        coverage=0.0 if held is None else held.coverage,
        low=None,
        high=None,
        integrity=Integrity.UNATTESTED if held is None else held.integrity,
        within_bound=within_bound,
        version=None if held is None else held.version,
    )
