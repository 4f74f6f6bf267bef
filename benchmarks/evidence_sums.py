"""Sums of evidence: what each way to add up log-likelihood ratios is off by, and what it costs.

Prints the errors at 1e4 to 1e8 items, against the exact sum, and checks that the exact sum is
``math.fsum`` bit for bit: ``python -m benchmarks.evidence_sums`` (1e8 items: two minutes, 40 MB;
``python -m benchmarks.evidence_sums 1000000`` stops there). Two laws, as in the theory: uniform on
(0, 1), where the sum grows with n, and normal, where it nearly cancels. Items are drawn anew for
each way from the same seed, chunk by chunk, so no run needs memory for all of them. Times are CPU
times, without that of drawing.
"""

import math
import sys
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sim.claims.experiments.evidence_sums import (
    CHUNK,
    WAYS,
    Chunks,
    exact_total,
    fsum,
    items,
    superaccumulator,
)
from sim.stats import evidence, summation
from sim.stats.exact_sum import ExactSum, exact_sum

LAWS = ("uniform", "normal")
SUMMING = {name: way for name, way in WAYS.items() if not name.startswith("product")}
"""Products have no bound of their own: they leave the range of a float."""


class Sums(NamedTuple):
    """The sum of n items, and of their magnitudes, both exact but for the last rounding."""

    exact: ExactSum
    absolute: float


class Row(NamedTuple):
    """One way to add up: its error against the exact sum, and what it may be off by."""

    name: str
    error: float
    bound: float
    seconds: float


def bounds(n: int, sums: Sums) -> dict[str, float]:
    """What each way may be off by, rounding of its result included; from the items, not the run."""
    value, absolute, single = sums.exact.value, sums.absolute, summation.UNIT_ROUNDOFF_32
    last = math.ulp(value) / 2
    return {
        "math.fsum": last,
        "exact_sum": last,
        "fixed point": n * evidence.QUANTUM / 2 + last,
        "Neumaier": summation.neumaier_bound(n, value, absolute),
        "Kahan": summation.kahan_bound(n, absolute),
        "np.sum (pairwise)": summation.pairwise_bound(n, CHUNK, absolute),
        "naive": summation.naive_bound(n, absolute),
        # Each item is rounded to float32 before it is added: n roundings instead of n - 1.
        "naive float32": (1 + single) * summation.naive_bound(n + 1, absolute, single),
    }


def measure(law: str, n: int, seed: int) -> Iterator[Row]:
    """A row for each way."""
    exact = exact_total(items(law, n, seed))
    absolute = exact_total(abs(chunk) for chunk in items(law, n, seed)).value
    may_be = bounds(n, Sums(exact, absolute))
    for name, way in SUMMING.items():
        found, seconds = timed(way, items(law, n, seed))
        error = abs(float(exact_sum([found]).fraction - exact.fraction))
        yield Row(name, error, may_be[name], seconds)


def timed(way: Callable[[Chunks], float], chunks: Chunks) -> tuple[float, float]:
    """The sum, and the CPU seconds it took without those that drawing the chunks took."""
    drawing = 0.0

    def drawn() -> Chunks:
        nonlocal drawing
        asked = time.process_time()
        for chunk in chunks:
            drawing += time.process_time() - asked
            yield chunk
            asked = time.process_time()

    started = time.process_time()
    found = way(drawn())
    return found, time.process_time() - started - drawing


def report(law: str, n: int, seed: int) -> bool:
    """Print the rows; whether each is within its bound and exact_sum is math.fsum."""
    good = fsum(items(law, n, seed)) == superaccumulator(items(law, n, seed))
    print(f"\n{law}, {n:.0e} items; exact_sum is math.fsum bit for bit: {'yes' if good else 'NO'}")
    for row in measure(law, n, seed):
        within = row.error <= row.bound
        good &= within
        print(
            f"  {row.name:18} error {row.error:8.1e} nat   at most {row.bound:8.1e}"
            f"   {row.seconds / n * 1e9:6.1f} ns an item   {row.seconds:7.2f} s"
            + ("" if within else "   BEYOND ITS BOUND")
        )
    return good


def main(largest: int = 10**8, seed: int = 20261122) -> int:
    sizes = [10**power for power in range(4, 9) if 10**power <= largest]
    good = [report(law, n, seed) for n in sizes for law in LAWS]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main(*(int(argument) for argument in sys.argv[1:])))
