"""The first half of a search by several processes: independent searches, each with its own seed.

Hypothesis draws one case after the other, so one search cannot be cut up; but several that begin
elsewhere can look at more places. What each of them ran is put together, and the search goes on
from the seed that found the worst: to it all that was run is known already. There are twice as many
searches as processes, so that an interrupt does not lose all that was done.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.campaign.executors import crew, spread
from sim.campaign.interrupts import Interrupts
from sim.scenario.search.plan import Search
from sim.search.case import Case
from sim.search.hunt import Hunt, explore, hunt
from sim.search.trials import Trial, Trials


@dataclass(frozen=True, slots=True)
class _Unit:
    """One independent search, and what is known before it."""

    search: Search
    runs: int
    seed: int
    known: dict[str, Trial]


@dataclass(frozen=True, slots=True)
class _Explored:
    """What it ran, and its worst case."""

    seed: int
    trials: dict[str, Trial]
    worst: Case | None
    loss: float


def searched(trials: Trials, budget: int, jobs: int) -> Hunt:
    """Search with so many runs and so many processes; see `hunt`.

    Raises InputError if a calm run does the damage already.
    """
    with Interrupts():
        if trials.search.damage:
            trials.refuse_calm()
        if jobs < 2:
            return hunt(trials, budget, trials.search.seed)
        found = Hunt(trials, trials.search.plan.thresholds, budget)
        best = _Explored(trials.search.seed, {}, None, -math.inf)
        try:
            for one in _explored_by(jobs, trials, budget // 2):
                best = max(best, one, key=_rank)
                found.worst = best.worst
            return hunt(trials, budget, best.seed)
        except KeyboardInterrupt:
            found.is_interrupted = True
            return found


def _rank(explored: _Explored) -> tuple[float, int]:
    """The worse the higher; among equals the first in number, whoever was done first."""
    return explored.loss, -explored.seed


def _explored_by(jobs: int, trials: Trials, runs: int) -> Iterator[_Explored]:
    """What each search found, as they are finished; `trials` then know what it ran."""
    search, known = trials.search, dict(trials.known)
    each = max(runs // (2 * jobs), 2)
    units = [_Unit(search, each, search.seed + number, known) for number in range(2 * jobs)]
    with crew(jobs, None) as hands:
        for _, future in spread(_explored, units, hands):
            explored = future.result()
            for text, trial in explored.trials.items():
                if text not in trials.known:
                    trials.note(text, trial)
            yield explored


def _explored(unit: _Unit) -> _Explored:
    trials = Trials(unit.search, None, known=dict(unit.known))
    found = explore(trials, unit.runs, unit.seed)
    fresh = {text: trial for text, trial in trials.known.items() if text not in unit.known}
    loss = -math.inf if found.worst is None else trials.loss(found.worst)
    return _Explored(unit.seed, fresh, found.worst, loss)
