"""In what state each region was at each instant: what the lanes, the map and its table all show.

A region is *down* while a fault stops its aggregator, *cut off* while the root cannot be reached,
*stale* while the oldest it has told the root of is above the baseline bound, else *fresh*; the
worst counts. A place of a tree that changes is *not in use* while no agent is below it, and one
that never was is not shown. Of very many regions the conspicuous ones stand alone and all others
together. Where instants are left out, a step shows the worst of its stretch, so that nothing short
vanishes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Tables
from sim.report.groups import noun
from sim.report.html.badges import Badges, badges_of, marked
from sim.report.html.clock import Clock, clock_of
from sim.report.html.facts import Run
from sim.report.html.places import used, without_rows
from sim.report.html.stops import Stopped, during, stopped
from sim.report.lanes import others_label
from sim.report.series import Grid, pivot, thin
from sim.report.words import the_root
from sim.scenario.plan import Plan

UNUSED, FRESH, STALE, CUT, DOWN = range(5)
WORDS: Final = ("not in use", "fresh", "stale", "cut off", "down")
KEYS: Final = ("unused", "fresh", "stale", "cut", "down")
"""How templates and the script call them."""
LETTERS: Final = "–FSCD"
ROOM: Final = 24
"""Regions that a map and a timeline can hold."""
FILL: Final = 12
"""Of very many regions so many are shown, even where nothing happens to them."""

Values = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A region, or several that share a lane and a place on the map."""

    label: str
    regions: tuple[int, ...]
    is_rest: bool = False

    def places(self, regions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which columns of a grid are its regions."""
        return np.isin(regions, self.regions)


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """What is known at each step of the slider; arrays are (instants,) or (instants, members)."""

    members: tuple[Member, ...]
    time_s: Values
    code: Values
    age_s: Values
    coverage: Values
    lying: Values
    alerting: Values
    alarms: Values
    root: str
    """Whose view it is: the root's, or that of its replica 0."""
    root_down: Values
    root_coverage: Values
    root_age_s: Values
    root_error: Values
    whole: Grid
    """The codes of single regions at every sample: what lanes are drawn from."""
    badges: Badges
    clock: Clock

    @property
    def first_look(self) -> int:
        """The step that tells most: in the middle of what is worst for most; without it the end.

        A cut tells more than staleness, and that more than lies and alarms.
        """
        marks = self.lying.sum(axis=1) * 100.0 + self.alerting.sum(axis=1)
        marks += 10.0 * during(self.badges.everywhere_ns, np.rint(self.time_s * 1e9))
        worst_code = np.maximum(self.code.max(axis=1), FRESH) - FRESH
        badness = worst_code * 1e9 + (self.code > FRESH).sum(axis=1) * 1e6 + marks
        worst = np.flatnonzero(badness == badness.max())
        return int(worst[len(worst) // 2]) if badness.any() else len(self.time_s) - 1


def states_of(run: Run, instants: int) -> States | None:
    """The states of a run at so many instants at most; None of a run without samples."""
    tables, plan = run.tables, run.plan
    if not len(tables.samples["time_ns"]) or not len(tables.regions["time_ns"]):
        return None
    stops = stopped(tables, plan)
    codes = region_codes(tables, plan, stops)
    badges = badges_of(run, codes.time_ns, codes.regions)
    members = choose(codes, badges, tables, plan)
    shown = partial(_shown, codes, members, instants)
    down = during(stops.root, codes.time_ns)
    of_root = partial(_of_root, tables, instants)
    return States(
        members=tuple(members),
        time_s=thin(codes.time_ns, codes.values, np.maximum, instants)[0],
        code=shown(codes.values, np.maximum),
        age_s=shown(_of_regions(tables, codes, "oldest_age_ns"), np.fmax) / 1e9,
        coverage=shown(_of_regions(tables, codes, "coverage"), np.fmin),
        lying=shown(badges.lying, np.logical_or),
        alerting=shown(badges.alerting, np.logical_or),
        alarms=shown(badges.alarms, np.maximum, np.add),
        root=the_root(plan),
        root_down=thin(codes.time_ns, down, np.logical_or, instants)[1],
        root_coverage=of_root("coverage", np.fmin),
        root_age_s=of_root("oldest_age_ns", np.fmax) / 1e9,
        root_error=of_root("error_mean", np.fmax),
        whole=codes,
        badges=badges,
        clock=clock_of(plan.duration_ns),
    )


def region_codes(tables: Tables, plan: Plan, stops: Stopped) -> Grid:
    """The state of each region that ever has agents, at each sample, as a number."""
    reach = pivot(tables.regions, "reachable", missing=True)
    ages_ns = pivot(tables.regions, "oldest_age_ns").values
    code = np.where(ages_ns > plan.staleness.baseline_ns, STALE, FRESH)
    code[~reach.values] = CUT
    code[~reach.values & marked(stops.regions, reach.time_ns, reach.regions)] = DOWN
    code[~used(tables, plan)] = UNUSED
    there = (code != UNUSED).any(axis=0)
    return Grid(reach.time_ns, reach.regions[there], code[:, there])


def choose(codes: Grid, badges: Badges, tables: Tables, plan: Plan) -> list[Member]:
    """Every region by itself; of too many those to which most happens, and the rest together."""
    child, hidden = noun(plan), without_rows(tables, plan)
    regions = codes.regions.tolist()
    alone = regions if len(regions) + hidden <= ROOM else _conspicuous(codes, badges)
    members = [Member(f"{child}-{region}", (region,)) for region in alone]
    rest = tuple(region for region in regions if region not in set(alone))
    if rest:
        label = others_label(len(rest), bool(alone), hidden, child)
        members.append(Member(label, rest, is_rest=True))
    return members


def _conspicuous(codes: Grid, badges: Badges) -> list[int]:
    """The regions to which most happens, in order of their numbers; a few others beside them."""
    trouble = (codes.values > FRESH).sum(axis=0) + badges.lying.sum(axis=0)
    trouble += badges.alerting.sum(axis=0)
    order = np.argsort(-trouble, kind="stable")
    count = min(max(int((trouble > 0).sum()), FILL - 1), ROOM - 1)
    return sorted(codes.regions[order[:count]].tolist())


def _shown(
    codes: Grid,
    members: Sequence[Member],
    instants: int,
    values: Values,
    worst: np.ufunc,
    joined: np.ufunc | None = None,
) -> Values:
    """The worst of each stretch, of each member; the regions of one are `joined` (or the worst)."""
    columns = [
        (joined or worst).reduce(values[:, member.places(codes.regions)], axis=1)
        for member in members
    ]
    return thin(codes.time_ns, np.stack(columns, axis=1), worst, instants)[1]


def _of_regions(tables: Tables, codes: Grid, column: str) -> Values:
    """A column of the regions that have codes, shape (instants, regions)."""
    return pivot(tables.regions, column).only(codes.regions.tolist())


def _of_root(tables: Tables, instants: int, column: str, worst: np.ufunc) -> Values:
    """A column of the samples at the same steps; regions are sampled at the same instants."""
    values = tables.samples[column].astype(np.float64)
    return thin(tables.samples["time_ns"], values, worst, instants)[1]
