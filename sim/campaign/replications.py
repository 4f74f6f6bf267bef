"""Running a scenario: all its replications, what they show together, and where it is kept.

An interrupt keeps what is finished: replications that are done are measured and stored, and the
verdict says that some are missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from sim.campaign.executors import processes, replicate
from sim.campaign.store import FinishedRun, store_run
from sim.engine.simulation import Recording, replication_seed, simulate
from sim.measure.metrics import MetricValue, measure
from sim.measure.tables import COLUMNS, Tables, empty
from sim.measure.verdicts import Verdict, judge, worst
from sim.scenario.loader import Scenario
from sim.scenario.plan import Plan
from sim.scenario.writer import resolved_document

Progress = Callable[[int, int], None]
"""Is told the replication and the simulated instant that it has reached, in ns."""

RESULTS: Final = Path("results/runs")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario that was run."""

    folder: Path
    values: list[MetricValue]
    verdicts: list[Verdict]
    fingerprints: list[str]
    idle_faults: tuple[str, ...]
    """Faults that touched nothing in some replication."""
    clipped: int
    """Values that were outside the range of the fixed point, in all replications."""
    finished: int
    wanted: int
    simulation_s: float
    """Time that the simulation took, all replications together."""
    replay: str
    first: Tables
    """Tables of the first replication, for the figure."""

    @property
    def verdict(self) -> str:
        """pass, fail, inconclusive or interrupted."""
        if self.finished < self.wanted:
            return "interrupted"
        outcome = worst(self.verdicts)
        if self.idle_faults and outcome == "pass":
            return "inconclusive"
        return outcome


def run_scenario(
    scenario: Scenario, root: Path = RESULTS, workers: int = 1, progress: Progress | None = None
) -> Outcome:
    """Run all replications, measure them and store the run under `root`.

    Raises InputError for a file that is not usable, ResultsError when the run cannot be stored,
    InvariantViolated for a bug of ours, and KeyboardInterrupt if nothing was finished yet.
    """
    started, begin = datetime.now(UTC), perf_counter()
    recordings = _finished(scenario.plan, workers, progress)
    wall_s = perf_counter() - begin
    tables = [whole(recording.tables) for recording in recordings]
    values = measure([Tables.of(one) for one in tables], scenario.plan)
    verdicts = judge(values, scenario.plan.thresholds)
    outcome = partial(
        Outcome,
        values=values,
        verdicts=verdicts,
        fingerprints=[recording.fingerprint for recording in recordings],
        idle_faults=tuple(sorted({name for one in recordings for name in one.idle_faults})),
        clipped=sum(recording.clipped for recording in recordings),
        finished=len(recordings),
        wanted=scenario.plan.replications,
        simulation_s=wall_s,
        first=Tables.of(tables[0]),
    )
    draft = FinishedRun(
        name=scenario.plan.name,
        path=scenario.path,
        scenario=scenario.text,
        resolved=resolved_document(scenario.plan) | {"x-directory": scenario.plan.directory},
        seed=scenario.plan.seed,
        started=started.isoformat(timespec="seconds"),
        wall_s=wall_s,
        fingerprints=[_identity(recording) for recording in recordings],
        verdict=outcome(folder=root, replay="").verdict,
        replay="sim replay {folder}",
        metrics=[asdict(value) for value in values],
        replications=tables,
    )
    folder = store_run(draft, root)
    return outcome(folder=folder, replay=f"sim replay {folder}")


def whole(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The tables of a recording, with an empty one for each that has no row."""
    return {name: empty(name) for name in COLUMNS if name not in tables} | dict(tables)


def _finished(plan: Plan, workers: int, progress: Progress | None) -> list[Recording]:
    """Recordings of the replications, in order; those before an interrupt if there is one."""
    finished: list[Recording] = []
    work = partial(one_replication, plan, progress=progress if workers <= 1 else None)
    try:
        with processes(min(workers, plan.replications)) as executor:
            for recording in replicate(work, plan.replications, executor):
                finished.append(recording)
                if progress is not None:
                    progress(len(finished) - 1, plan.duration_ns)
    except KeyboardInterrupt:
        if not finished:
            raise
    return finished


def one_replication(plan: Plan, replication: int, progress: Progress | None = None) -> Recording:
    """Run one replication under its own seed."""
    seed = replication_seed(plan.seed, replication)
    return simulate(plan, seed, None if progress is None else partial(progress, replication))


def _identity(recording: Recording) -> dict[str, Any]:
    return {"fingerprint": recording.fingerprint, "parts": dict(recording.fingerprint_parts)}
