"""Proofs of fraud: statements that convict their own author, before anybody who holds the keys.

Three kinds: two statements that contradict each other, one that cannot be true, and an opening that
does not add up. Nobody needs to believe the accuser, and nobody honest can be convicted: each kind
rests on signatures of the accused on something that an honest member never signs. What leaves no
such trace (silence, a child left out as absent) is no fraud that can be proved; `attestation` finds
it by what is missing.
"""

from dataclasses import dataclass
from typing import NamedTuple

from sim.protocol.merkle.bounds import Reason
from sim.protocol.merkle.checks import check_opening, check_statements
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.statements import Opening, Statement


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements of one author: different ones for one round, or versions that cannot be."""

    first: Statement
    second: Statement


@dataclass(frozen=True, slots=True)
class Impossible:
    """A statement that cannot be true, whatever else is."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class WrongMerge:
    """An opening in which the author did not do what an aggregator must."""

    opening: Opening


FraudProof = Contradiction | Impossible | WrongMerge


class Conviction(NamedTuple):
    """Who lied, in which round, and how."""

    name: Name
    epoch: int
    reasons: tuple[Reason, ...]


def verify_fraud(proof: FraudProof, keys: Keys, registry: Registry) -> Conviction | None:
    """Who is guilty by this proof; None if it proves nothing.

    `registry` is that of the proof's round: of a member that had no seat nothing can be proved.
    """
    match proof:
        case Contradiction(first, second):
            return _contradiction(first, second, keys, registry)
        case Impossible(statement):
            return _impossible(statement, keys, registry)
        case WrongMerge(opening):
            return _wrong_merge(opening, keys, registry)


def contradict(first: Statement, second: Statement, registry: Registry) -> Reason | None:
    """Why one honest author cannot have said both; None if it can."""
    if first.author != second.author:
        return None
    earlier, later = sorted((first, second), key=lambda one: one.epoch)
    if earlier.epoch == later.epoch:
        return Reason.EQUIVOCATION if earlier.message != later.message else None
    # From somewhere in the earlier round to somewhere in the later one: one round more at most.
    rounds = later.epoch - earlier.epoch + 1
    reports = later.version - earlier.version
    return None if 0 <= reports <= rounds * registry.versions_per_epoch else Reason.VERSION


def _contradiction(
    first: Statement, second: Statement, keys: Keys, registry: Registry
) -> Conviction | None:
    reason = contradict(first, second, registry)
    if reason is None or registry.seat_of(first.author) is None:
        return None
    if not (first.is_signed(keys) and second.is_signed(keys)):
        return None
    return Conviction(first.author, min(first.epoch, second.epoch), (reason,))


def _impossible(statement: Statement, keys: Keys, registry: Registry) -> Conviction | None:
    if registry.seat_of(statement.author) is None or not statement.is_signed(keys):
        return None
    found = check_statements([statement], keys, registry)
    return _convict(statement, [violation.reason for violation in found])


def _wrong_merge(opening: Opening, keys: Keys, registry: Registry) -> Conviction | None:
    statement = opening.statement
    if registry.seat_of(statement.author) is None or not opening.is_signed(keys):
        return None
    found = check_opening(opening, keys, registry)
    return _convict(statement, [violation.reason for violation in found])


def _convict(statement: Statement, reasons: list[Reason]) -> Conviction | None:
    if not reasons:
        return None
    return Conviction(statement.author, statement.epoch, tuple(dict.fromkeys(reasons)))
