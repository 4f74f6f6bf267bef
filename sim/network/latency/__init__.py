"""Latency laws, one per file: what a message waits beyond the shortest path of its sites.

A new law is a class under the contract of `LatencyLaw` and its name in `LATENCY_LAWS`; the contract
tests then cover it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sim.network.input_files import input_path
from sim.network.latency.constant import Constant
from sim.network.latency.empirical import Empirical, read_delays
from sim.network.latency.exponential import Exponential
from sim.network.latency.law import LatencyLaw
from sim.network.latency.lognormal import Lognormal
from sim.network.latency.normal import Normal
from sim.network.latency.pareto_exponential import ParetoExponential
from sim.network.latency.uniform import Uniform

LATENCY_LAWS: Final[Mapping[str, Callable[..., LatencyLaw]]] = {
    "constant": Constant,
    "uniform": Uniform,
    "normal": Normal,
    "exponential": Exponential,
    "lognormal": Lognormal,
    "pareto_exponential": ParetoExponential,
    "empirical": Empirical,
}


def make_law(kind: str, options: Mapping[str, Any], directory: str = ".") -> LatencyLaw:
    """The law of that name; its options are the parameters of its class, times in ns.

    Only ``empirical`` takes path, column and unit, and reads the file (relative to `directory`).
    Raises InputError if that file is not usable.
    """
    if kind == "empirical":
        file = input_path(options["path"], directory)
        return Empirical(read_delays(file, options["column"], options["unit"]))
    return LATENCY_LAWS[kind](**options)


__all__ = [
    "LATENCY_LAWS",
    "Constant",
    "Empirical",
    "Exponential",
    "LatencyLaw",
    "Lognormal",
    "Normal",
    "ParetoExponential",
    "Uniform",
    "make_law",
    "read_delays",
]
