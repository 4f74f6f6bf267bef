"""Rank error against value error: what two kinds of sketches say of the same values, by a tree.

    python -m benchmarks.quantile_error

100,000 values go through 20 locals and 2 regionals. KLL promises ranks, whatever the values are;
DDSketch promises values within 1 %, which is best in heavy tails and useless far from zero. Errors
are the largest over seven quantiles, and the mean over all repetitions. (Relative to a median of
about zero, as that of the normal values, any error of a value is large.)
"""

import argparse
from collections.abc import Callable, Mapping

import numpy as np

from sim.stats.dependence.contract import Floats
from sim.stats.fixed_point import QUANTUM
from sim.stats.sketches import kll, quantile_sketch

COUNT, LOCALS, REGIONALS = 100_000, 20, 2
Q = np.array([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])

VALUES: Mapping[str, Callable[[np.random.Generator], Floats]] = {
    "normal": lambda rng: rng.normal(size=COUNT),
    "1000 + normal": lambda rng: 1000 + rng.normal(size=COUNT),
    "lognormal(0, 2)": lambda rng: rng.lognormal(0, 2, COUNT),
    "Pareto(1)": lambda rng: 1 / (1 - rng.random(COUNT)),
}


def by_kll(values: Floats, k: int, rng: np.random.Generator) -> tuple[Floats, int]:
    """Quantiles, and bytes of the root's sketch."""
    locals_ = [kll.sketch(part, k, rng) for part in np.split(values, LOCALS)]
    share = LOCALS // REGIONALS
    regionals = [kll.merge(locals_[at : at + share], rng) for at in range(0, LOCALS, share)]
    root = kll.merge(regionals, rng)
    return root.quantiles(Q), root.size_bytes


def by_ddsketch(values: Floats, alpha: float) -> tuple[Floats, int]:
    """Quantiles, and bytes of the root's sketch."""
    quanta = np.rint(values / QUANTUM).astype(np.int64)[:, None]
    node = np.repeat(np.arange(LOCALS), COUNT // LOCALS)
    locals_ = quantile_sketch.sketch(node, quanta, quantile_sketch.Buckets(alpha))
    regionals = locals_.merge(np.arange(LOCALS) * REGIONALS // LOCALS)
    root = regionals.merge(np.zeros(REGIONALS, np.int64))
    return root.quantiles(Q, 1)[0, 0] * QUANTUM, int(root.wire_bytes(1)[0])


def errors(values: Floats, said: Floats) -> tuple[float, float]:
    """Largest error of a rank, and largest relative error of a value."""
    ordered = np.sort(values)
    exact = np.quantile(ordered, Q, method="lower")
    # A value that is between two others has no rank of its own: the nearest it may have counts.
    low, high = (np.searchsorted(ordered, said, side=side) / COUNT for side in ("left", "right"))
    off = np.maximum(np.maximum(low - Q, Q - high), 0)
    return float(off.max()), float(np.abs(said / exact - 1).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=20)
    asked = parser.parse_args()
    print(f"{'values':16} {'sketch':16} {'rank error':>10} {'value error':>12} {'bytes':>7}")
    for name, draw in VALUES.items():
        for kind, k in (("KLL", 200), ("KLL", 400), ("DDSketch", 0)):
            rng, rows = np.random.default_rng(1), []
            for _ in range(asked.repetitions):
                values = draw(rng)
                said, size = by_kll(values, k, rng) if k else by_ddsketch(values, 0.01)
                rows.append((*errors(values, said), size))
            rank, value, size = np.mean(rows, axis=0)
            label = f"{kind} k={k}" if k else f"{kind} 1 %"
            print(f"{name:16} {label:16} {rank:>10.2%} {value:>12.2%} {size:>7,.0f}")


if __name__ == "__main__":
    main()
