"""How well drawn delays fit measured ones, and which law to draw through two quantiles.

First table: quantiles of half of all round trips, every pair of hosts with the same weight, as they
were measured and as messages draw them. Second: a law is put through the median and the 90th
percentile of each pair of devices that was measured often, and held against the higher quantiles of
that very pair, which it was not shown.

Run it from the repository: ``SIM_DATA=... python -m benchmarks.real_delays``.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.network.input_files import input_path
from sim.network.rtt_archive import Measurements, read_measurements

Floats = NDArray[np.float64]

SETS: Final[Mapping[str, tuple[str, str, int]]] = {
    "PlanetLab": ("$SIM_DATA/latency_planetlab/planetlab_rtt.npz", "upper", 100),
    "Seattle": ("$SIM_DATA/latency_seattle/seattle_rtt.npz", "rtt_cs", 10_000_000),
}
LEVELS: Final = (0.5, 0.9, 0.99, 0.999)
MESSAGES: Final = 1_000_000
OFTEN: Final = 100
"""Measurements of a pair from which its 99th percentile can be read."""


def main() -> None:
    """Print both tables."""
    read = {name: _read(*where) for name, where in SETS.items()}
    print("half a round trip, ms           50 %      90 %      99 %    99.9 %")
    for name, found in read.items():
        print(_row(f"{name}, measured", measured_ns(found) / 1e6))
        print(_row(f"{name}, drawn", drawn_ns(found) / 1e6))
    print(
        "\nlaw through p50 and p90, over measured:     10 %, 50 % and 90 % of the pairs of Seattle"
    )
    for law, ratios in predictions(read["Seattle"]).items():
        told = "   ".join(f"{one:.2f}" for one in np.quantile(ratios, [0.1, 0.5, 0.9]))
        print(f"{law:<44}{told}")


def measured_ns(found: Measurements) -> Floats:
    """The quantiles of all measurements, weighted so that every pair counts the same; (levels,)."""
    there = ~np.isnan(found.one_way_ns)
    count = there.sum(axis=1)
    values, weights = found.one_way_ns[there], np.repeat(1 / count, count)
    order = np.argsort(values)
    cumulated = np.cumsum(weights[order]) / weights.sum()
    return np.asarray(values[order][np.searchsorted(cumulated, LEVELS)])


def drawn_ns(found: Measurements, messages: int = MESSAGES) -> Floats:
    """The quantiles of delays that messages between random pairs draw; (levels,)."""
    stream = np.random.default_rng(7)
    a, b = np.triu_indices(len(found.hosts), 1)
    pair = stream.integers(0, len(a), messages)
    late_ns = found.tails().excess_ns(a[pair], b[pair], stream.random(messages))
    return np.asarray(np.quantile(found.least_ns()[pair] + late_ns, LEVELS))


def predictions(found: Measurements) -> dict[str, Floats]:
    """What each law says of a higher quantile, over what was measured; (pairs,) each."""
    rows = [row[~np.isnan(row)] for row in found.one_way_ns]
    often = [row for row in rows if len(row) >= OFTEN and np.quantile(row, 0.9) > np.median(row)]
    said: dict[str, list[float]] = {}
    for row in often:
        p50, p90, p99 = np.quantile(row, [0.5, 0.9, 0.99])
        scale, sigma = (p90 - p50) / math.log(5), math.log(p90 / p50) / 1.2816
        said.setdefault("exponential above the median, p99", []).append(
            (p50 + scale * math.log(50)) / p99
        )
        said.setdefault("log-normal, p99", []).append(p50 * math.exp(2.3263 * sigma) / p99)
        said.setdefault("normal, p99", []).append((p50 + (p90 - p50) * 2.3263 / 1.2816) / p99)
    return {law: np.array(ratios) for law, ratios in said.items()}


def _read(path: str, array: str, unit_ns: int) -> Measurements:
    return read_measurements(input_path(path, "."), array, unit_ns)


def _row(name: str, quantiles_ms: Floats) -> str:
    return f"{name:<26}" + "".join(f"{one:>10.1f}" for one in quantiles_ms)


if __name__ == "__main__":
    main()
