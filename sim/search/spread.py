"""The first half of a search by several processes: independent searches, each with its own seed.

Hypothesis draws one case after the other, so one search cannot be cut up; but several that begin
elsewhere can look at more places. What each of them ran is put together, and the search goes on
from the seed that found the worst: to it all that was run is known already.
"""

from dataclasses import dataclass

from sim.campaign.executors import crew, spread
from sim.campaign.interrupts import Interrupts
from sim.scenario.search.plan import Search
from sim.search.hunt import Hunt, explore, hunt
from sim.search.trials import Trial, Trials


@dataclass(frozen=True, slots=True)
class _Unit:
    """One independent search."""

    search: Search
    budget: int
    seed: int
    known: dict[str, Trial]


@dataclass(frozen=True, slots=True)
class _Explored:
    """What it ran, and how bad its worst is."""

    trials: dict[str, Trial]
    worst: float


def searched(trials: Trials, budget: int, jobs: int) -> Hunt:
    """Search with so many runs and so many processes; see `hunt`."""
    with Interrupts():
        seed = trials.search.seed if jobs < 2 else _best_seed(trials, budget, jobs)
        return hunt(trials, budget, seed)


def _best_seed(trials: Trials, budget: int, jobs: int) -> int:
    """The seed of the search that found the worst; all that was run is noted in `trials`."""
    search, known = trials.search, dict(trials.known)
    units = [_Unit(search, max(budget // jobs, 2), search.seed + job, known) for job in range(jobs)]
    best = (-float("inf"), search.seed)
    with crew(jobs, None) as hands:
        for unit, future in spread(_explored, units, hands):
            explored = future.result()
            for text in explored.trials.keys() - trials.known.keys():
                trials.note(text, explored.trials[text])
            best = max(best, (explored.worst, -unit.seed))
    return abs(best[1])


def _explored(unit: _Unit) -> _Explored:
    trials = Trials(unit.search, None, known=dict(unit.known))
    # Twice, for exploring is half of a search.
    found = explore(trials, 2 * unit.budget, unit.seed)
    fresh = {text: trial for text, trial in trials.known.items() if text not in unit.known}
    worst = -float("inf") if found.worst is None else trials.loss(found.worst)
    return _Explored(fresh, worst)
