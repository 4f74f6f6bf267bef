"""What a control assumes and a scenario does not give it: told with its place, never refused.

What makes agents of one instant depend on each other is what they share: a season with a common
phase, common shocks, or a trace that all play in step. Not so correlation between the features of
an agent, a baseline that many are held against (its error is a small common shift, as that of a
shared calibration), or loss. What makes an agent depend on its own past is nearly everything but
plain noise held against its own history.
"""

from collections.abc import Iterator
from typing import Final

from sim.scenario.document import Path
from sim.scenario.plan import DetectionPlan, Plan
from sim.scenario.procedures import PROCEDURES
from sim.scenario.remark import Remark
from sim.units import write_duration

REMEMBERING: Final = ("cusum", "ewma_residual", "ewma_z", "lr_e_process")
"""Detectors whose score is of more than the newest values."""
MATCHED_LEAST: Final = 1000
"""Agents of a local from which on levels can be matched: with 500 the realised rate is a quarter
above that of BH, with 10,000 it is the same (tests/theory/test_distributed_fdr.py)."""
_CONTROL: Final[Path] = ("detection", "control")
_HIT: Final = {"all": "all", "locals": "all of a local", "regions": "all of a region"}
_FOR_ANY: Final = "by and bonferroni hold under any dependence, and e_bh on e-values"


def about_detection(plan: Plan) -> Iterator[Remark]:
    """Remarks on the control of a plan without mistakes."""
    detection = plan.detection
    if detection is None:
        return
    yield from _between_agents(plan, detection)
    yield from _over_time(plan, detection)
    yield from _too_coarse(plan, detection)
    yield from _too_few(plan, detection)
    yield from _quota(plan, detection)


def _between_agents(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    kind = detection.control.kind
    needed = {"prds": "independent or positively dependent", "independence": "independent"}
    assumes = PROCEDURES[kind].assumes
    if assumes not in needed:
        return
    for shared in _shared(plan, detection):
        problem = f"{kind} promises its level for agents that are {needed[assumes]}, and {shared}"
        yield _CONTROL, problem, _FOR_ANY


def _shared(plan: Plan, detection: DetectionPlan) -> Iterator[str]:
    """What moves many agents at once."""
    behaviour = plan.agents.behaviour
    if behaviour.kind == "trace" and behaviour.options["shift"] == "none":
        yield "all play the trace in step (shift: none): what one shows, others show too"
    season = behaviour.options.get("season")
    if (
        season
        and season["phase"] == "common"
        and season["amplitude"] > 0
        and detection.detector.kind != "peers"
    ):
        yield "all swing together (season with phase: common)"
    common = behaviour.options.get("common")
    if common and common["sd"] > 0 and detection.detector.kind != "peers":
        yield f"shocks hit {_HIT[common['among']]} at once (common: {common['sd']:g})"


def _over_time(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    kind = detection.control.kind
    if PROCEDURES[kind].assumes != "sequential":
        return
    reasons = [*_lasting_scores(plan, detection), *_lasting_values(plan)]
    if reasons:
        problem = f"{kind} tests each agent as if it had no past, and {'; '.join(reasons)}"
        hint = "e_lond on lr_e_process holds whatever comes again, and bh decides each time anew"
        yield _CONTROL, problem, hint


def _lasting_scores(plan: Plan, detection: DetectionPlan) -> Iterator[str]:
    if detection.detector.kind in REMEMBERING:
        yield f"{detection.detector.kind} remembers earlier values"
    if detection.scope != "own" and plan.agents.behaviour.options.get("spread", 0) > 0:
        yield "who is unlike others stays so (spread between agents, and a shared baseline)"


def _lasting_values(plan: Plan) -> Iterator[str]:
    options = plan.agents.behaviour.options
    if plan.agents.behaviour.kind == "trace":
        yield "recorded values resemble those before them"
    drift, season = options.get("drift"), options.get("season")
    if drift and drift["sd"] > 0:
        yield f"drift lasts {write_duration(drift['tau_ns'])}"
    if season and season["amplitude"] > 0:
        yield f"a season lasts {write_duration(season['period_ns'])}"


def _too_coarse(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    """Controls that soon, or at once, ask for p-values that calibration cannot give."""
    kind, options = detection.control.kind, detection.control.options
    facts = PROCEDURES[kind]
    if detection.detector.kind == "lr_e_process" or facts.on_e_values:
        return
    scores = _calibrated(plan, detection)
    floor = f"no p-value is below 1/{scores + 1:,}, with {scores:,} scores of calibration"
    agents = _agents_of_decision(plan, detection)
    if kind == "bonferroni" and options["alpha"] / agents < 1 / (scores + 1):
        problem = f"{agents:,} agents need p <= {options['alpha'] / agents:.2g} and {floor}: never"
        yield _CONTROL, problem, "calibrate for longer"
    if facts.online:
        tests = _patience(kind, options["alpha"], 1 / (scores + 1))
        problem = (
            f"after some {tests:,.0f} tests without an alarm {kind} asks for less than there is: "
            f"{floor}; then nothing is found any more"
        )
        yield _CONTROL, problem, "lr_e_process gives e-values, which have no such floor"


def _patience(kind: str, alpha: float, least: float) -> float:
    from sim.stats.multiplicity import Addis, LordPlusPlus, Saffron

    rules = {"addis": Addis, "lord": LordPlusPlus, "saffron": Saffron}
    return float(rules[kind](alpha).patience(least))


def _calibrated(plan: Plan, detection: DetectionPlan) -> int:
    """Scores that are kept of the time of calibration, if all arrive."""
    from sim.detection.controls.calibration import KEPT_MAX

    instants = max(detection.calibrate_ns // detection.every_ns, 1)
    return min(plan.agents.count * instants, KEPT_MAX)


def _agents_of_decision(plan: Plan, detection: DetectionPlan) -> int:
    """Agents below the largest deciding node."""
    tier = {"local": 1, "region": -2, "root": -1}[detection.decide]
    return -(-plan.agents.count // plan.tiers[tier].count)


def _largest_local(plan: Plan) -> int:
    return -(-plan.agents.count // plan.tiers[1].count)


def _too_few(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    largest = _largest_local(plan)
    if detection.control.kind == "proportion_matching" and largest < MATCHED_LEAST:
        problem = (
            f"levels are matched by what each local estimates of its agents, and the largest has "
            f"{largest}: many will take themselves for without anomalies, and find none"
        )
        yield _CONTROL, problem, f"{MATCHED_LEAST} agents a local or more, or bh"


def _quota(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    quota, kind = detection.control.options.get("quota"), detection.control.kind
    if quota is None:
        return
    largest, path = _largest_local(plan), (*_CONTROL, "quota")
    if quota >= largest:
        yield path, f"no local has more than {largest} agents: the quota never binds", ""
    if PROCEDURES[kind].online:
        problem = f"what {kind} promises is not known to hold under a quota: it only caps damage"
        yield path, problem, "bh, by, e_bh and bonferroni keep their promise"
