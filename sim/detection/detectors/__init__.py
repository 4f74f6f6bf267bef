"""The detectors by name. A new one is a file here and a line in `DETECTORS`."""

from collections.abc import Mapping
from inspect import signature
from typing import Any, Final

from sim.detection.contract import Detector, Ints
from sim.detection.detectors.cusum import Cusum
from sim.detection.detectors.ewma_residual import EwmaResidual
from sim.detection.detectors.ewma_z import EwmaZ
from sim.detection.detectors.lr_e_process import LrEProcess
from sim.detection.detectors.mahalanobis import Mahalanobis
from sim.detection.detectors.pca import Pca
from sim.detection.detectors.peers import Peers
from sim.detection.detectors.watched import Watched
from sim.detection.detectors.z import Z
from sim.stats.registry import check_options, named

DETECTORS: Final[Mapping[str, type[Any]]] = {
    "cusum": Cusum,
    "ewma_residual": EwmaResidual,
    "ewma_z": EwmaZ,
    "lr_e_process": LrEProcess,
    "mahalanobis": Mahalanobis,
    "pca": Pca,
    "peers": Peers,
    "z": Z,
}


def make_detector(
    kind: str,
    options: Mapping[str, Any],
    *,
    agents: int,
    features: int,
    period_ns: int,
    groups: Ints,
) -> Detector:
    """The detector `kind` for `agents` agents that each send `features` values every `period_ns`.

    `groups` (agents,) says who belongs together (for `peers`), numbered from 0. Raises ValueError
    for an unknown kind, an unknown or missing option, and a value out of its range.
    """
    make = named(DETECTORS, kind, "detector")
    _check(kind, options)
    detector: Detector = make(Watched(agents, features, period_ns, groups), **options)
    return detector


def _check(kind: str, options: Mapping[str, Any]) -> None:
    _, *known = signature(DETECTORS[kind]).parameters.values()
    check_options(kind, options, [parameter.name for parameter in known])
    for parameter in known:
        if parameter.default is parameter.empty and parameter.name not in options:
            raise ValueError(f"{kind} needs the option {parameter.name!r}")
