"""Levels that calibration cannot reach: told with their place, never refused.

No p-value is below 1 / (n + 1) with n scores of calibration, and no e-value made of one is above
sqrt(n + 1) / 2. So a control may need many agents that stand out at once for any alarm, or fall
silent for the rest of a run.
"""

import math
from collections.abc import Iterator
from typing import Final

from sim.scenario.anomalous import most_at_once, most_of_a_local
from sim.scenario.document import Path
from sim.scenario.plan import DetectionPlan, Plan
from sim.scenario.procedures import PROCEDURES
from sim.scenario.remark import Remark
from sim.units import format_count

RARE: Final = 0.01
"""Where nothing says how many agents are anomalous, this share of them stands out at once."""
TESTS_MAX: Final = 1_000_000
"""As many tests of e-LOND are looked at."""
CONTROL: Final[Path] = ("detection", "control")
TIER: Final = {"local": 1, "region": -2, "root": -1}
"""The tier of deciding nodes."""


def about_floor(plan: Plan) -> Iterator[Remark]:
    """Remarks on how small a p-value the control of a plan without mistakes needs."""
    detection = plan.detection
    if detection is None or not _goes_by_p(detection):
        return
    kind = detection.control.kind
    facts = PROCEDURES[kind]
    if facts.on_e_values:
        yield from _without_e_values(plan, detection)
    elif facts.online:
        yield from _out_of_patience(plan, detection)
    elif kind == "bonferroni":
        yield from _out_of_reach(plan, detection)
    elif kind in ("bh", "by", "qute"):
        yield from _too_many_at_once(plan, detection)


def _goes_by_p(detection: DetectionPlan) -> bool:
    """Whether p-values from calibration count in the end, as they are or turned into e-values."""
    facts = PROCEDURES[detection.control.kind]
    takes_e_values = facts.on_e_values or facts.online
    return not (detection.detector.kind == "lr_e_process" and takes_e_values)


