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
_CONTROL: Final[Path] = ("detection", "control")
_HIT: Final = {"all": "all", "locals": "all of a local", "regions": "all of a region"}
_FOR_ANY: Final = "by and bonferroni hold under any dependence, and e_bh on e-values"


def about_detection(plan: Plan) -> Iterator[Remark]:
    """Remarks on what the control of a plan without mistakes takes agents for."""
    detection = plan.detection
    if detection is None:
        return
    yield from _between_agents(plan, detection)
    yield from _over_time(plan, detection)


def _between_agents(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    """Two-sided scores of what is shared are not positively dependent, so no proof covers them.

    A common shock of half the variance leaves the rate of `bh` near its level on average, and
    multiplies its spread by four (tests/theory/test_fdr_in_runs.py).
    """
    kind = detection.control.kind
    needed = {
        "prds": "that agents are independent, or positively dependent as scores that count both "
        "directions are not",
        "independence": "that agents are independent",
    }
    assumes = PROCEDURES[kind].assumes
    if assumes not in needed:
        return
    for shared in _shared(plan, detection):
        problem = f"{shared}, so false alarms come together; {kind} assumes {needed[assumes]}"
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
    shared = [*_shared(plan, detection)]
    reasons = [*shared, *_lasting_scores(plan, detection), *_lasting_values(plan)]
    if reasons:
        problem = f"{kind} takes each test for independent of all before it: {'; '.join(reasons)}"
        hint = "e_lond on lr_e_process holds whatever comes again, and bh decides each time anew"
        yield _CONTROL, problem, _FOR_ANY if shared else hint


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
