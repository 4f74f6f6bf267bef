"""With which values a new view begins: a function of a quorum's view changes, and nothing else.

The rule of Castro and Liskov, TOCS 2002, section 4.4 (figure 4), for any n > 3f. A value is chosen
for a slot if a member claims that it was prepared in view v, and
- A1: a quorum claims nothing later or different: so nothing later can have been decided;
- A2: f + 1 accepted that value in view v or later: so a correct one did, and it is no invention.
A slot is free if a quorum claims nothing: then nothing was decided there. Where neither holds yet,
more view changes are needed; those of all correct members always suffice. A value that any correct
member decided was prepared at a quorum, which shares a correct member with every other quorum; so
no slot with a decision is free, and none gets another value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.protocol.agreement.contract import Value
from sim.protocol.agreement.pbft.messages import Prepared, Stable, ViewChange
from sim.protocol.committee import Committee


@dataclass(frozen=True, slots=True)
class Plan:
    """The beginning of a view: values that must be proposed again. All other slots are free."""

    stable: Stable
    values: dict[int, Value]
    """By slot, in the order of slots; all after the stable one."""


def choose(changes: Sequence[ViewChange], committee: Committee) -> Plan | None:
    """The plan that follows from the view changes of different members; None: more are needed."""
    stable = max((change.stable for change in changes), key=lambda stable: stable.slot)
    prepared = [{claim.slot: claim for claim in change.prepared} for change in changes]
    accepted = [_latest_views(change) for change in changes]
    slots = sorted({slot for claims in prepared for slot in claims if slot > stable.slot})
    values = {}
    for slot in slots:
        claims = [by_slot.get(slot) for by_slot in prepared]
        chosen = _chosen(claims, accepted, committee)
        if chosen is not None:
            values[slot] = chosen.value
        elif claims.count(None) < committee.quorum:
            return None
    return Plan(stable, values)


def _latest_views(change: ViewChange) -> dict[tuple[int, bytes], int]:
    return {(claim.slot, claim.digest): claim.view for claim in change.preprepared}


def _chosen(
    claims: Sequence[Prepared | None],
    accepted: Sequence[dict[tuple[int, bytes], int]],
    committee: Committee,
) -> Prepared | None:
    """The claim for one slot that A1 and A2 hold for; of several the one of the latest view."""
    made = [claim for claim in claims if claim is not None]
    for claim in sorted(made, key=lambda claim: (-claim.view, claim.value.digest)):
        key = (claim.slot, claim.value.digest)
        content = sum(_is_consistent(other, claim) for other in claims)
        vouching = sum(views.get(key, -1) >= claim.view for views in accepted)
        if content >= committee.quorum and vouching >= committee.one_correct:
            return claim
    return None


def _is_consistent(other: Prepared | None, claim: Prepared) -> bool:
    """Whether what another member claims leaves room for this claim (A1)."""
    return (
        other is None
        or other.view < claim.view
        or (other.view == claim.view and other.value == claim.value)
    )
