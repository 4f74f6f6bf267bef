"""What must hold in every state of every agreement protocol, whatever the network and liars do.

Each takes what the correct members have put out (see `explorer.Outputs`) and says what is wrong.
"""

from collections.abc import Mapping

from sim.protocol.agreement.contract import Decided, Value


def decisions(outputs) -> dict[int, list[Decided]]:
    return {
        member: [one for one in events if isinstance(one, Decided)]
        for member, events in outputs.items()
    }


def agreement(outputs) -> str | None:
    """No two correct members decide differently."""
    first: dict[int, tuple[int, Value]] = {}
    for member, decided in decisions(outputs).items():
        for one in decided:
            other, value = first.setdefault(one.slot, (member, one.value))
            if value != one.value:
                return f"members {other} and {member} disagree on slot {one.slot}"
    return None


def integrity(outputs) -> str | None:
    """Nobody decides a slot twice."""
    for member, decided in decisions(outputs).items():
        slots = [one.slot for one in decided]
        if len(set(slots)) != len(slots):
            return f"member {member} decided slots {slots}"
    return None


def order(outputs) -> str | None:
    """Slots are decided one after the other, from 1."""
    for member, decided in decisions(outputs).items():
        slots = [one.slot for one in decided]
        if slots != list(range(1, len(slots) + 1)):
            return f"member {member} decided slots {slots}"
    return None


def validity(proposed: Mapping[int, set[Value]]):
    """Only what somebody proposed for the slot is decided."""

    def check(outputs) -> str | None:
        for member, decided in decisions(outputs).items():
            for one in decided:
                if one.value not in proposed.get(one.slot, set()):
                    return f"member {member} decided in slot {one.slot} what nobody proposed"
        return None

    return check


def totality(outputs) -> str | None:
    """If one correct member decides a slot, all do (to be held where nothing more can happen)."""
    every = {member: {one.slot for one in found} for member, found in decisions(outputs).items()}
    together = set().union(*every.values())
    for member, slots in every.items():
        if slots != together:
            return f"member {member} never decides slots {sorted(together - slots)}"
    return None


def every(*checks):
    """The first thing that is wrong with any of them."""

    def check(outputs) -> str | None:
        return next((wrong for one in checks if (wrong := one(outputs)) is not None), None)

    return check
