"""Running a scenario: all its replications, what they show together, and where it is kept.

An interrupt, or a worker that died, keeps what is finished: the replications before it are measured
and stored, as the run of so many replications that it is, and the verdict says that some are
missing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from sim.campaign.executors import processes, replicate
from sim.campaign.outcome import Outcome
from sim.campaign.provenance import version
from sim.campaign.store import FinishedRun, check_place, run_id, store_run
from sim.engine.simulation import Recording, replication_seed, simulate
from sim.errors import InvariantViolated, WorkerError
from sim.measure.metrics import measure
from sim.measure.tables import COLUMNS, Tables, empty
from sim.measure.verdicts import judge
from sim.scenario.loader import Scenario
from sim.scenario.plan import Plan
from sim.scenario.writer import resolved_document

Progress = Callable[[int, int], None]
"""Is told the replication and the simulated instant that it has reached, in ns."""

RESULTS: Final = Path("results/runs")


@dataclass(slots=True)
class _Done:
    """Replications 0, 1 ... that were finished, and what ended the run if some are missing."""

    recordings: list[Recording] = field(default_factory=list)
    trouble: WorkerError | None = None
    wall_s: float = 0.0


def run_scenario(
    scenario: Scenario, root: Path = RESULTS, workers: int = 1, progress: Progress | None = None
) -> Outcome:
    """Run all replications, measure them and store the run under `root`.

    Raises InputError for a file that is not usable, ResultsError when the run cannot be stored
    (tried before anything runs), InvariantViolated for a bug of ours, and, if nothing was finished
    yet, KeyboardInterrupt or WorkerError.
    """
    check_place(scenario.plan.name, root)
    started = datetime.now(UTC)
    done = _carry_out(scenario.plan, workers, progress)
    tables = [whole(recording.tables) for recording in done.recordings]
    resolved = resolved_document(replace(scenario.plan, replications=len(tables)))
    folder = root / scenario.plan.name / run_id(resolved, scenario.plan.seed, version())
    outcome = _outcome(scenario.plan, folder, done, [Tables.of(one) for one in tables])
    store_run(
        FinishedRun(
            name=scenario.plan.name,
            path=scenario.path,
            scenario=scenario.text,
            resolved=resolved,
            seed=scenario.plan.seed,
            started=started.isoformat(timespec="seconds"),
            wall_s=done.wall_s,
            fingerprints=[identity(recording) for recording in done.recordings],
            verdict=outcome.verdict,
            replay=outcome.replay,
            metrics=[asdict(value) for value in outcome.values],
            replications=tables,
            directory=scenario.plan.directory,
        ),
        root,
    )
    return outcome


def whole(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The tables of a recording, with an empty one for each that has no row."""
    return {name: empty(name) for name in COLUMNS if name not in tables} | dict(tables)


def one_replication(plan: Plan, replication: int, progress: Progress | None = None) -> Recording:
    """Run one replication under its own seed; an InvariantViolated says which one it was."""
    seed = replication_seed(plan.seed, replication)
    try:
        return simulate(plan, seed, None if progress is None else partial(progress, replication))
    except InvariantViolated as error:
        raise InvariantViolated(f"{error} (replication {replication}, seed {seed})") from error


def identity(recording: Recording) -> dict[str, Any]:
    """What tells one replication from another, as it is stored."""
    return {"fingerprint": recording.fingerprint, "parts": dict(recording.fingerprint_parts)}


def _carry_out(plan: Plan, workers: int, progress: Progress | None) -> _Done:
    """The replications in order; those before an interrupt or a dead worker if there is one."""
    done, begin = _Done(), perf_counter()
    work = partial(one_replication, plan, progress=progress if workers <= 1 else None)
    try:
        with processes(min(workers, plan.replications)) as executor:
            for recording in replicate(work, plan.replications, executor):
                done.recordings.append(recording)
                if progress is not None:
                    progress(len(done.recordings) - 1, plan.duration_ns)
    except (KeyboardInterrupt, WorkerError) as error:
        if not done.recordings:
            raise
        done.trouble = error if isinstance(error, WorkerError) else None
    done.wall_s = perf_counter() - begin
    return done


def _outcome(plan: Plan, folder: Path, done: _Done, tables: Sequence[Tables]) -> Outcome:
    values = measure(tables, plan)
    return Outcome(
        folder=folder,
        values=values,
        verdicts=judge(values, plan.thresholds),
        fingerprints=[recording.fingerprint for recording in done.recordings],
        idle_faults=tuple(sorted({name for one in done.recordings for name in one.idle_faults})),
        clipped=sum(recording.clipped for recording in done.recordings),
        finished=len(done.recordings),
        wanted=plan.replications,
        simulation_s=done.wall_s,
        first=tables[0],
        trouble=done.trouble,
    )
