"""Runs with a control plane as tables, from a few rows and no engine.

Four replicas publish every second for 10 s; every version is decided 100 ms after its proposal.
"""

from dataclasses import replace

from sim.measure.tables import table
from sim.scenario.plan import FaultPlan, ReplicasPlan, Variant
from sim.scenario.plan_control import (
    AgreementPlan,
    AlertsPlan,
    AntiEntropyPlan,
    ConsumerPlan,
    ControlPlan,
    MembershipPlan,
)
from tests.measure.synthetic import MS, S, make_plan, make_tables

END_NS = 10 * S
REPLICAS = 4
CONTROL = ControlPlan(
    agreement=AgreementPlan(Variant("bracha", {}), 1, True, 0, 0, 0, None),
    alerts=AlertsPlan(30 * S, S, S, ()),
    reads=(ConsumerPlan(("regionals",), "baseline", "availability", S, "reads[0]"),),
    membership=MembershipPlan(Variant("heartbeat", {}), 1, rehome=True),
    anti_entropy=AntiEntropyPlan(Variant("merkle", {}), S, "snapshots", 528),
)


def controlled_plan(duration_ns=END_NS, control=CONTROL, faults=()):
    """8 regions of 5 locals, and a root of four replicas."""
    return replace(
        make_plan(duration_ns),
        control=control,
        replicas=ReplicasPlan(REPLICAS, 3, None),
        faults=tuple(faults),
    )


def crash(node, at_ns, until_ns=None):
    """A fault of the plan that stops one node."""
    return FaultPlan("crash", at_ns, until_ns, {"nodes": (node,), "durable": True}, "faults[0]")


def controlled(faults=(), duration_ns=END_NS, **rows):
    """What such a run leaves behind; ``alerts=[{...}, ...]`` and so on are the rows of a table."""
    made = {"snapshots": snapshots(), "decisions": decisions(), **rows}
    tables = {name: table(name, columns_of(name, some)) for name, some in made.items()}
    return replace(make_tables(faults, duration_ns=duration_ns), **tables)


def columns_of(name, rows):
    """Rows as columns; what a row leaves out is as in `BLANK`."""
    return {key: [{**BLANK[name], **row}[key] for row in rows] for key in BLANK[name]}


BLANK = {
    "decisions": {
        "version": 1, "replica": 0, "proposed_ns": S, "decided_ns": S + 100 * MS, "view": 0,
        "digest": "a", "certified": True, "error_mean": 0.01, "apart": 0.0,
    },
    "snapshots": {
        "version": 1, "replica": 0, "proposed_ns": S, "count": 1, "error_mean": 0.01,
        "finished": "a",
    },
    "alerts": {
        "at_ns": S, "node": "root-0/0", "replica": 0, "alert": "alerts.raised[0]",
        "raised_ns": S, "state": "provisional", "side": 4,
    },
    "reads": {
        "at_ns": 6 * S, "consumer": "reads[0]", "node": "regional-0", "what": "baseline",
        "prefer": "availability", "answered": True, "reason": "", "age_ns": S, "coverage": 1.0,
        "within_bound": True, "half_width": 0.2, "error": 0.1, "covered": True, "latency_ns": 0,
    },
    "members": {
        "at_ns": S, "by": "regional-0", "member": "local-0", "event": "failed", "epoch": 1,
        "sources": -1,
    },
    "syncs": {
        "at_ns": S, "replica": 0, "peer": 1, "method": "merkle", "bytes": 100, "round_trips": 2,
        "items_in": 1, "items_out": 1,
    },
    "stores": {"at_ns": S, "replica": 0, "digest": "a", "items": 1},
    "member_lies": {"adversary": "adversaries[0]", "kind": "silence", "replica": 0, "deeds": 1},
    "control_traffic": {
        "part": "agreement", "kind": "BrachaEcho", "outcome": "delivered", "messages": 1,
        "bytes": 10,
    },
}  # fmt: skip


def snapshots(replicas=REPLICAS, versions=10):
    """Every replica proposes every version, and all know the same."""
    return [
        {"version": version, "replica": replica, "proposed_ns": version * S}
        for version in range(1, versions + 1)
        for replica in range(replicas)
    ]


def decisions(without=(), late=()):
    """All but (version, replica) `without`; those `late` are decided 2 s after the proposal."""
    return [
        {
            "version": version,
            "replica": replica,
            "proposed_ns": version * S,
            "decided_ns": version * S + (2 * S if (version, replica) in late else 100 * MS),
        }
        for version in range(1, 10)
        for replica in range(REPLICAS)
        if (version, replica) not in without
    ]
