"""Running the cells of a grid: only those that are missing, and one bad cell never stops the rest.

The unit of work is one replication of one cell, handed out cell by cell, so that few cells are open
at a time. A cell is measured and stored when its last replication is finished; replications of a
cell that is not finished are not kept. So an interrupt or a crash costs at most the cells that were
open, and the next call goes on from there.

What ends the whole sweep is what would end every further cell too: a full disk, workers that have
gone away for good, an interrupt, or more failed cells than the caller wants to see.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sim.campaign.cells import failed, finished, stored
from sim.campaign.executors import crew, spread
from sim.campaign.interrupts import Interrupts
from sim.campaign.pace import Pace
from sim.campaign.replications import RESULTS, Done, Timed, keep, timed_replication
from sim.campaign.store import check_place
from sim.errors import ResultsError, SimError, WorkerError
from sim.measure.cells import CellResult
from sim.scenario.facts import traffic_facts
from sim.scenario.grid import Cell
from sim.scenario.loader import Scenario
from sim.scenario.plan import Plan

Watch = Callable[[Pace], None]
"""Is told how far the work is, now and then."""


@dataclass(frozen=True, slots=True)
class How:
    """How a sweep is run."""

    root: Path = RESULTS
    workers: int = 1
    cluster: str | None = None
    """Address of the scheduler of a dask cluster, which then does the work."""
    force: bool = False
    """Run cells again that are stored."""
    failures_max: int | None = None
    """Failed cells after which no further work is begun."""


@dataclass(slots=True)
class SweepOutcome:
    """What is known of each cell that was asked for, in the order of the grid."""

    results: list[CellResult]
    fresh: int = 0
    """Cells that were run and stored just now."""
    interrupted: bool = False
    stopped: SimError | None = None
    """What ended the sweep before its end, where that was not the user."""

    def whole(self) -> list[CellResult]:
        """The results; raises KeyboardInterrupt, or what else ended the sweep before its end.

        A bug of ours in a cell is raised, too: it is no result, and no mistake of the user's.
        """
        if self.interrupted:
            raise KeyboardInterrupt
        if self.stopped is not None:
            raise self.stopped
        for result in self.results:
            if result.error is not None and not isinstance(result.error, SimError):
                raise result.error
        return self.results


def run_sweep(
    scenario: Scenario,
    cells: Sequence[Cell] | None = None,
    how: How | None = None,
    watch: Watch | None = None,
) -> SweepOutcome:
    """Run what is missing of the cells (all of the scenario, unless given) and tell of all of them.

    Raises ResultsError if nothing can be stored (tried before anything runs), and InputError for a
    cluster that cannot be reached. All else is in the outcome.
    """
    how = how or How()
    check_place(scenario.plan.name, how.root)
    outcome = SweepOutcome(stored(scenario.cells if cells is None else cells, how.root))
    running = _Running(scenario, how, outcome, watch or (lambda _: None))
    try:
        running.run()
    except KeyboardInterrupt:
        outcome.interrupted = True
    except (ResultsError, WorkerError, _Enough) as error:
        outcome.stopped = error
    return outcome


class _Enough(SimError):
    """More cells have failed than the caller wants to see."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """One replication of one cell."""

    cell: int
    replication: int
    plan: Plan

    @property
    def weight(self) -> float:
        """The messages in it: what its time depends on most."""
        return traffic_facts(self.plan)["in_a_run"]


@dataclass(slots=True)
class _Running:
    """The state of a sweep under way."""

    scenario: Scenario
    how: How
    outcome: SweepOutcome
    watch: Watch
    twins: dict[Path, list[int]] = field(default_factory=dict)
    """Cells to be run, by folder: settings that come to the same are run once."""
    open: dict[int, dict[int, Timed]] = field(default_factory=dict)
    """Replications that are finished, of cells that are not."""
    bad: set[int] = field(default_factory=set)

    def run(self) -> None:
        for number, result in enumerate(self.outcome.results):
            if self.how.force or not result.is_stored:
                self.twins.setdefault(result.folder, []).append(number)
        units = list(self._units())
        if not units:
            return
        pace = Pace(sum(unit.weight for unit in units), len(units))
        with (
            Interrupts() as interrupts,
            crew(min(self.how.workers, len(units)), self.how.cluster) as hands,
        ):
            pace.hands = 1 if hands is None else hands.hands
            work = partial(_carry_out, partial(self._partly, pace) if hands is None else None)
            self.watch(pace)
            for unit, future in spread(work, self._units(), hands):
                interrupts.check()
                self._take(unit, future, pace)
                self.watch(pace)

    def _units(self) -> Iterator[_Unit]:
        """What is to be done, as it is asked for: nothing more of a cell that has failed."""
        for number, *_ in self.twins.values():
            plan = self.outcome.results[number].cell.plan
            for replication in range(plan.replications):
                if number in self.bad:
                    break
                yield _Unit(number, replication, plan)

    def _partly(self, pace: Pace, unit: _Unit, now_ns: int) -> None:
        pace.partly = unit.weight * now_ns / unit.plan.duration_ns
        self.watch(pace)

    def _take(self, unit: _Unit, future: Future[Timed], pace: Pace) -> None:
        if unit.cell in self.bad:
            return
        error = future.exception()
        if error is not None:
            self._fail(unit, error, pace)
            return
        timed = future.result()
        pace.finish(unit.weight, timed.wall_s)
        replications = self.open.setdefault(unit.cell, {})
        replications[unit.replication] = timed
        if len(replications) == unit.plan.replications:
            self._store(unit, pace)

    def _store(self, unit: _Unit, pace: Pace) -> None:
        """Measure a whole cell and keep it; what cannot be kept ends the sweep."""
        cell = self.outcome.results[unit.cell].cell
        replications = self.open.pop(unit.cell)
        done = Done()
        for number in sorted(replications):
            done.add(replications[number])
        try:
            outcome = keep(replace(self.scenario, plan=cell.plan), self.how.root, done)
        except ResultsError as error:
            raise ResultsError(f"cell {cell}: {error}") from error
        except Exception as error:
            self._fail(unit, error, pace)
            return
        self.outcome.fresh += 1
        self._note(unit, lambda twin: finished(twin, outcome))

    def _fail(self, unit: _Unit, error: BaseException, pace: Pace) -> None:
        """Give a cell up, with all that is not done of it."""
        if not isinstance(error, Exception):
            raise error
        left = unit.plan.replications - len(self.open.pop(unit.cell, {}))
        pace.drop(left * unit.weight, left)
        self.bad.add(unit.cell)
        self._note(unit, lambda twin: failed(twin, self.how.root, error))
        limit = self.how.failures_max
        if limit is not None and len(self.bad) >= limit:
            raise _Enough(f"stopped after {len(self.bad)} failed cells, as asked for")

    def _note(self, unit: _Unit, result_of: Callable[[Cell], CellResult]) -> None:
        results = self.outcome.results
        for number in self.twins[results[unit.cell].folder]:
            results[number] = result_of(results[number].cell)


def _carry_out(report: Callable[[_Unit, int], None] | None, unit: _Unit) -> Timed:
    def told(_replication: int, now_ns: int) -> None:
        assert report is not None
        report(unit, now_ns)

    return timed_replication(unit.plan, unit.replication, None if report is None else told)
