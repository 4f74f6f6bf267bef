"""The search itself, which is Hypothesis's: it draws, climbs towards what is worse, and shrinks.

1. *Explore*: draw cases and climb (`hypothesis.target`) until half of the budget is used.
2. *Find*: the same draws again, which costs nothing, up to the first that does the damage; from
   there Hypothesis's shrinker makes it small (`hypothesis.find`).
3. *Minimal*: every part is taken away by itself; where the damage stays, the part goes for good.
4. *Fewer*: with one liar less than the find has, whatever their places: is there another case?

An interrupt, or the end of the budget, keeps the best so far.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

from hypothesis import HealthCheck, Phase, find, settings, target
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from sim.scenario.plan import Threshold
from sim.scenario.search.plan import Search
from sim.search.case import Case
from sim.search.smaller import made_minimal, smaller
from sim.search.space import cases
from sim.search.trials import Spent, Trial, Trials, does_damage, is_better_when_less

KEPT: Final = 0.9
"""Where no damage is named: the share of the worst find that the smallest one still has to do."""


@dataclass(slots=True)
class Hunt:
    """What a search has found so far."""

    trials: Trials
    damage: tuple[Threshold, ...]
    budget: int
    """The runs that were asked for."""
    worst: Case | None = None
    smallest: Case | None = None
    """The smallest case so far that does the damage."""
    is_minimal: bool = False
    """Whether taking away any part of it has been tried, in vain."""
    removals: dict[str, Trial] = field(default_factory=dict)
    """What there is without each part, by words for the part."""
    runs: dict[str, int] = field(default_factory=dict)
    """How many runs each part of the search took."""
    is_interrupted: bool = False

    @property
    def known(self) -> int:
        """Runs that are known by now, those of earlier searches with them."""
        return sum(trial.end != "refused" for trial in self.trials.known.values())

    @property
    def search(self) -> Search:
        """What is searched."""
        return self.trials.search

    def is_bad(self, case: Case) -> bool:
        """Whether a case does the damage. Raises Spent."""
        return does_damage(self.trials.of(case), self.damage)


def hunt(trials: Trials, budget: int, seed: int) -> Hunt:
    """Search with so many runs, a little more if there is a find: that it is minimal is made sure.

    The same seed and budget do the same in any process.
    """
    found = Hunt(trials, trials.search.plan.thresholds, budget)
    try:
        _timed(found, "explore", budget // 2, lambda: _explore(found, budget, seed))
        _timed(found, "calm", math.inf, lambda: _settle_damage(found))
        _fall_back(found)
        _timed(found, "shrink", budget // 4, lambda: _shrink(found, budget, seed))
        if found.smallest is not None:
            _timed(found, "minimal", math.inf, lambda: _minimal(found))
            left = budget - sum(found.runs.values())
            _timed(found, "fewer", max(left, budget // 4), lambda: _fewer(found, budget, seed))
            _timed(found, "check", math.inf, lambda: _minimal(found))
    except KeyboardInterrupt:
        found.is_interrupted = True
        _fall_back(found)
    return found


def explore(trials: Trials, runs: int, seed: int) -> Hunt:
    """The first part alone: what several processes can do at a time, each with its own seed."""
    found = Hunt(trials, trials.search.plan.thresholds, 2 * runs)
    _timed(found, "explore", runs, lambda: _explore(found, 2 * runs, seed))
    return found


def _fall_back(found: Hunt) -> None:
    """Until there is something smaller the worst will do, if it is bad enough."""
    if found.smallest is None and found.worst is not None and found.is_bad(found.worst):
        found.smallest = found.worst


def _timed(found: Hunt, part: str, runs: float, work: Callable[[], None]) -> None:
    """Do a part of the search with so many runs."""
    trials, before = found.trials, found.trials.runs
    until_s, trials.left = trials.until_s, runs
    if runs == math.inf:  # it is no find until it is minimal: this is done to the end
        trials.until_s = math.inf
    try:
        work()
    except Spent:
        pass
    finally:
        trials.until_s = until_s
        found.runs[part] = found.runs.get(part, 0) + found.trials.runs - before


def _explore(found: Hunt, budget: int, seed: int) -> None:
    def is_found(case: Case) -> bool:
        _told(found, case)
        return False

    _find(cases(found.search), is_found, budget, seed)


def _shrink(found: Hunt, budget: int, seed: int) -> None:
    _find(cases(found.search), partial(_is_find, found), budget, seed)


def _fewer(found: Hunt, budget: int, seed: int) -> None:
    """As long as there is one with fewer liars: that one, made minimal."""
    while found.smallest is not None and found.smallest.liars > 1:
        before = found.smallest
        _with_fewer(found, before.liars - 1, budget, seed)
        if found.smallest is before:
            return
        found.smallest = made_minimal(found.smallest, found.search, found.is_bad)


def _with_fewer(found: Hunt, liars: int, budget: int, seed: int) -> None:
    _find(cases(found.search, liars), partial(_is_find, found), budget, seed)


def _minimal(found: Hunt) -> None:
    """Take away what can be, then say of every part what would be left without it."""
    assert found.smallest is not None
    found.smallest = made_minimal(found.smallest, found.search, found.is_bad)
    found.removals = {
        words: found.trials.of(less) for words, less in smaller(found.smallest, found.search)
    }
    found.is_minimal = True


def _is_find(found: Hunt, case: Case) -> bool:
    """Whether a case does the damage; Hypothesis then asks about simpler ones only."""
    _told(found, case)
    is_bad = found.is_bad(case)
    if is_bad and case != found.smallest:
        found.smallest, found.is_minimal, found.removals = case, False, {}
    return is_bad


def _told(found: Hunt, case: Case) -> None:
    """Note whether a case is the worst so far, and tell Hypothesis its loss: it climbs."""
    loss = found.trials.loss(case)
    if loss > (-math.inf if found.worst is None else found.trials.loss(found.worst)):
        found.worst = case
    if math.isfinite(loss):
        target(loss)


def _find(
    strategy: st.SearchStrategy[Case], is_found: Callable[[Case], bool], budget: int, seed: int
) -> None:
    how = settings(
        max_examples=budget,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    with suppress(NoSuchExample):
        find(strategy, is_found, settings=how, random=Random(seed))


def _settle_damage(found: Hunt) -> None:
    """Where the file names no damage: nine tenths of what the worst case did beyond a calm run."""
    if found.damage or found.worst is None:
        return
    worst = found.trials.loss(found.worst)
    if not math.isfinite(worst):
        return
    calm = found.trials.loss(Case())
    if worst <= calm:
        return  # nothing that was tried does any damage
    level = worst - (1 - KEPT) * (worst - calm) if math.isfinite(calm) else KEPT * worst
    name = found.search.worst
    if is_better_when_less(name):
        found.damage = (Threshold(name, level, None, 0),)
    else:
        found.damage = (Threshold(name, None, -level, 0),)
