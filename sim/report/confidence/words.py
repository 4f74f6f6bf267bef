"""What became of the intervals of a run, in words: how often they cover, and what is broken.

Words are about all replications together, as the table of metrics is.
"""

from collections.abc import Iterator, Sequence

from sim.measure.confidence import ERRORS, Standing, why_off
from sim.report.table import written
from sim.scenario.plan import Plan
from sim.stats.confidence.registry import INTERVALS


def about_confidence(found: Sequence[Standing], plan: Plan) -> Iterator[str]:
    """A line on all tiers, one on each whose intervals have no end or are off, one on peeking."""
    if plan.confidence is None or not found:
        return
    shown = ", ".join(f"{one.tier} {written(one.coverage, 'share')}" for one in found)
    naive = written(found[-1].naive, "share")
    level = written(plan.confidence.level, "share")
    kind = plan.confidence.interval.kind
    yield f"{level} intervals ({kind}) cover{_where(found)}: {shown}; naive, root {naive}"
    yield from (_endless(one) for one in found if one.unbounded)
    yield from (why_off(one) for one in found if one.is_short or one.is_wide)
    yield from _peeking(found[-1], plan)


def _endless(one: Standing) -> str:
    """They cover whatever is true."""
    count = "none" if one.unbounded == one.stated else f"{one.stated - one.unbounded:,}"
    return (
        f"{one.tier}: {count} of {one.stated:,} intervals have an end, for too little was known; "
        "those without claim nothing, and are left out"
    )


def _where(found: Sequence[Standing]) -> str:
    """Nothing of a run of one replication."""
    count = max(one.replications for one in found)
    return f", mean of {count} replications" if count > 1 else ""


def _peeking(one: Standing, plan: Plan) -> Iterator[str]:
    """An interval for one look is missed more and more often by whoever goes on looking."""
    assert plan.confidence is not None
    assumes = INTERVALS[plan.confidence.interval.kind].assumes
    if "one_look" in assumes and one.ever_missed > 1 - one.level + ERRORS * one.error:
        yield (
            f"{one.tier}: {written(one.ever_missed, 'share')} of the features were missed at some "
            f"of {one.looks} looks, for each interval is for one look; `interval: sequence` of the "
            "process holds at all of them together"
        )
