"""Adding up log-likelihood ratios in the usual ways: how far each is off after n items.

Two laws, as in theory 3: uniform on (0, 1), where the sum grows with n, and normal, where it nearly
cancels. Items are drawn anew for each way from the same seed, chunk by chunk, so that a hundred
million need no memory. Products multiply the ratios themselves; their error is that of the
logarithm, infinite once the product is 0 or infinite.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.streams import Streams
from sim.stats import evidence, summation
from sim.stats.evidence import add_up, quantise, total
from sim.stats.exact_sum import ExactSum, exact_sum

CHUNK: Final = 1 << 16
UNITS: Final = {"error": "nat"}

Chunks = Iterator[NDArray[np.float64]]


def run(seed: int, way: str, law: str, n: int, draws: int = 1) -> dict[str, float]:
    """The largest error of one way against the exact sum, in nat, over so many draws of n items."""
    return {"error": max(_error(seed + draw, way, law, n) for draw in range(draws))}


def _error(seed: int, way: str, law: str, n: int) -> float:
    exact = exact_total(items(law, n, seed))
    found = WAYS[way](items(law, n, seed))
    if not math.isfinite(found):
        return math.inf
    return abs(float(exact_sum([found]).fraction - exact.fraction))


def items(law: str, n: int, seed: int) -> Chunks:
    """n log-likelihood ratios, the same for the same seed."""
    stream = Streams(seed).stream("evidence", law)
    draw = stream.random if law == "uniform" else stream.standard_normal
    return (draw(min(CHUNK, n - start)) for start in range(0, n, CHUNK))


def exact_total(chunks: Chunks) -> ExactSum:
    """The sum without any rounding."""
    return sum((exact_sum(chunk) for chunk in chunks), ExactSum())


def fsum(chunks: Chunks) -> float:
    """The standard library's sum, rounded once."""
    return math.fsum(itertools.chain.from_iterable(chunk.tolist() for chunk in chunks))


def superaccumulator(chunks: Chunks) -> float:
    """The exact sum, rounded once."""
    return exact_total(chunks).value


def fixed_point(chunks: Chunks) -> float:
    """The sum on the wire: quanta of 2**-32 nat."""
    sums = total(np.empty(0, np.int64))
    for chunk in chunks:
        sums = add_up(np.stack((sums, total(quantise(chunk)))))
    return float(evidence.log_odds(sums))


def product(chunks: Chunks) -> float:
    """The logarithm of the product of the ratios themselves."""
    return _log(summation.naive_product(chunks))


def product_32(chunks: Chunks) -> float:
    """The same in float32."""
    return _log(summation.naive_product_32(chunks))


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else -math.inf


WAYS: Final[Mapping[str, Callable[[Chunks], float]]] = {
    "math.fsum": fsum,
    "exact_sum": superaccumulator,
    "fixed point": fixed_point,
    "Neumaier": summation.neumaier_sum,
    "Kahan": summation.kahan_sum,
    "np.sum (pairwise)": summation.pairwise_sum,
    "naive": summation.naive_sum,
    "naive float32": summation.naive_sum_32,
    "product": product,
    "product float32": product_32,
}
"""By the names that results have."""
