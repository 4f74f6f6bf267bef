"""Every way of fusing by its name."""

from collections.abc import Mapping
from typing import Final

from sim.stats.fusion.contract import Fusion
from sim.stats.fusion.covariance_intersection import covariance_intersection
from sim.stats.fusion.inverse_variance import inverse_variance
from sim.stats.fusion.last_version import last_version
from sim.stats.registry import named

FUSIONS: Final[Mapping[str, Fusion]] = {
    "last_version": last_version,
    "inverse_variance": inverse_variance,
    "covariance_intersection": covariance_intersection,
}


def make_fusion(kind: str) -> Fusion:
    """The rule of this name. Raises ValueError for an unknown one."""
    return named(FUSIONS, kind, "fusion")
