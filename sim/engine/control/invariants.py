"""What must hold of decisions in every run, at correct replicas. A violation is a simulator's bug.

* Agreement: correct replicas decide the same; averaging, within epsilon of each other where the
  protocol promises it.
* Validity: somebody proposed what is decided; averaging, it lies between correct candidates. With a
  correct writer, or correct leaders so far, it is one of theirs; else correct replicas accept it.
* Integrity: a replica decides a version once in each of its lives.
* Causality: no decision is faster than the protocol's delays on the quickest way between replicas.
* Certified reads: who prefers consistency reads only what a quorum signed, and correct replicas
  decided.

With more liars than the committee withstands nothing is promised, and nothing but causality,
integrity and the signatures of a quorum demanded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sim.errors import InvariantViolated
from sim.protocol.agreement.certify import statement
from sim.protocol.agreement.contract import Decided, Value
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.committee import Committee
from sim.protocol.resolver.contract import Held, Read
from sim.protocol.signatures import Notary

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Promise:
    """What the protocol of a run promises, and of whom."""

    kind: str
    committee: Committee
    correct: tuple[bool, ...]
    """Which replicas never lie."""
    certified: bool = False
    """Whether replicas vouch for decisions of a protocol that makes no certificates."""
    in_rounds: bool = False
    epsilon: float | None = None
    """How near each other averages must be; None = not promised in this run."""
    spread: float = 1.0
    """As long as the correct candidates are no further apart."""
    round_ns: int | None = None
    """After which a round ends, whether or not messages came; None = never by time."""

    @property
    def is_kept(self) -> bool:
        """Whether the liars are no more than the committee withstands."""
        return self.correct.count(False) <= self.committee.f

    def fastest_ns(self, delay_ns: int, view: int) -> int:
        """The least time from proposal to decision where no message takes less than `delay_ns`."""
        if not self.committee.f:
            return 0  # quorums so small that some need not be waited for
        if not self.in_rounds:
            return (PROTOCOLS[self.kind].hops + self.certified) * delay_ns
        round_ns = PROTOCOLS[self.kind].hops * delay_ns
        return (view + 1) * (round_ns if self.round_ns is None else min(round_ns, self.round_ns))


@dataclass(frozen=True, slots=True)
class _Fact:
    """A replica decided, at an instant of one of its lives."""

    replica: int
    life: int
    at_ns: int
    decided: Decided


Accepts = Callable[[int, int, Value], bool]
"""Whether (replica, slot, value) is what that replica would have decided."""


class Decisions:
    """Told of every proposal and decision; `check` looks at those since the last time.

    `delay_ns` is the shortest way between two replicas that there ever was.
    """

    def __init__(self, promise: Promise, accepts: Accepts, delay_ns: Callable[[], int]) -> None:
        self._promise, self._accepts, self._delay_ns = promise, accepts, delay_ns
        self._candidates: dict[int, dict[int, Value]] = {}
        self._proposed_ns: dict[int, int] = {}
        self._fresh: list[_Fact] = []
        self._once: set[tuple[int, int, int]] = set()
        self._decided: dict[int, dict[int, Value]] = {}
        self._views: dict[int, int] = {}
        """The latest view in which each version was decided."""
        self._statements: set[bytes] = set()

    def proposed(self, version: int, replica: int, value: Value, now_ns: int) -> None:
        """A replica hands its own candidate to its node; who was down may do so later."""
        self._proposed_ns.setdefault(version, now_ns)
        self._candidates.setdefault(version, {})[replica] = value

    def decided(self, replica: int, life: int, decided: Decided, now_ns: int) -> None:
        """A node has decided. Those of liars are none."""
        if self._promise.correct[replica]:
            self._fresh.append(_Fact(replica, life, now_ns, decided))
            slot = decided.slot
            self._views[slot] = max(self._views.get(slot, 0), decided.view)
            self._statements.add(statement(slot, decided.value.digest))

    @property
    def statements(self) -> set[bytes] | None:
        """What certificates are under; None where a quorum of liars can sign anything."""
        return self._statements if self._promise.is_kept else None

    def check(self) -> None:
        """Raises InvariantViolated with the figures."""
        fresh, self._fresh = self._fresh, []
        for fact in fresh:
            self._check_integrity(fact)
            self._check_causality(fact)
            if self._promise.is_kept:
                self._check_validity(fact)
                self._check_agreement(fact)

    def _check_integrity(self, fact: _Fact) -> None:
        key = fact.replica, fact.life, fact.decided.slot
        if key in self._once:
            raise InvariantViolated(f"integrity: {_named(fact)} a second time")
        self._once.add(key)

    def _check_causality(self, fact: _Fact) -> None:
        proposed_ns = self._proposed_ns.get(fact.decided.slot)
        if proposed_ns is None:
            raise InvariantViolated(f"causality: {_named(fact)} before anybody proposed it")
        least_ns = self._promise.fastest_ns(self._delay_ns(), fact.decided.view)
        if fact.at_ns - proposed_ns < least_ns:
            took = f"after {fact.at_ns - proposed_ns} ns, at least {least_ns} are needed"
            raise InvariantViolated(f"causality: {_named(fact)} {took}")

    # Validity

    def _check_validity(self, fact: _Fact) -> None:
        if self._promise.in_rounds:
            self._check_range(fact)
            return
        authors = self._authors(fact)
        candidates = self._candidates[fact.decided.slot]
        value = fact.decided.value
        if any(candidates.get(one) == value for one in authors):
            return
        if all(self._promise.correct[one] for one in authors):
            raise InvariantViolated(f"validity: {_named(fact)}, which nobody had proposed")
        if not any(self._accepts(one, fact.decided.slot, value) for one in self._correct):
            raise InvariantViolated(f"validity: {_named(fact)}, which no correct one accepts")

    def _authors(self, fact: _Fact) -> list[int]:
        """Whose candidates may have been decided."""
        author = PROTOCOLS[self._promise.kind].author
        if author == "itself":
            return [fact.replica]
        if author == "writer":
            return [0]
        # Who was told of a decision may be in an earlier view than those who made it.
        n, last = self._promise.committee.n, self._views[fact.decided.slot]
        return [view % n for view in range(max(0, last - n + 1), last + 1)]

    def _check_range(self, fact: _Fact) -> None:
        for number, (low, high) in zip(
            fact.decided.value.numbers, self._ranges(fact.decided.slot), strict=True
        ):
            room = _ROUNDING * max(1.0, abs(low), abs(high))
            if not low - room <= number <= high + room:
                away = f"{number}, not within [{low}, {high}] of correct candidates"
                raise InvariantViolated(f"validity: {_named(fact)}: {away}")

    def _ranges(self, version: int) -> list[tuple[float, float]]:
        """Least and largest of the correct candidates in each coordinate."""
        correct = [
            value.numbers
            for replica, value in self._candidates[version].items()
            if self._promise.correct[replica]
        ]
        return [(min(column), max(column)) for column in zip(*correct, strict=True)]

    @property
    def _correct(self) -> list[int]:
        return [replica for replica, is_correct in enumerate(self._promise.correct) if is_correct]

    # Agreement

    def _check_agreement(self, fact: _Fact) -> None:
        version, value = fact.decided.slot, fact.decided.value
        others = self._decided.setdefault(version, {})
        for other, found in others.items():
            if self._promise.kind != "versions" and not self._agree(version, value, found):
                raise InvariantViolated(
                    f"agreement: {_named(fact)}, and root-0/{other} {_said(found)}"
                )
        others[fact.replica] = value

    def _agree(self, version: int, one: Value, other: Value) -> bool:
        if not self._promise.in_rounds:
            return one == other
        epsilon = self._promise.epsilon
        ranges = self._ranges(version)
        if epsilon is None or any(high - low > self._promise.spread for low, high in ranges):
            return True
        apart = max(abs(a - b) for a, b in zip(one.numbers, other.numbers, strict=True))
        return apart <= epsilon * (1 + _ROUNDING)


def check_certified_read(
    read: Read,
    held: Held | None,
    committee: Committee,
    notary: Notary,
    statements: set[bytes] | None,
) -> None:
    """An answer to one who prefers consistency. Raises InvariantViolated if it proves nothing.

    `statements` are those under which correct replicas decided; None = more lie than may, and the
    signatures of a quorum are all that can be demanded.
    """
    if not read.answered:
        return
    proof = None if held is None else held.certificate
    if held is None or proof is None:
        raise InvariantViolated(f"certified reads: version {read.version} has no certificate")
    if proof.digest != held.digest or not notary.is_certified(proof, committee.quorum):
        raise InvariantViolated(f"certified reads: no quorum signed version {read.version}")
    if statements is not None and held.digest not in statements:
        raise InvariantViolated(f"certified reads: nobody decided version {read.version}")


def _named(fact: _Fact) -> str:
    version = fact.decided.slot
    return f"root-0/{fact.replica} decided version {version} as {_said(fact.decided.value)}"


def _said(value: Value) -> str:
    return value.digest.hex()[:16]
