"""What a control of many tests promises to whom: told with its place, never refused.

Each deciding node keeps a level of its own; a local that lies makes up all the alarms that it is
allowed; and a quota holds back true alarms as well as false ones.
"""

from collections.abc import Iterator
from typing import Final

from sim.scenario.anomalous import largest_local, most_of_a_local
from sim.scenario.floor_advice import CONTROL, TIER
from sim.scenario.liars import chosen
from sim.scenario.plan import DetectionPlan, Plan
from sim.scenario.procedures import PROCEDURES
from sim.scenario.remark import Remark
from sim.scenario.selectors import tree_shape
from sim.units import format_count, write_share

MATCHED_LEAST: Final = 1000
"""Agents of a local from which on levels can be matched: with 500 the realised rate is a quarter
above that of BH, with 10,000 it is the same (tests/theory/test_distributed_fdr.py)."""
REPEATS: Final = 4
"""Rounds that only repeat what all know may make up for what is lost, up to so many times."""


def about_multiplicity(plan: Plan) -> Iterator[Remark]:
    """Remarks on the control of a plan without mistakes."""
    detection = plan.detection
    if detection is None:
        return
    yield from _too_few(plan, detection)
    yield from _each_for_itself(plan, detection)
    yield from _floods(plan, detection)
    yield from _quota(plan, detection)
    yield from _rounds(plan, detection)


def _too_few(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    largest = largest_local(plan)
    if detection.control.kind == "proportion_matching" and largest < MATCHED_LEAST:
        problem = (
            f"levels are matched by what each local estimates of its agents, and the largest has "
            f"{largest}: many will take themselves for without anomalies, and find none"
        )
        yield CONTROL, problem, f"{MATCHED_LEAST} agents a local or more, or bh"


def _each_for_itself(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    kind, alpha = detection.control.kind, detection.control.options.get("alpha")
    nodes = plan.tiers[TIER[detection.decide]].count
    if alpha is None or nodes == 1 or kind == "qute":
        return
    each = f"each of {nodes:,} {plan.tiers[TIER[detection.decide]].name}s"
    more, figure = "of all alarms together more may be false", "detection.fdr"
    if kind == "bonferroni":
        more, figure = "a false alarm somewhere is likelier", "detection.any_false"
    problem = f"{each} keeps {write_share(alpha)} by itself: {more}, and {figure} is of all"
    hint = "qute keeps it for all locals" if detection.decide == "local" else "decide at the root"
    yield ("detection", "decide"), problem, hint


def _floods(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    """Nobody else sees the agents of a local, unless it has a quota or they have witnesses."""
    control = detection.control
    is_held = control.options.get("quota") is not None or detection.witnesses > 1
    if is_held or control.kind == "threshold":
        return
    tree = tree_shape(plan)
    for liar in plan.adversaries:
        if liar.kind == "flood_alarms":
            count = chosen(liar, tree)
            problem = (
                f"{count:,} {plan.tiers[liar.tier].name}{'s' * (count > 1)} may claim every agent "
                f"below: nothing that {control.kind} promises holds with made-up alarms"
            )
            yield CONTROL, problem, "a quota caps what a local can do, and witnesses outvote it"


def _quota(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    quota, kind = detection.control.options.get("quota"), detection.control.kind
    if quota is None:
        return
    largest, path = largest_local(plan), (*CONTROL, "quota")
    if quota >= largest:
        yield path, f"no local has more than {largest} agents: the quota never binds", ""
    together = most_of_a_local(plan)
    if together is not None and together > quota:
        problem = (
            f"{together:,} agents of one local are anomalous at once, and at most {quota:,} of "
            "them can be found in a decision"
        )
        yield path, problem, ""
    if PROCEDURES[kind].online:
        problem = f"what {kind} promises is not known to hold under a quota: it only caps damage"
        yield path, problem, "bh, by, e_bh and bonferroni keep their promise"


def _rounds(plan: Plan, detection: DetectionPlan) -> Iterator[Remark]:
    options = detection.control.options
    if detection.control.kind != "qute":
        return
    enough = max(plan.tiers[1].count // 2, 1) if options["graph"] == "ring" else 1
    if options["rounds"] > REPEATS * enough:
        problem = (
            f"after {format_count(enough, 'round')} all is known that the graph lets pass: "
            "more only repeat it, leave less time for each, and make the run slow"
        )
        yield (*CONTROL, "rounds"), problem, ""
