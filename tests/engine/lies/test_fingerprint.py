"""What liars change in a run is what they do: not how time is cut, and nothing if nobody lies."""

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from sim.scenario import load_scenario
from tests.data import ROOT
from tests.engine.lies.runs import GUARDED, lies_of, lying, played, run, simulation

SMALL = {
    "02-hello": ["duration=3s"],
    "05-partition-recovery": [
        "duration=3s",
        "agents.count=60",
        "agents.features=2",
        "tree.local=5",
        "tree.regional=4",
        "faults=[{kind: partition, groups: [region-2, rest], at: 1s, until: 2s}]",
    ],
}
NOBODY = "adversaries=[{where: agents, share: 0%, kind: push, to: 5sd, from: 1s}]"
CROWD = [
    lying("push", share="5%"),
    lying("stale_replay", share="5%"),
    lying("selective_silence", share="5%"),
    lying("count_inflation", share="5%"),
    lying("sleeper", share="5%"),
    lying("version_jump", share="5%"),
    lying("churn_storm", share="5%"),
    lying("little_is_enough", share="5%", until="2150ms"),
    lying("slow_poison", share="5%"),
    lying("forge", ["local-0"], until="1730ms"),
    lying("stale_replay", ["local-1"]),
    lying("drop", ["local-2"]),
    lying("variance_deflation", ["local-3"]),
    lying("delay_to_bound", ["local-4"]),
    lying("count_inflation", ["regional-0"]),
]
"""All who remember something from one step to the next, side by side."""
LOSSY = {"kind": "point", "jitter": {"kind": "exponential", "mean": "30ms"}, "loss": "20%"}


@pytest.mark.parametrize("adversaries", ["adversaries=[]", NOBODY])
@pytest.mark.parametrize("name", SMALL)
def test_a_run_in_which_nobody_lies_is_the_run_without_the_key(name, adversaries):
    file = ROOT / "scenarios" / f"{name}.yaml"
    prints = [
        played(Simulation(load_scenario(file, [*SMALL[name], *more]).plan, seed=3)).fingerprint
        for more in ([], [adversaries])
    ]
    assert prints[0] == prints[1]


def test_one_liar_among_sixty_changes_the_fingerprint():
    liar = lying("push", share="2%")
    assert run(liar).fingerprint != run().fingerprint


def test_the_same_liars_leave_the_same_fingerprint():
    prints = [played(simulation(*CROWD, seed=2)).fingerprint for _ in range(2)]
    assert prints[0] == prints[1]


@pytest.mark.parametrize("refuse", [True, False])
@pytest.mark.parametrize("every", ["70ms", "333ms"])
def test_how_time_is_cut_into_steps_changes_nothing_of_what_liars_do(every, refuse):
    """Every sample ends a step, so other samples are other steps."""
    blocks = {
        "topology": LOSSY,
        "registry": {"refuse": refuse},
        "baseline": {"rule": GUARDED},
        "agents": {"count": 80},
    }
    one = run(*CROWD, measure={"every": "500ms"}, **blocks)
    other = run(*CROWD, measure={"every": every}, **blocks)
    assert one.messages == other.messages
    for name in ("integrity", "adversaries", "baselines", "traffic"):
        for column, values in one.tables[name].items():
            np.testing.assert_array_equal(values, other.tables[name][column], err_msg=column)


@pytest.mark.parametrize("fraction", ["10%", "30%"])
def test_a_larger_share_keeps_the_liars_of_a_smaller_one(fraction):
    few = lies_of(simulation(lying("push", share="5%"), seed=4)).is_liar(0)
    many = lies_of(simulation(lying("push", share=fraction), seed=4)).is_liar(0)
    assert many[few].all()
    assert few.sum() < many.sum()
