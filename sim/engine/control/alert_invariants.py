"""What must hold of critical alerts in every run, at correct nodes; else the simulator is wrong.

* No double commit, and no way back: `sim.protocol.alerts.checks`, each life of a node by itself.
* No lost alert: when messages have got through for long enough, what one keeper holds all hold.

With more liars than the committee withstands nothing is promised.
"""

from collections.abc import Iterable
from typing import Final

from sim.engine.control.plane import ControlPlane
from sim.errors import InvariantViolated
from sim.protocol.alerts.checks import check_commitments, check_transitions
from sim.protocol.alerts.contract import AlertId, AlertState
from sim.protocol.alerts.ledger import Ledger
from sim.protocol.committee import Committee
from sim.protocol.signatures import Notary
from sim.units import NS_PER_S

SLACK_NS: Final = 4 * NS_PER_S
"""What three summaries may take on their way, with everything that is sent again."""
SUMMARIES: Final = 3


class AlertsWatch:
    """Told of all that correct nodes show, in order; `keeps` = no more liars than withstood."""

    def __init__(self, committee: Committee, notary: Notary, *, keeps: bool) -> None:
        self._committee, self._notary, self._keeps = committee, notary, keeps
        self._shown: dict[str, list[AlertState]] = {}
        self._is_fresh = False
        self._held_ns: dict[AlertId, int] = {}

    def shown(self, node: str, state: AlertState, now_ns: int, *, is_keeper: bool) -> None:
        """A correct node, in one of its lives, shows something of an alert."""
        self._shown.setdefault(node, []).append(state)
        self._is_fresh = True
        if is_keeper:
            self._held_ns.setdefault(state.alert.id, now_ns)

    def check(self) -> None:
        """Raises InvariantViolated for an alert committed twice, or something taken back."""
        if self._is_fresh and self._keeps:
            check_transitions(self._shown)
            check_commitments(self._shown, self._committee, self._notary)
        self._is_fresh = False

    def check_nothing_lost(self, ledgers: dict[str, Ledger], before_ns: int) -> None:
        """Of correct keepers that could hear each other since `before_ns`: all hold the same.

        Raises InvariantViolated if an older alert that one of them holds is lost at another.
        """
        for alert_id in sorted({one for ledger in ledgers.values() for one in ledger.entries}):
            lost = [name for name, ledger in ledgers.items() if alert_id not in ledger.entries]
            if lost and self._keeps and self._held_ns.get(alert_id, before_ns) < before_ns:
                raise InvariantViolated(f"no lost alert: {', '.join(lost)} lacks {alert_id}")


def quiet_since_ns(plane: ControlPlane, keepers: Iterable[str], gossip_ns: int) -> int | None:
    """Alerts older than this instant have come to all of these keepers by now.

    None if messages have not got through for long enough to say so.
    """
    names, wait_ns = list(keepers), SUMMARIES * gossip_ns + SLACK_NS
    before_ns = plane.kernel.now_ns - wait_ns
    is_troubled = bool(plane.world.rules_in_order()) or plane.changed_ns >= before_ns
    is_cut = any(plane.fabric.is_cut(a, b) for a in names for b in names if a != b)
    return None if is_troubled or is_cut else before_ns
