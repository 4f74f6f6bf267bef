"""Reading a critical alert: committed, or visibly provisional; there is no bound on its age.

That an alert *is* there can be told at once, and can only be confirmed by what comes later. That
there is *none* is another matter: it takes hearing of a quorum, because every committed alert has a
correct keeper in each quorum, and it holds as of what these last said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.protocol.alerts.contract import AlertState, State
from sim.protocol.resolver.contract import Prefer


@dataclass(frozen=True, slots=True)
class AlertRead:
    """What a consumer is told of one alert; `state` None means that none is known."""

    answered: bool
    reason: str
    state: AlertState | None
    final: bool
    """Whether no coordination can change it, except a retraction."""


def read_alert(
    shown: AlertState | None, side: Sequence[int], quorum: int, prefer: Prefer
) -> AlertRead:
    """`shown` is what the node shows of it; `side` whom of the committee it can hear of."""
    objection = _objection(shown, len(set(side)) >= quorum)
    if objection and prefer is Prefer.CONSISTENCY:
        return AlertRead(answered=False, reason=objection, state=None, final=False)
    return AlertRead(answered=True, reason="", state=shown, final=_is_final(shown))


def _objection(shown: AlertState | None, hears_quorum: bool) -> str:
    if shown is None:
        return "" if hears_quorum else "no quorum can be heard, so there may be one"
    return "" if _is_final(shown) else f"only {shown.state.value}"


def _is_final(shown: AlertState | None) -> bool:
    return shown is not None and shown.state in (State.COMMITTED, State.RETRACTED)
