"""Running a scenario: all its replications, what they show together, and where it is kept.

An interrupt, or a worker that died, keeps what is finished: the replications before it are measured
and stored, as the run of so many replications that it is, and the verdict says that some are
missing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from sim.campaign.executors import crew, replicate
from sim.campaign.outcome import Outcome
from sim.campaign.provenance import version
from sim.campaign.store import FinishedRun, check_place, run_id, store_run
from sim.engine.simulation import Recording, replication_seed, simulate
from sim.errors import InvariantViolated, WorkerError
from sim.measure.confidence import standings
from sim.measure.metrics import measure
from sim.measure.tables import COLUMNS, OPTIONAL, Tables, empty
from sim.measure.verdicts import judge
from sim.scenario.loader import Scenario
from sim.scenario.outages import OUTAGES
from sim.scenario.plan import Plan
from sim.scenario.writer import resolved_document

Progress = Callable[[int, int], None]
"""Is told the replication and the simulated instant that it has reached, in ns."""

RESULTS: Final = Path("results/runs")


@dataclass(frozen=True, slots=True)
class Timed:
    """A replication, and how long it took whoever ran it."""

    recording: Recording
    wall_s: float


@dataclass(slots=True)
class Done:
    """Replications 0, 1 ... that were finished, and what ended the run if some are missing."""

    recordings: list[Recording] = field(default_factory=list)
    trouble: WorkerError | None = None
    wall_s: float = 0.0
    """Of all replications together, whoever ran them."""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def add(self, timed: Timed) -> None:
        """The next replication."""
        self.recordings.append(timed.recording)
        self.wall_s += timed.wall_s


def run_scenario(
    scenario: Scenario,
    root: Path = RESULTS,
    workers: int = 1,
    progress: Progress | None = None,
    cluster: str | None = None,
) -> Outcome:
    """Run all replications, measure them and store the run under `root`.

    They run in this process, in so many `workers` on this machine, or on the dask cluster whose
    scheduler has the address `cluster`; the results are the same.
    Raises InputError for a file that is not usable or a cluster that cannot be reached,
    ResultsError when the run cannot be stored (tried before anything runs), InvariantViolated for a
    bug of ours, and, if nothing was finished yet, KeyboardInterrupt or WorkerError.
    """
    check_place(scenario.plan.name, root)
    return keep(scenario, root, _carry_out(scenario.plan, workers, progress, cluster))


def keep(scenario: Scenario, root: Path, done: Done) -> Outcome:
    """Measure what was done and store it. Raises ResultsError if that cannot be."""
    plan = replace(scenario.plan, replications=len(done.recordings))
    tables = alike([whole(recording.tables) for recording in done.recordings])
    outcome = _outcome(scenario.plan, folder_of(plan, root), done, tables)
    store_run(
        FinishedRun(
            name=plan.name,
            path=scenario.path,
            scenario=scenario.text,
            resolved=resolved_document(plan),
            seed=plan.seed,
            started=done.started.isoformat(timespec="seconds"),
            wall_s=done.wall_s,
            fingerprints=[identity(recording) for recording in done.recordings],
            verdict=outcome.verdict,
            replay=outcome.replay,
            metrics=[asdict(value) for value in outcome.values],
            replications=tables,
            directory=plan.directory,
        ),
        root,
    )
    return outcome


def folder_of(plan: Plan, root: Path) -> Path:
    """Where a run of all replications of a plan is kept under `root`."""
    return root / plan.name / run_id(resolved_document(plan), plan.seed, version())


def whole(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The tables of a recording, with an empty one for each that has no row."""
    missing = [name for name in COLUMNS if name not in tables and name not in OPTIONAL]
    return {name: empty(name) for name in missing} | dict(tables)


def alike(
    replications: Sequence[Mapping[str, Mapping[str, Any]]],
) -> list[dict[str, Mapping[str, Any]]]:
    """The same tables of each replication: one that only others have rows of is empty."""
    first = {name: table for tables in reversed(replications) for name, table in tables.items()}
    blank = {
        name: {column: values[:0] for column, values in table.items()}
        for name, table in first.items()
    }
    return [blank | dict(tables) for tables in replications]


def one_replication(plan: Plan, replication: int, progress: Progress | None = None) -> Recording:
    """Run one replication under its own seed; an InvariantViolated says which one it was."""
    seed = replication_seed(plan.seed, replication)
    try:
        return simulate(plan, seed, None if progress is None else partial(progress, replication))
    except InvariantViolated as error:
        raise InvariantViolated(f"{error} (replication {replication}, seed {seed})") from error


def timed_replication(plan: Plan, replication: int, progress: Progress | None = None) -> Timed:
    """Run one replication and take the time."""
    begin = perf_counter()
    recording = one_replication(plan, replication, progress)
    return Timed(recording, perf_counter() - begin)


def identity(recording: Recording) -> dict[str, Any]:
    """What tells one replication from another, as it is stored."""
    return {"fingerprint": recording.fingerprint, "parts": dict(recording.fingerprint_parts)}


def _carry_out(plan: Plan, workers: int, progress: Progress | None, cluster: str | None) -> Done:
    """The replications in order; those before an interrupt or a dead worker if there is one."""
    done = Done()
    try:
        with crew(min(workers, plan.replications), cluster) as hands:
            work = partial(timed_replication, plan, progress=None if hands else progress)
            for timed in replicate(work, plan.replications, hands):
                done.add(timed)
                if progress is not None:
                    progress(len(done.recordings) - 1, plan.duration_ns)
    except (KeyboardInterrupt, WorkerError) as error:
        if not done.recordings:
            raise
        done.trouble = error if isinstance(error, WorkerError) else None
    return done


def _idle(plan: Plan, recordings: Sequence[Recording]) -> tuple[str, ...]:
    """What touched nothing in some replication; of random faults, in all of them."""
    times = Counter(name for one in recordings for name in one.idle_faults)
    chance = {fault.path for fault in plan.faults if fault.kind == OUTAGES}
    return tuple(
        sorted(name for name in times if name not in chance or times[name] == len(recordings))
    )


def _outcome(
    plan: Plan, folder: Path, done: Done, replications: Sequence[Mapping[str, Any]]
) -> Outcome:
    tables = [Tables.of(one) for one in replications]
    values = measure(tables, plan)
    return Outcome(
        folder=folder,
        values=values,
        verdicts=judge(values, plan.thresholds),
        fingerprints=[recording.fingerprint for recording in done.recordings],
        idle_faults=_idle(plan, done.recordings),
        clipped=sum(recording.clipped for recording in done.recordings),
        finished=len(done.recordings),
        wanted=plan.replications,
        simulation_s=done.wall_s,
        first=tables[0],
        standings=tuple(standings([one.intervals for one in tables], plan)),
        trouble=done.trouble,
    )
