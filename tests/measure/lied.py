"""Runs with liars as tables, from a few lines of arithmetic and no engine."""

from dataclasses import replace

import numpy as np

from sim.measure.tables import ALARM, ATTESTED, CLEAR, DISPUTED, NEVER, UNDETERMINED
from sim.measure.tables import table as make_table
from sim.scenario.plan import AdversaryPlan, AttestPlan, EvidencePlan, RulePlan, Variant
from tests.measure.synthetic import S, make_plan, make_tables

GUARDED = RulePlan(
    "guarded_mean", Variant("median", {}), 0.2, "sample", 400, 0.01, S, 1e-3, 0.2, quorum=False
)
ATTEST = AttestPlan(10 * S, S, 6, 10, agents_check=True, replace=True, replace_ns=S)
EVIDENCE = EvidencePlan(0.5, 6.9, 0.2, None)
FROM_NS, UNTIL_NS = 20 * S, 40 * S
AGENTS_LIE = AdversaryPlan(
    kind="little_is_enough",
    tier=0,
    nodes=("agents",),
    under=(),
    share=0.2,
    budget=None,
    placement="random",
    knows="all",
    group="adversaries[0]",
    at_ns=FROM_NS,
    until_ns=UNTIL_NS,
    options={},
    path="adversaries[0]",
)
LOCALS_LIE = replace(
    AGENTS_LIE, kind="forge", tier=1, nodes=("local-3", "local-7"), share=1.0, until_ns=None,
    path="adversaries[1]",
)  # fmt: skip
LIES = {"bias": 0.3, "bias_plain": -2.0, "bias_robust": 0.28}


def lied_plan(rule=GUARDED, adversaries=(AGENTS_LIE, LOCALS_LIE), attest=ATTEST, evidence=EVIDENCE):
    """800 agents under 40 locals; a fifth of the agents and two locals lie from 20 s on."""
    return replace(
        make_plan(name="liars"),
        baseline=replace(make_plan().baseline, rule=rule),
        adversaries=tuple(adversaries),
        attest=attest,
        evidence=evidence,
    )


def lied(faults=(), duration_ns=60 * S, **tables):
    """What such a run leaves behind; ``integrity={...}`` and so on override columns of a table."""
    made = {
        "integrity": _integrity(duration_ns),
        "adversaries": _adversaries(),
        "attestation": _attestation(duration_ns),
        "convictions": convictions([(1, 3, 20 * S, 23 * S), (1, 7, 20 * S, 31 * S)]),
        "evidence": _evidence(duration_ns),
    }
    for name, columns in tables.items():
        made[name] = {**made[name], **columns}
    made = {name: make_table(name, columns) for name, columns in made.items()}
    return replace(make_tables(faults, duration_ns=duration_ns), **made)


def convictions(rows):
    """Rows of (tier, node, lied, convicted); who is convicted is replaced a second later."""
    tier, node, lied_ns, convicted_ns = (np.array(one, np.int64) for one in zip(*rows, strict=True))
    return {
        "tier": tier,
        "node": node,
        "lied_ns": lied_ns,
        "convicted_ns": convicted_ns,
        "replaced_ns": np.where(convicted_ns == NEVER, NEVER, convicted_ns + S),
        "reason": ["the merge differs from its children"] * len(tier),
    }


def _integrity(duration_ns):
    """0.01 sd off without lies, `LIES` with them; alerts, and no dispute but from 23 to 31 s."""
    at_ns = np.arange(S, duration_ns + 1, S)
    lies = (at_ns > FROM_NS) & (at_ns <= UNTIL_NS)
    early = at_ns < 5 * S
    biased = {name: np.where(lies, size, np.where(early, 9.0, 0.01)) for name, size in LIES.items()}
    in_dispute = (at_ns >= 23 * S) & (at_ns < 31 * S)
    return {
        "published_ns": at_ns,
        "version": np.arange(1, len(at_ns) + 1),
        **biased,
        "items": np.full(len(at_ns), 400),
        "reach": np.where(lies, 8.0, 0.4),
        "alert": lies | (at_ns == 12 * S),
        "status": np.where(in_dispute, DISPUTED, ATTESTED),
        "lying": np.where(lies, 162, 0),
    }


def _adversaries():
    return {
        "adversary": ["adversaries[0]", "adversaries[1]"],
        "kind": ["little_is_enough", "forge"],
        "tier": [0, 1],
        "nodes": [160, 2],
        "at_ns": [FROM_NS, FROM_NS],
        "until_ns": [UNTIL_NS, NEVER],
        "acts": [16_000, 55],
        "refused": [0, 3],
        "expects": ["hides within the spread of correct agents", "is caught by its children"],
    }


def _attestation(duration_ns):
    """Rounds at 10, 20 ... s; that at 20 s was not acknowledged, nor can be the last."""
    at_ns = np.arange(10 * S, duration_ns + 1, 10 * S)
    bad = (at_ns == 20 * S) | (at_ns + 10 * S > duration_ns)
    return {
        "round": np.arange(1, len(at_ns) + 1),
        "committed_ns": at_ns,
        "attested_ns": np.where(bad, NEVER, at_ns + 2 * S),
        "missing": np.where(bad, 20, 0),
        "audited": np.zeros(len(at_ns), np.int64),
        "disputed": at_ns == 20 * S,
    }


def _evidence(duration_ns):
    """At the root every second: correct agents show a shift from 30 s on; liars from 20 to 40 s."""
    at_ns = np.arange(S, duration_ns + 1, S)
    honest = np.where(at_ns >= 30 * S, 40.0, -30.0)
    lies = (at_ns > FROM_NS) & (at_ns <= UNTIL_NS)
    verdict = np.where(lies, UNDETERMINED, np.where(honest > 0, ALARM, CLEAR))
    return {
        "time_ns": at_ns,
        "tier": np.full(len(at_ns), 3),
        "node": np.zeros(len(at_ns)),
        "all": np.where(lies, honest + 500, honest),
        "honest": honest,
        "lower": np.where(lies, honest - 60, honest - 5),
        "upper": np.where(lies, honest + 60, honest + 5),
        "verdict": verdict,
    }
