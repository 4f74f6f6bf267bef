"""Running what drives claims: sweeps and experiments, resumable, spread over workers.

Everything finished is stored under one root, so an interrupt costs what was open, and a second call
costs nothing. A source that several claims name is run once.
"""

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.campaign.pace import Pace
from sim.campaign.sweep import How, run_sweep
from sim.claims.claim import Claim, Experiment, Judged, ScenarioSource, Source, judged
from sim.claims.evidence import Evidence, Row
from sim.claims.laboratory import carry_out
from sim.claims.measured import Measured
from sim.errors import SimError
from sim.measure.cells import CellResult
from sim.scenario.grid import Cell, chosen
from sim.scenario.loader import Scenario, load_scenario

Watch = Callable[[str, Pace], None]
"""Is told the source that is being run, and how far it is."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How claims are run."""

    root: Path
    """Where runs are kept."""
    scenarios: Path
    """Folder of the scenarios of the claims."""
    workers: int = 1
    fast: bool = False
    """Only what takes minutes: fewer cells and replications, wider intervals."""
    force: bool = False


def run_claims(
    claims: Sequence[Claim], manner: Manner, watch: Watch = lambda _source, _pace: None
) -> Iterator[Judged]:
    """Run what is missing for each claim and judge it, one after the other.

    Raises SimError where a scenario is wrong or cannot be run, ResultsError where nothing can be
    stored, and KeyboardInterrupt; what was finished is stored, and the same call goes on from it.
    """
    known: dict[str, list[Row]] = {}
    for claim in claims:
        for source in claim.sources:
            if source.name not in known:
                known[source.name] = list(_rows(source, claim, manner, watch))
        rows = [row for source in claim.sources for row in known[source.name]]
        yield judged(claim, Evidence(rows))


def _rows(source: Source, claim: Claim, manner: Manner, watch: Watch) -> Iterator[Row]:
    if isinstance(source, Experiment):
        return _of_experiment(source, claim, manner)
    return _of_scenario(source, manner, watch)


def _of_experiment(source: Experiment, claim: Claim, manner: Manner) -> Iterator[Row]:
    short = source.fast if manner.fast else None
    cells = len(source.cells) if short is None else short
    replay = f"sim claims {claim.id}{' --fast' if manner.fast else ''} --force"
    for row in carry_out(source, cells, manner.root, manner.workers, manner.force):
        yield replace(row, replay=replay)


def _of_scenario(source: ScenarioSource, manner: Manner, watch: Watch) -> Iterator[Row]:
    if (manner.fast and not source.in_fast) or (source.needs_data and not _has_data()):
        return
    file = manner.scenarios / f"{source.name}.yaml"
    changes = list(source.fast) if manner.fast else []
    scenario = load_scenario(file, changes)
    cells = _cells(scenario, source.fast_only if manner.fast else ())
    how = How(manner.root, manner.workers, force=manner.force)
    outcome = run_sweep(scenario, cells, how, lambda pace: watch(source.name, pace))
    for result in outcome.whole():
        yield _row(source.name, file, changes, scenario.plan.seed, result)


def _has_data() -> bool:
    folder = os.environ.get("SIM_DATA", "")
    return bool(folder) and Path(folder).is_dir()


def _cells(scenario: Scenario, only: Sequence[str]) -> Sequence[Cell]:
    """The cells of a sweep, or the scenario as it is as its only cell."""
    return chosen(scenario.cells, only) if scenario.cells else [Cell({}, scenario.plan)]


def _row(source: str, file: Path, changes: Sequence[str], seed: int, result: CellResult) -> Row:
    if result.error is not None:
        raise SimError(f"{file} {result.cell}: {result.error}") from result.error
    settings = [word for one in (*changes, *result.cell.changes) for word in ("--set", one)]
    figures = {
        value.name: Measured(value.value, value.low, value.high, value.unit, value.n)
        for value in result.values
    }
    replay = shlex.join(["sim", "run", str(file), *settings, "--seed", str(seed)])
    return Row(source, result.cell.settings, figures, seed, len(result.fingerprints), replay)
