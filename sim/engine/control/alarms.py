"""Critical alerts in a run: who raises them, who keeps them, and what each node shows of them.

The replicas of the root are the keepers. A raiser is the aggregator that the scenario names; for an
agent its local raises. What every node shows of every alert is written down whenever it changes.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from sim.engine.component import Rows
from sim.engine.control.alert_invariants import AlertsWatch, quiet_since_ns
from sim.engine.control.liars import MemberLiars, honest
from sim.engine.control.plane import ControlPlane
from sim.engine.control.replicas import Replicas
from sim.engine.control.servers import server, signer
from sim.engine.host import Host
from sim.engine.kernel import Kernel, Script
from sim.engine.parts import Advance, Parts
from sim.protocol.agreement.contract import Membership
from sim.protocol.alerts.contract import (
    Alert,
    AlertId,
    AlertState,
    Equivocated,
    RaiseAlert,
    Raisers,
    Refused,
)
from sim.protocol.alerts.keeper import Keeper
from sim.protocol.alerts.ledger import Proves
from sim.protocol.alerts.raising import Raiser
from sim.protocol.committee import Committee
from sim.protocol.signatures import Notary, digest
from sim.scenario.plan_control import AgreementPlan, AlertsPlan, RaisedPlan
from sim.scenario.selectors import ranges

LIFE: Final = 100
"""Numbers that a raiser may use in one of its lives, so that no two lives use the same."""
EQUIVOCATED: Final = "equivocated"
REFUSED: Final = "refused"
"""Beside the states of an alert: its raiser signed two under one name, or could not raise it."""
_COLUMNS: Final = ("at_ns", "node", "replica", "alert", "raised_ns", "state", "side")


class Alarms:
    """The keepers and raisers of one run. `proves` judges what takes an alert back."""

    def __init__(
        self,
        parts: Parts,
        plane: ControlPlane,
        replicas: Replicas,
        plan: AlertsPlan,
        agreement: AgreementPlan,
        liars: MemberLiars,
        proves: Proves | None = None,
    ) -> None:
        self._plan, self._plane, self._replicas = plan, plane, replicas
        self._agreement, self._proves, self._liars = agreement, proves, liars
        self._options = {
            "expire_ns": plan.expire_ns,
            "resend_ns": plan.resend_ns,
            "sync_ns": plan.gossip_ns,
        }
        names = tuple(f"{name} alerts" for name in replicas.names)
        self.committee = Committee(names, agreement.f)
        self._notary = Notary(plane.secret("alerts", "keepers"), self.committee.n)
        self._at = {one.path: self._raiser_of(parts, one) for one in plan.raised}
        who = list(dict.fromkeys(self._at.values()))
        self._raisers = Raisers(
            [name for name, _, _ in who], Notary(plane.secret("alerts", "raisers"), len(who))
        )
        keeps = liars.correct.count(False) <= self.committee.f
        self._watch = AlertsWatch(self.committee, self._notary, keeps=keeps)
        self._shown: list[dict[str, Any]] = []
        self.last: dict[tuple[str, AlertId], AlertState] = {}
        """What each node shows of each alert."""
        for replica, name in enumerate(names):
            self._join_keeper(replica, name)
        for name, row, node in who:
            self._join_raiser(name, row, node)
        plane.checks.append(self._watch.check)
        plane.last_checks.append(self._check_end)

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:  # noqa: ARG002
        """One for each alert that is raised."""
        for one in self._plan.raised:
            yield self._raising(one, kernel)

    def rows(self) -> Rows:
        """Every change of what a node shows of an alert."""
        return {"alerts": self._shown}

    def idle(self) -> list[str]:
        """Alerts whose raiser was down when it should have raised them."""
        raised = {alert.subject for alert in (one.alert for one in self.last.values())}
        return [one.path for one in self._plan.raised if one.path not in raised]

    def _check_end(self) -> None:
        """Raises InvariantViolated if an alert is lost at a correct keeper that is up."""
        hosts = [
            self._plane.host(name)
            for name, is_correct in zip(self.committee.names, self._liars.correct, strict=True)
            if is_correct
        ]
        awake = {host.node_id: host.node for host in hosts if host.is_up and not host.is_paused}
        before_ns = quiet_since_ns(self._plane, awake, self._plan.gossip_ns)
        if before_ns is not None:
            ledgers = {
                name: node.ledger for name, node in awake.items() if isinstance(node, Keeper)
            }
            self._watch.check_nothing_lost(ledgers, before_ns)

    def at(self, replica: int, now_ns: int) -> tuple[list[AlertState], tuple[int, ...]]:
        """What a keeper shows of every alert that it holds, and which keepers it can hear of.

        In this life of its own: what it showed before a crash it may have forgotten.
        """
        keeper = honest(self._plane.host(self.committee.names[replica]).node)
        assert isinstance(keeper, Keeper)
        shown = [entry.shown for entry in keeper.ledger if entry.shown is not None]
        return shown, keeper.side(now_ns)

    def raiser(self, one: RaisedPlan) -> tuple[str, int, int]:
        """Who raises an alert: name of the host, row and number of its node."""
        return self._at[one.path]

    def raised(self, one: RaisedPlan) -> Alert | None:
        """The alert of a plan, once its raiser has raised it."""
        alerts = (state.alert for state in self.last.values())
        return next((alert for alert in alerts if alert.subject == one.path), None)

    def keeper(self, replica: int) -> Host:
        """The host of the keeper at a replica of the root."""
        return self._plane.host(self.committee.names[replica])

    def _raising(self, one: RaisedPlan, kernel: Kernel) -> Script:
        yield kernel.instant(one.at_ns)
        name, _, _ = self._at[one.path]
        self._plane.host(name).tell(RaiseAlert(one.path, digest("evidence", one.path)))

    def _raiser_of(self, parts: Parts, one: RaisedPlan) -> tuple[str, int, int]:
        """Name of the host, row and number of the node that raises an alert."""
        shape = parts.roster.shape
        chosen = ranges(one.by, shape)
        assert chosen is not None, "checked: one node, by name"
        row = max(chosen)
        node = chosen[row][0]
        if row == 0 and len(parts.levels) > 1:
            row, node = 1, int(parts.levels[0].parent_of[node])
        return f"{shape.node_name(row, node)} raiser", row, node

    def _join_keeper(self, replica: int, name: str) -> None:
        membership = Membership(
            self.committee,
            replica,
            self._notary.seal(replica),
            self._notary,
            options=self._options,
        )
        make = partial(Keeper, membership, raisers=self._raisers, proves=self._proves)
        self._plane.join(
            name,
            self._replicas.places[replica],
            lambda _: self._liars.seated(replica, self.committee.names, make, self._plan.resend_ns),
            peers=self.committee.names,
            member=replica,
            service=server(self._plane.kernel, self._agreement),
            signing=signer(self._agreement),
            application=partial(self._show, self._replicas.names[replica], replica),
        )

    def _join_raiser(self, name: str, row: int, node: int) -> None:
        self._plane.join(
            name,
            self._plane.place(row, node),
            lambda life: Raiser(
                name,
                self._raisers,
                self.committee,
                self._notary,
                proves=self._proves,
                first=LIFE * life,
                options=self._options,
            ),
            application=partial(self._show, name.removesuffix(" raiser"), -1),
        )

    def _show(self, node: str, replica: int, event: object) -> None:
        """Write down what a node puts out, be it of an alert or against who raised it."""
        now_ns = self._plane.kernel.now_ns
        match event:
            case AlertState(alert, state, side):
                self.last[node, alert.id] = event
                self._note(node, replica, event)
                rows = [(alert.subject, alert.raised_ns, state.value, len(side))]
            case Equivocated(first, second):
                # They may be told apart by their evidence alone.
                pairs = dict.fromkeys((one.subject, one.raised_ns) for one in (first, second))
                rows = [(*pair, EQUIVOCATED, 0) for pair in pairs]
            case Refused(request):
                rows = [(request.subject, now_ns, REFUSED, 0)]
            case _:
                return
        for row in rows:
            self._shown.append(dict(zip(_COLUMNS, (now_ns, node, replica, *row), strict=True)))

    def _note(self, node: str, replica: int, state: AlertState) -> None:
        """What correct nodes show must fit together."""
        is_keeper = replica >= 0
        host = self.committee.names[replica] if is_keeper else f"{node} raiser"
        if not is_keeper or self._liars.correct[replica]:
            life = f"{host}, life {self._plane.host(host).lives}"
            self._watch.shown(life, state, self._plane.kernel.now_ns, is_keeper=is_keeper)
