"""Alerts that are taken back: only by consensus, at the wish of who raised them.

The raiser's machine asks the registrar over the network; each replica that has logged it hands the
certified decision to the keeper beside it, and keepers tell each other.
"""

from collections.abc import Iterator
from functools import partial

from sim.engine.component import Rows
from sim.engine.control.alarms import Alarms
from sim.engine.control.plane import ControlPlane
from sim.engine.control.registrar import Registrar, what_is
from sim.engine.kernel import Kernel, Script
from sim.engine.parts import Advance
from sim.protocol.agreement.log import Logged
from sim.protocol.agreement.petitioner import Ask, Client
from sim.protocol.alerts.contract import Alert
from sim.protocol.alerts.messages import Content, Knowledge, Known, Retract, Retraction
from sim.protocol.node import Node
from sim.protocol.signatures import Seal
from sim.scenario.plan_control import AlertsPlan, RaisedPlan


class Retractions:
    """All alerts of one run that are taken back; `alarms` has to go by `registrar.proves`."""

    def __init__(
        self, plane: ControlPlane, registrar: Registrar, alarms: Alarms, plan: AlertsPlan
    ) -> None:
        self._plane, self._registrar, self._alarms = plane, registrar, alarms
        self._plans = [one for one in plan.raised if one.retract_ns is not None]
        self._seals: dict[str, Seal] = {}
        self._asked: dict[str, None] = {}
        for one in self._plans:
            self._join(one)
        registrar.listeners.append(self._hand_over)

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:  # noqa: ARG002
        """One for each alert that is taken back."""
        for one in self._plans:
            yield self._retracting(one, kernel)

    def rows(self) -> Rows:
        """Nothing: what becomes of alerts is in the table of alerts."""
        return {}

    def idle(self) -> list[str]:
        """Alerts that were never raised, or whose raiser was down when it should have asked."""
        return [f"{one.path}.retract" for one in self._plans if one.path not in self._asked]

    def _client(self, one: RaisedPlan) -> str:
        return f"{self._alarms.raiser(one)[0].removesuffix(' raiser')} retractor"

    def _join(self, one: RaisedPlan) -> None:
        _, row, node = self._alarms.raiser(one)
        name = self._client(one)
        if name not in self._seals:
            self._seals[name] = self._registrar.admit(name)
            self._plane.join(
                name,
                self._plane.place(row, node),
                partial(self._node, name),
                application=self._tell_raiser,
            )

    def _node(self, name: str, life: int) -> Node:  # noqa: ARG002
        return Client(self._registrar.petitioner(name))

    def _retracting(self, one: RaisedPlan, kernel: Kernel) -> Script:
        assert one.retract_ns is not None, "only those are in the list"
        yield kernel.instant(one.retract_ns)
        alert, name = self._alarms.raised(one), self._client(one)
        host = self._plane.host(name)
        if alert is not None and host.is_up:
            self._asked[one.path] = None
            host.tell(Ask(self._registrar.petition(name, self._seals[name], alert)))

    def _tell_raiser(self, event: object) -> None:
        """The raiser's machine has heard that its alert is taken back."""
        alert = what_is(event.value) if isinstance(event, Logged) else None
        if isinstance(event, Logged) and isinstance(alert, Alert):
            known = Knowledge((Content(alert),), retraction=Retraction(event.decided))
            raiser = self._plane.host(alert.raiser)
            raiser.tell(Known(0, (known,)))

    def _hand_over(self, replica: int, entry: Logged) -> None:
        """A replica has logged that an alert is taken back: its keeper has the proof."""
        alert = what_is(entry.value)
        if isinstance(alert, Alert):
            self._alarms.keeper(replica).tell(Retract(alert, Retraction(entry.decided)))
