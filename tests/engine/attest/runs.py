"""Small attested runs: 60 agents, 12 locals, 3 regionals and a root, a round every 2 s.

A round begins at 2, 4, 6, 8 s; commitments, proofs and acknowledgements take 0.8 s, a step of 100
ms a hop. Every message takes 2.05 ms. Watchers are six agents of each aggregator.
"""

import json
from functools import cache

import numpy as np

from sim.engine.attest.attest import Attest
from sim.engine.simulation import Simulation
from sim.scenario import parse_scenario

S = 1_000_000_000
MS = S // 1000
ROUND_NS = 800 * MS
BASE = {
    "schema": 1,
    "name": "attested",
    "duration": "9s",
    "agents": {"count": 60, "features": 2, "rate": "5Hz", "behaviour": {"kind": "synthetic"}},
    "topology": {"kind": "point", "jitter": "2ms"},
    "tree": {"local": 5, "regional": 4},
    "baseline": {"publish": "500ms", "pane": "2s"},
    "staleness": {"baseline": "1s", "anomaly": "500ms"},
    "measure": {"every": "1s"},
    "attest": {"every": "2s", "watchers": 6, "replace_after": "500ms"},
}


def plan_of(adversaries=(), faults=(), **blocks):
    """The base scenario with liars and faults; ``attest={...}`` is put over its own block."""
    text = {**BASE, "adversaries": list(adversaries), "faults": list(faults)}
    for name, block in blocks.items():
        merges = isinstance(block, dict) and "kind" not in block
        text[name] = {**text.get(name, {}), **block} if merges else block
    return parse_scenario(
        json.dumps({key: one for key, one in text.items() if one is not None}), "x"
    )


def simulation(adversaries=(), faults=(), seed=1, **blocks):
    """Such a run, about to begin."""
    return Simulation(plan_of(adversaries, faults, **blocks), seed)


def component(simulated, kind):
    """The part of a run that is of a kind."""
    (found,) = (one for one in simulated.components if isinstance(one, kind))
    return found


def attest_of(simulated):
    """The attestation of a run."""
    return component(simulated, Attest)


def run(*adversaries, faults=(), seed=1, **blocks):
    """The tables of such a run; each runs once, however many ask."""
    return _run(json.dumps([adversaries, faults, seed, blocks], sort_keys=True))


@cache
def _run(text):
    adversaries, faults, seed, blocks = json.loads(text)
    return simulation(adversaries, faults, seed, **blocks).run()


def rounds(recording, column):
    """A column of the rounds as a list."""
    return recording.tables["attestation"][column].tolist()


def attested(recording):
    """Which rounds were attested."""
    return [one >= 0 for one in rounds(recording, "attested_ns")]


def convicted(recording):
    """Who was convicted: (tier, node)."""
    table = recording.tables.get("convictions")
    if table is None:
        return []
    guilty = table["convicted_ns"] >= 0
    return list(zip(table["tier"][guilty].tolist(), table["node"][guilty].tolist(), strict=True))


def trial(recording, number=0):
    """A row of the table of convictions."""
    table = recording.tables["convictions"]
    return {name: column[number].item() for name, column in table.items()}


def bias(recording, first_s, last_s):
    """Largest bias of what was published in [first, last], in seconds."""
    table = recording.tables["integrity"]
    at_s = table["published_ns"] / S
    return float(np.abs(table["bias"][(at_s >= first_s) & (at_s <= last_s)]).max())


def status(recording, first_s, last_s):
    """The different statuses of what was published in [first, last], in seconds."""
    table = recording.tables["integrity"]
    at_s = table["published_ns"] / S
    return sorted(set(table["status"][(at_s >= first_s) & (at_s <= last_s)].tolist()))


def liar(kind, where="local-3", begin="3s", **options):
    """A lying aggregator, from the second round on."""
    return {"where": where, "kind": kind, "from": begin, **options}
