"""What became of the intervals of a run, in words: how often they cover, and what is broken."""

from collections.abc import Iterator

from sim.measure.confidence import ERRORS, Standing, standings, why_off
from sim.measure.tables import Tables
from sim.report.table import written
from sim.scenario.plan import Plan
from sim.stats.confidence.registry import INTERVALS


def about_confidence(tables: Tables, plan: Plan) -> Iterator[str]:
    """A line on all tiers, one on each that is off its level, and one on peeking."""
    found = list(standings(tables, plan))
    if plan.confidence is None or not found:
        return
    shown = ", ".join(f"{one.tier} {written(one.coverage, 'share')}" for one in found)
    naive = written(found[-1].naive, "share")
    level = written(plan.confidence.level, "share")
    yield f"{level} intervals ({plan.confidence.interval.kind}) cover: {shown}; naive {naive}"
    yield from (why_off(one) for one in found if one.is_short or one.is_wide)
    yield from _peeking(found[-1], tables, plan)


def _peeking(one: Standing, tables: Tables, plan: Plan) -> Iterator[str]:
    """An interval for one look is missed more and more often by whoever goes on looking."""
    assert plan.confidence is not None
    looks = len(set(tables.intervals["version"].tolist()))
    assumes = INTERVALS[plan.confidence.interval.kind].assumes
    if "one_look" in assumes and one.ever_missed > 1 - one.level + ERRORS * one.error:
        yield (
            f"{one.tier}: {written(one.ever_missed, 'share')} of the features were missed at some "
            f"of {looks} looks, for each interval is for one look"
        )
