"""From scores to alarms, by name. A new rule is a file here, a line in `CONTROLS`, and its facts.

The facts (what it assumes of agents, and where it may decide) are in `sim.scenario.procedures`.
"""

from collections.abc import Mapping
from inspect import signature
from typing import Any, Final

from sim.detection.contract import Ints
from sim.detection.controls.batch import Bh, Bonferroni, By
from sim.detection.controls.claims import Claims
from sim.detection.controls.contract import Control
from sim.detection.controls.e_bh import EBh
from sim.detection.controls.e_lond import ELond
from sim.detection.controls.online import Addis, Lord, Saffron
from sim.detection.controls.proportion_matching import ProportionMatching
from sim.detection.controls.qute import Qute
from sim.detection.controls.threshold import Threshold
from sim.stats.registry import check_options, named

CONTROLS: Final[Mapping[str, type[Any]]] = {
    "addis": Addis,
    "bh": Bh,
    "bonferroni": Bonferroni,
    "by": By,
    "e_bh": EBh,
    "e_lond": ELond,
    "lord": Lord,
    "proportion_matching": ProportionMatching,
    "qute": Qute,
    "saffron": Saffron,
    "threshold": Threshold,
}


def make_control(kind: str, options: Mapping[str, Any], groups: Ints | None = None) -> Control:
    """The rule `kind`; `groups` (agents,) is the local of each agent, ascending.

    Any rule takes the option `quota`: the most alarms that agents of one local get in a decision.
    It, and proportion_matching, need groups. Raises ValueError for an unknown kind or option and
    for options that make no sense.
    """
    rule = named(CONTROLS, kind, "control")
    chosen = dict(options)
    claims = Claims(groups, chosen.pop("quota", None))
    _, *known = signature(rule).parameters
    check_options(kind, chosen, [*known, "quota"])
    control: Control = rule(claims, **chosen)
    return control
