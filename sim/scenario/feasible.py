"""What can be promised at all: below the bias of the median no rule gets with so many liars.

For many agents whose values are normal, no rule has a smaller largest bias than the median (Huber
1964), and what liars do to it depends on nothing but their share. So a threshold below that floor
is not a demand on the rule; it is infeasible.
"""

import math
from dataclasses import replace

from sim.scenario.liars import false_shares
from sim.scenario.plan import Plan, Threshold
from sim.stats.robust.max_bias import max_bias


def with_infeasible(plan: Plan) -> Plan:
    """The plan with a word on each threshold that no rule can promise to keep."""
    thresholds = (replace(one, infeasible=why_infeasible(one, plan)) for one in plan.thresholds)
    return replace(plan, thresholds=tuple(thresholds))


def bias_floor(metric: str, plan: Plan) -> tuple[float, float]:
    """Share of liars that counts for a metric of bias, and the floor in sd between agents.

    Of ``bias.max`` the largest share at any instant, of ``bias.median`` the one that is there for
    half of the time; (0, 0) for every other metric. From half of the agents on the floor is
    infinite.
    """
    if metric not in ("bias.max", "bias.median"):
        return 0.0, 0.0
    pieces = sorted(false_shares(plan), key=lambda piece: piece[1], reverse=True)
    half_ns = sum(span_ns for span_ns, _ in pieces) / 2 if metric == "bias.median" else 0.0
    for span_ns, share in pieces:
        half_ns -= span_ns
        if half_ns < 0:
            return share, floor_at(share)
    return 0.0, 0.0


def floor_at(share: float) -> float:
    """The largest bias of the median at a share of liars, in sd between agents."""
    bias = max_bias("median", min(share, 1.0))
    assert bias is not None, "the bias of the median is known in closed form"
    return bias


def why_infeasible(threshold: Threshold, plan: Plan) -> str:
    """Why no rule can promise to keep a threshold; empty if one may."""
    share, floor = bias_floor(threshold.metric, plan)
    if threshold.maximum is None or threshold.maximum >= floor:
        return ""
    liars = f"at {share * 100:.4g} % liars no rule"
    return (
        f"{liars} bounds the bias"
        if math.isinf(floor)
        else f"{liars} is better than {floor:.4g} sd"
    )
