"""Single values of a plan as they stand in a scenario file, exactly, each with its unit.

The name of an option says what it is: ``_ns`` behind it marks a span of time, and the tables here
name the shares, the deviations and those that can be the word ``none``.
"""

from collections.abc import Mapping
from typing import Any, Final

from sim.scenario.catalogue import METRICS
from sim.scenario.variant import Variant
from sim.units import (
    NS_PER_S,
    write_bit_rate,
    write_deviation_rate,
    write_deviations,
    write_duration,
    write_share,
)

_SHARES: Final = frozenset(
    {
        "share",
        "pareto_share",
        "to_bad",
        "to_good",
        "loss_good",
        "loss_bad",
        "extra_loss",
        "quantile",
        "keep",
        "shrinkage",
        "of",
    }
)
_DEVIATIONS: Final = frozenset({"size", "to", "by"})
_WORD_NONE: Final = frozenset(
    {"drift", "tail", "season", "cadence", "within", "labels", "cap", "restart"}
)
_UNITS: Final = {metric.name: metric.unit for metric in METRICS}


def written_rate(bits_per_s: int | None) -> str:
    """Bits a second; None is the word ``none``: no limit."""
    return "none" if bits_per_s is None else write_bit_rate(bits_per_s)


def written_bound(value: float, metric: str) -> Any:
    """A bound on a metric, in its unit."""
    unit = _UNITS[metric]
    if unit == "s":
        return write_duration(round(value * NS_PER_S))
    return write_share(value) if unit == "share" else value


def written_variant(variant: Variant) -> dict[str, Any]:
    """What is chosen by its ``kind``, with its options."""
    return {"kind": variant.kind, **written_options(variant.options)}


def written_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options by the names that they have in a file; those that are not set are left out."""
    written = {key.removesuffix("_ns"): _value(key, value) for key, value in options.items()}
    return {key: value for key, value in written.items() if value is not None}


def _value(key: str, value: Any) -> Any:
    name = key.removesuffix("_ns")
    if value is None:
        return "none" if name in _WORD_NONE else None
    if name != key:
        return write_duration(value)
    if isinstance(value, Variant):
        return written_variant(value)
    if isinstance(value, Mapping):
        return written_options(value)
    if isinstance(value, tuple):
        return [_value(name, item) for item in value]
    if name in _DEVIATIONS:
        return write_deviations(value)
    if name == "rate":
        return write_deviation_rate(value)
    return write_share(value) if name in _SHARES else value
