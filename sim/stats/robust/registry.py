"""Every rule by its name. A new rule is one file, its line here and its line in `needs`."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from sim.stats.registry import check_options, named
from sim.stats.robust.bulyan import Bulyan
from sim.stats.robust.centred_clipping import CentredClipping
from sim.stats.robust.contract import Rule
from sim.stats.robust.geometric_median import GeometricMedian
from sim.stats.robust.krum import Krum, MultiKrum
from sim.stats.robust.mean import Mean
from sim.stats.robust.median import Median
from sim.stats.robust.median_of_means import MedianOfMeans
from sim.stats.robust.mixing import Mixed
from sim.stats.robust.spectral_filter import SpectralFilter
from sim.stats.robust.trimmed_mean import TrimmedMean

RULES: Final[Mapping[str, type[Rule]]] = {
    rule.name: rule
    for rule in (
        Mean,
        Median,
        TrimmedMean,
        MedianOfMeans,
        GeometricMedian,
        Krum,
        MultiKrum,
        Bulyan,
        CentredClipping,
        SpectralFilter,
    )
}


def make_rule(kind: str, options: Mapping[str, Any] | None = None) -> Rule:
    """The rule of this name; ``mix: true`` puts nearest-neighbour mixing before it.

    Raises ValueError for an unknown name or option.
    """
    make = named(RULES, kind, "rule")
    wanted = dict(options or {})
    mixed = wanted.pop("mix", False)
    check_options(kind, wanted, ["mix", *(field.name for field in fields(make))])
    rule = make(**wanted)
    return Mixed(rule) if mixed else rule
