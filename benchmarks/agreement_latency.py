"""How long agreement takes over distances: every protocol, in whole runs, beside its causal floor.

    python -m benchmarks.agreement_latency
    python -m benchmarks.agreement_latency --replicas 7

Replicas stand at sites of their own, all equally far from each other, and publish 528 B and more
every second. The floor is delays times distance: no machine is that fast. `bare` is what a run
gives without any cost at the machines (it must be the floor), `with crypto` that with 23 us for a
signature made and 70 us for one checked (Ed25519), decisions certified. Milliseconds from the
publication until the last replica has decided, the worst of all versions.
"""

import argparse
import json
from collections.abc import Mapping
from typing import Any, Final

from sim.engine.simulation import Simulation
from sim.protocol.agreement.registry import PROTOCOLS
from sim.scenario import parse_scenario
from sim.units import NS_PER_S

DISTANCES: Final[Mapping[str, float]] = {
    "rack": 0.05,
    "metro": 0.33,
    "continental": 5.0,
    "intercontinental": 40.0,
}
"""One way, in milliseconds: 10 km of fibre and less, 66 km, 1,000 km, 8,000 km."""
KM_PER_MS: Final = 200.0
KINDS: Final = tuple(name for name in PROTOCOLS if name != "versions")
BARE: Final = {"service": "0us", "sign": "0us", "verify": "0us", "certify": False}
CRYPTO: Final = {"service": "0us", "sign": "23us", "verify": "70us", "certify": True}
ROUNDS: Final = 7
"""Of averaging: from 1 to 0.01."""


def replicas_of(kind: str, replicas: int) -> int:
    """The smallest committee of at least so many that tolerates a liar."""
    return max(replicas, PROTOCOLS[kind].liars_cost + 1)


def floor_ms(kind: str, one_way_ms: float) -> float:
    """Until the last replica has decided, if nothing but distance takes time."""
    rounds = ROUNDS if PROTOCOLS[kind].in_rounds else 1
    return PROTOCOLS[kind].delays * rounds * one_way_ms


def scenario(
    kind: str, one_way_ms: float, replicas: int, costs: Mapping[str, Any]
) -> dict[str, Any]:
    """Replicas at the leaves of a star; two links lead from each to each."""
    options = {
        "approximate": {"round": "2s"},
        "pbft": {"timeout": "5s"},
        "hotstuff": {"timeout": "5s"},
    }
    return {
        "schema": 1,
        "name": "latency",
        "duration": "2900ms",
        "agents": {"count": 24, "features": 2, "rate": "2Hz"},
        "topology": {
            "kind": "tree",
            "branching": replicas,
            "height": 1,
            "length_km": one_way_ms * KM_PER_MS / 2,
            "detour": 1,
            "per_hop": "0ms",
            "jitter": "0ms",
        },
        "tree": {
            "local": 6,
            "regional": 2,
            "replicas": {"root": replicas},
            "replica_sites": [f"site-{leaf}" for leaf in range(1, replicas + 1)],
        },
        "baseline": {"publish": "1s", "pane": "10s"},
        "agreement": {"protocol": {"kind": kind, **options.get(kind, {})}, **costs},
        "measure": {"every": "1s"},
    }


def latencies_ms(
    kind: str, one_way_ms: float, replicas: int = 4, costs: Mapping[str, Any] = BARE
) -> list[list[float]]:
    """From publication to decision in a run: a row for each version, sorted, in milliseconds."""
    text = scenario(kind, one_way_ms, replicas_of(kind, replicas), costs)
    table = Simulation(parse_scenario(json.dumps(text), "latency.yaml"), seed=1).run().tables
    found: dict[int, list[float]] = {}
    columns = (
        table["decisions"][name].tolist() for name in ("version", "proposed_ns", "decided_ns")
    )
    for version, proposed_ns, decided_ns in zip(*columns, strict=True):
        found.setdefault(version, []).append((decided_ns - proposed_ns) * 1000 / NS_PER_S)
    return [sorted(one) for one in found.values()]


def last_ms(kind: str, one_way_ms: float, replicas: int, costs: Mapping[str, Any]) -> float:
    """Until everybody has decided, the worst of all versions."""
    return max(one[-1] for one in latencies_ms(kind, one_way_ms, replicas, costs))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicas", type=int, default=4)
    replicas = parser.parse_args().replicas
    print(" " * 24 + "".join(f"{f'{name}, {ms} ms':>30}" for name, ms in DISTANCES.items()))
    columns = "".join(f"{name:>10}" for name in ("floor", "bare", "crypto"))
    print(f"{'':20}{'n':>4}" + columns * len(DISTANCES))
    for kind in KINDS:
        cells = [
            f"{floor_ms(kind, ms):10.2f}{last_ms(kind, ms, replicas, BARE):10.2f}"
            f"{last_ms(kind, ms, replicas, CRYPTO):10.2f}"
            for ms in DISTANCES.values()
        ]
        print(f"{kind:20}{replicas_of(kind, replicas):4}" + "".join(cells))


if __name__ == "__main__":
    main()
