"""Latency laws, one per file: what a message waits beyond the shortest path of its sites.

A new law is a class under the contract of `LatencyLaw` and its name in `LATENCY_LAWS`; the contract
tests then cover it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.network.input_files import input_path
from sim.network.latency.constant import Constant
from sim.network.latency.empirical import Empirical
from sim.network.latency.exponential import Exponential
from sim.network.latency.gamma import Gamma
from sim.network.latency.law import LatencyLaw
from sim.network.latency.lognormal import Lognormal
from sim.network.latency.normal import Normal
from sim.network.latency.pareto_exponential import ParetoExponential
from sim.network.latency.sample_files import read_delays
from sim.network.latency.uniform import Uniform
from sim.network.latency.weibull import Weibull

LATENCY_LAWS: Final[Mapping[str, Callable[..., LatencyLaw]]] = {
    "constant": Constant,
    "uniform": Uniform,
    "normal": Normal,
    "exponential": Exponential,
    "lognormal": Lognormal,
    "pareto_exponential": ParetoExponential,
    "empirical": Empirical,
    "gamma": Gamma,
    "rtt_excess": Empirical,
    "weibull": Weibull,
}


def make_law(kind: str, options: Mapping[str, Any], directory: str = ".") -> LatencyLaw:
    """The law of that name; its options are the parameters of its class, times in ns.

    Only ``empirical`` and ``rtt_excess`` take a path, and how to read the file (relative to
    `directory`). Raises InputError if that file is not usable.
    """
    if kind not in FROM_FILES:
        return LATENCY_LAWS[kind](**options)
    chosen = dict(options)
    file = input_path(chosen.pop("path"), directory)
    return Empirical(FROM_FILES[kind](file, **chosen))


def _read_excess(file: str, array: str, unit_ns: int) -> NDArray[np.float64]:
    from sim.network.rtt_archive import read_measurements

    return read_measurements(file, array, unit_ns).excess_ns()


FROM_FILES: Final[Mapping[str, Callable[..., NDArray[np.float64]]]] = {
    "empirical": read_delays,
    "rtt_excess": _read_excess,
}
"""What reads the sample of a law that is one."""


__all__ = [
    "LATENCY_LAWS",
    "Constant",
    "Empirical",
    "Exponential",
    "Gamma",
    "LatencyLaw",
    "Lognormal",
    "Normal",
    "ParetoExponential",
    "Uniform",
    "Weibull",
    "make_law",
    "read_delays",
]
