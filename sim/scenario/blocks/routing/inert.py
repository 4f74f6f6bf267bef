"""What is said in or about `routing` and can do nothing: options, liars and thresholds."""

from collections.abc import Iterator
from typing import Final

from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.blocks.routing.schema import Routing
from sim.scenario.outages import OUTAGES
from sim.scenario.overrides import parse_path
from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.remark import Remark
from sim.scenario.selectors import ranges, tree_shape
from sim.units import write_deviations, write_duration, write_share

FAR_SD: Final = 100.0
"""No value moves so far by itself."""
STOPPERS: Final = ("crash", "pause")
"""Faults that make the nodes they name stop."""
ABOUT_ANOMALIES: Final = ("routing.delay.critical", "routing.age.critical")
DEATH: Final = "routing.death.median"


def about_inert(plan: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    """Remarks on a plan without mistakes."""
    for about in (_missed, _window, _far, _levels, _floods, _thresholds):
        yield from about(plan, routing)


def _missed(_: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    if routing.heartbeat_ns is None and routing.missed != Routing.model_fields["missed"].default:
        yield _path("missed"), "nobody misses heartbeats that are not sent", "give a heartbeat"


def _window(_: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    if routing.window_ns >= routing.every_ns:
        return
    every, window = write_duration(routing.every_ns), write_duration(routing.window_ns)
    share = write_share(float(f"{routing.window_ns / routing.every_ns:.3g}"))
    problem = (
        f"of agents that look at themselves every {every} at most {share} are heard within {window}"
    )
    yield _path("window"), problem, f"say {every} or more"


def _far(plan: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    """A distance that nothing moves."""
    for key in ("delta", "threshold"):
        size = abs(routing.send.options.get(key, 0.0))
        if size > max(FAR_SD, 2 * _largest_anomaly(plan)):
            then = "each sends once" if key == "delta" else "nobody ever doubts its side of it"
            problem = f"no value ever moves by {write_deviations(size)}: {then}"
            yield (*_path("send"), key), problem, "say a few sd"


def _largest_anomaly(plan: Plan) -> float:
    return max((abs(one.options.get("size", 0.0)) for one in plan.anomalies), default=0.0)


def _levels(_: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    if routing.learn_ns < routing.every_ns:
        problem = (
            "agents learn their own level from a single look: its noise is in every score after it"
        )
        yield _path("learn"), problem, f"say {write_duration(5 * routing.every_ns)} or more"


def _floods(plan: Plan, _: RoutingPlan) -> Iterator[Remark]:
    for one in plan.adversaries:
        if one.kind == "importance_flood" and one.tier and not plan.tiers[one.tier + 1].ingress_ns:
            problem = (
                "does nothing: of updates only agents send more, and without tree.ingress further "
                "reports cost no time"
            )
            yield (*parse_path(one.path), "where"), problem, "say where: agents"


def _thresholds(plan: Plan, routing: RoutingPlan) -> Iterator[Remark]:
    for one in plan.thresholds:
        path = ("thresholds", one.metric)
        if one.metric in ABOUT_ANOMALIES and not _may_have_anomalies(plan):
            yield path, "has no value in a scenario without anomalies", ""
        if one.metric == DEATH and not any(_may_stop_agents(fault, plan) for fault in plan.faults):
            yield path, "has no value in a scenario where no agent ever stops", "let some crash"
        elif one.metric == DEATH and routing.heartbeat_ns is None:
            problem = "is infinite: without heartbeats nobody is ever taken for dead"
            yield path, problem, "give routing.heartbeat"


def _may_have_anomalies(plan: Plan) -> bool:
    """A trace may have labels of its own."""
    return bool(plan.anomalies) or plan.agents.behaviour.kind == "trace"


def _may_stop_agents(fault: FaultPlan, plan: Plan) -> bool:
    """Of a share, the rest or a site only the run can tell."""
    if fault.kind not in STOPPERS:
        return fault.kind in ("site_down", OUTAGES)
    found = [ranges(name, tree_shape(plan)) for name in fault.options["nodes"]]
    return any(nodes is None or 0 in nodes for nodes in found)


def _path(key: str) -> tuple[str, str]:
    return "routing", key
