"""The validation ladder: scenarios from small to large, each to be climbed before the next.

A rung that is stored is not run again. What stands on a rung that does not pass is not tried: what
goes wrong with a hundred agents is not looked for among a million.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.campaign.pace import Pace
from sim.campaign.sweep import How, run_sweep
from sim.measure.cells import CellResult
from sim.measure.verdicts import Verdict, judge
from sim.scenario.grid import Cell
from sim.scenario.loader import Scenario, load_scenario

Watch = Callable[[str, Pace], None]
"""Is told the name of the rung that is being run, and how far it is."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A scenario of the ladder and what came of it."""

    file: Path
    scenario: Scenario
    result: CellResult
    fresh: bool
    """Whether it was run just now."""

    @property
    def verdicts(self) -> list[Verdict]:
        """Each threshold; none where it could not be run."""
        thresholds = self.scenario.plan.thresholds
        return judge(self.result.values, thresholds) if self.result.is_stored else []

    @property
    def passed(self) -> bool:
        """Whether the next rung may be tried."""
        return self.result.verdict == "pass"


def climb(
    files: Sequence[Path], how: How, watch: Watch = lambda _name, _pace: None
) -> Iterator[Rung]:
    """The rungs in order, up to the first that does not pass, which is the last one given.

    Every file is read before anything runs. Raises ScenarioError, ResultsError, WorkerError, and
    KeyboardInterrupt; rungs that are finished are stored then.
    """
    scenarios = [load_scenario(file) for file in files]
    for file, scenario in zip(files, scenarios, strict=True):
        rung = _climbed(file, scenario, how, watch)
        yield rung
        if not rung.passed:
            return


def _climbed(file: Path, scenario: Scenario, how: How, watch: Watch) -> Rung:
    name = scenario.plan.name
    outcome = run_sweep(scenario, [Cell({}, scenario.plan)], how, lambda pace: watch(name, pace))
    return Rung(file, scenario, outcome.whole()[0], bool(outcome.fresh))
