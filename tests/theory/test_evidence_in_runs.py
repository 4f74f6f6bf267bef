"""Evidence that whole runs gather, against the normal model that it is a log-likelihood ratio of.

One feature, m agents below a local, levels N(0, 1) and noise N(0, 1). An agent's ratio has weight
d / v with v = tau^2 + s^2 / n, so the sum of a local is normal with mean -+ m d^2 / 2 v (the
information of m agents) and variance m d^2 var(x) / v^2. Locals are compared at one instant, and
rates within 3 standard errors of the run itself.
"""

import json
import math

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from sim.scenario import parse_scenario

M, LOCALS, SEEDS = 10, 60, 6
EFFECT = 0.4
PANE_REPORTS, WINDOW_REPORTS = 9.5, 12.5
"""Reports of an agent that the root knows of at 1 s (a local reports every 100 ms, so it lags by 50
ms), and that locals know of the window from 1 s on at 2.25 s, when they send."""
SHIFT = EFFECT * math.sqrt(2)
TAU2 = 1 + 1 / PANE_REPORTS
V = TAU2 + (2 - TAU2) / WINDOW_REPORTS
INFORMATION = M * SHIFT**2 / (2 * V)
SD = math.sqrt(M * (1 + 1 / WINDOW_REPORTS)) * SHIFT / V

SCENARIO = {
    "schema": 1,
    "name": "evidence",
    "duration": "2500ms",
    "agents": {
        "count": M * LOCALS,
        "features": 1,
        "rate": "10Hz",
        "behaviour": {"kind": "synthetic", "spread": 1.0, "noise": 1.0, "drift": "none"},
    },
    "topology": {"kind": "point", "jitter": "2ms"},
    "tree": {"local": M, "levels": 2},
    "baseline": {"publish": "500ms", "pane": "1s"},
    "measure": {"every": "500ms"},
}


def gathered(seeds, column, anomalies=(), adversaries=(), **evidence):
    """A column of the evidence of all locals at 2.5 s, of several runs: (seeds * locals,)."""
    asked = {"effect": f"{EFFECT}sd", **evidence}
    blocks = {"evidence": asked, "anomalies": anomalies, "adversaries": adversaries}
    plan = parse_scenario(json.dumps({**SCENARIO, **blocks}), "scenario.yaml")
    found = []
    for seed in range(seeds):
        table = Simulation(plan, seed).run().tables["evidence"]
        chosen = (table["tier"] == 1) & (table["time_ns"] == 2_500_000_000)
        found.append(table[column][chosen])
    return np.concatenate(found)


@pytest.fixture(scope="module")
def normal():
    return gathered(SEEDS, "all", f="0%")


def standard_error(values):
    return values.std(ddof=1) / math.sqrt(len(values))


def test_normal_agents_speak_against_a_shift_by_their_information(figure, normal):
    assert len(normal) == SEEDS * LOCALS
    assert normal.mean() == pytest.approx(-INFORMATION, abs=3 * standard_error(normal))
    what = "in runs, locals of 10 agents: mean log-odds of a shift of 0.4 sd, nats"
    figure("3", what, -INFORMATION, normal.mean(), standard_error(normal))


def test_the_evidence_of_locals_scatters_as_that_of_independent_agents(figure, normal):
    """The relative error of a deviation of n normal values is 1 / sqrt(2 n)."""
    error = SD / math.sqrt(2 * len(normal))
    assert normal.std(ddof=1) == pytest.approx(SD, abs=3 * error)
    figure(
        "3",
        "in runs, locals of 10 agents: sd of their log-odds, nats",
        SD,
        normal.std(ddof=1),
        error,
    )


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_false_alarms_are_rarer_than_their_threshold_promises(normal, alpha):
    """P(sum >= ln(1 / alpha)) <= alpha, for what is a likelihood ratio under normal."""
    share = (normal >= math.log(1 / alpha)).mean()
    exact = math.erfc((math.log(1 / alpha) + INFORMATION) / SD / math.sqrt(2)) / 2
    assert share <= alpha
    assert share == pytest.approx(exact, abs=3 * math.sqrt(exact * (1 - exact) / len(normal)))


@pytest.mark.slow
def test_shifted_agents_speak_for_the_shift_by_as_much(normal):
    """Levels cancel between runs with and without a shift; what is left of chance is that of the
    baselines, one a run: 600 agents tell tau^2 to sqrt(2 / 600), 6 %, and d / v to about 4 %.
    """
    shift = {"agents": ["all"], "kind": "shift", "size": f"{SHIFT}sd", "at": "1s"}
    moved = gathered(SEEDS, "all", anomalies=[shift], f="0%") - normal
    by_run = moved.reshape(SEEDS, LOCALS).mean(axis=1)
    assert by_run.mean() == pytest.approx(2 * INFORMATION, abs=3 * standard_error(by_run))
    assert standard_error(by_run) < 0.03 * by_run.mean()


@pytest.mark.slow
def test_liars_make_false_alarms_of_the_plain_sum_and_none_of_its_bounds():
    """Two of the ten agents of every local push; three of ten are tolerated."""
    liars = [f"agent-{M * local + one}" for local in range(LOCALS) for one in range(2)]
    push = {"where": liars, "kind": "push", "to": "8sd", "from": "1s"}
    theta, alpha = math.log(20), 0.05
    plain, verdicts = (
        gathered(2, column, adversaries=[push], f="30%", threshold=theta)
        for column in ("all", "verdict")
    )
    assert (plain >= theta).mean() > 0.5
    assert (verdicts == 1).mean() <= alpha