def _out_of_reach(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    agents, scores = _agents_of_decision(plan, detection), _calibrated(plan, detection)
    needed = detection.control.options["alpha"] / agents
    if needed < 1 / (scores + 1):
        problem = f"{agents:,} agents need p <= {needed:.2g} and {_floor(scores)}: never"
        yield CONTROL, problem, "calibrate for longer"


def _too_many_at_once(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    """Step-up: the k smallest of m are found if they are at most k alpha / m."""
    kind, scores = detection.control.kind, _calibrated(plan, detection)
    agents = _agents_of_test(plan, detection)
    cost = _harmonic(agents) if kind == "by" else 1.0
    needed = _whole(cost * agents / (detection.control.options["alpha"] * (scores + 1)))
    if problem := _many(plan, detection, needed, _usual(plan, detection, agents)):
        yield CONTROL, f"{problem}, as {_floor(scores)}", "calibrate for longer"


def _without_e_values(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    """Of a p-value comes 1 / (2 sqrt p), and e-BH finds k of m that are m / (k alpha) or more."""
    control, agents = detection.control, _agents_of_decision(plan, detection)
    alpha, largest = control.options["alpha"], math.sqrt(_calibrated(plan, detection) + 1) / 2
    poor = (
        f"{detection.detector.kind} gives no e-values, those made of its p-values are "
        f"{largest:.3g} at most"
    )
    hint = "lr_e_process gives e-values that grow without end"
    if control.kind == "e_lond":
        tests = _tests_of_e_lond(alpha, largest)
        when = f"after {format_count(tests, 'test')} of a node" if tests else "at all"
        yield CONTROL, f"e_lond finds nothing {when}: {poor}", hint
    else:
        needed = _whole(agents / (alpha * largest))
        if problem := _many(plan, detection, needed, usual=1):
            yield CONTROL, f"{problem}, as {poor}", hint


def _many(plan: Plan, detection: DetectionPlan, needed: int, usual: int) -> str:
    """What it means that `needed` agents must have the smallest p there is; empty if nothing."""
    kind, agents = detection.control.kind, _agents_of_test(plan, detection)
    if needed > _agents_known(plan, detection):
        return f"{kind} can find nothing: {needed:,} of {agents:,} agents must stand out at once"
    if needed > usual:
        return f"{kind} finds nothing unless {needed:,} of {agents:,} agents stand out at once"
    return ""


def _out_of_patience(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    kind, scores = detection.control.kind, _calibrated(plan, detection)
    tests = math.floor(_patience(kind, detection.control.options["alpha"], 1 / (scores + 1)))
    agents = _agents_of_decision(plan, detection)
    after = (
        f"once a node has made {format_count(tests, 'test')} without an alarm"
        if tests
        else "from the start"
    )
    problem = (
        f"{after} (it makes {agents:,} a decision) {kind} asks for smaller p-values than there are "
        f"and finds nothing any more: {_floor(scores)}"
    )
    yield CONTROL, problem, "lr_e_process gives e-values, which have no such floor"


def _patience(kind: str, alpha: float, least: float) -> float:
    from sim.stats.multiplicity import Addis, LordPlusPlus, Saffron

    rules = {"addis": Addis, "lord": LordPlusPlus, "saffron": Saffron}
    return float(rules[kind](alpha).patience(least))


def _tests_of_e_lond(alpha: float, largest: float) -> int:
    """How many first tests can be passed with an e-value of at most `largest`."""
    import numpy as np

    from sim.stats.multiplicity.investing import slow_gamma

    levels = alpha * slow_gamma(np.arange(1.0, TESTS_MAX + 1))
    return int(np.count_nonzero(levels * largest >= 1))


def _usual(plan: Plan, detection: DetectionPlan, agents: int) -> int:
    """So many of them stand out at once: half of those that are anomalous, if that is known."""
    is_alone = detection.decide == "local" and detection.control.kind != "qute"
    anomalous = most_of_a_local(plan) if is_alone else most_at_once(plan)
    if anomalous is None:
        return max(math.ceil(RARE * agents), 1)
    return max(math.ceil(anomalous / 2), min(anomalous, 2), 1)


def _calibrated(plan: Plan, detection: DetectionPlan) -> int:
    """Scores that are kept of the time of calibration, if all arrive."""
    from sim.detection.controls.calibration import KEPT_MAX

    instants = max(detection.calibrate_ns // detection.every_ns, 1)
    return min(plan.agents.count * instants, KEPT_MAX)


def _floor(scores: int) -> str:
    return f"no p-value is below 1/{scores + 1:,}, with {scores:,} scores of calibration"


def _harmonic(count: int) -> float:
    """1 + 1/2 + ... + 1/count."""
    return math.log(count) + 0.5772156649 + 1 / (2 * count)


def _whole(count: float) -> int:
    """Rounded up, as far as it is more than a whole number by more than rounding."""
    return max(math.ceil(count * (1 - 1e-9)), 1)


def _agents_of_decision(plan: Plan, detection: DetectionPlan) -> int:
    """Agents below the largest deciding node."""
    return -(-plan.agents.count // plan.tiers[TIER[detection.decide]].count)


def _agents_of_test(plan: Plan, detection: DetectionPlan) -> int:
    """Hypotheses that a deciding node divides its level by."""
    is_of_all = detection.control.kind == "qute"
    return plan.agents.count if is_of_all else _agents_of_decision(plan, detection)


def _agents_known(plan: Plan, detection: DetectionPlan) -> int:
    """Agents whose p-values the largest deciding node can know of."""
    own = _agents_of_decision(plan, detection)
    if detection.control.kind != "qute":
        return own
    locals_, options = plan.tiers[1].count, detection.control.options
    reach: dict[str, int] = {
        "siblings": -(-locals_ // plan.tiers[2].count),
        "ring": 2 * options["rounds"] + 1,
        "all": locals_,
    }
    return min(own * reach[options["graph"]], plan.agents.count)
