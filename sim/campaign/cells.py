"""Cells of a sweep and their runs in the store: which are there, and what they say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.campaign.outcome import Outcome
from sim.campaign.replications import folder_of
from sim.campaign.results import open_results
from sim.campaign.stored_tables import standings_of
from sim.errors import ResultsError
from sim.measure.cells import ERROR, MISSING, CellResult
from sim.measure.confidence import why_off
from sim.scenario.facts import traffic_facts
from sim.scenario.grid import Cell


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is still to be run, and the time that it may take on one core (None: nobody knows)."""

    cells: int
    runs: int
    messages: float
    seconds: float | None


def stored(cells: Iterable[Cell], root: Path) -> list[CellResult]:
    """Each cell as it is in the store; missing also where its run is damaged."""
    return [_stored(cell, root) for cell in cells]


def estimate(results: Sequence[CellResult], force: bool = False) -> Estimate:
    """What it takes to run the missing cells (all if forced), by the time the stored ones took."""
    todo = [one for one in results if force or not one.is_stored]
    known = [one for one in results if one.is_stored]
    messages = sum(_messages(one.cell) for one in todo)
    known_messages = sum(_messages(one.cell) for one in known)
    known_s = sum(one.wall_s for one in known)
    return Estimate(
        cells=len(todo),
        runs=sum(one.cell.plan.replications for one in todo),
        messages=messages,
        seconds=messages * known_s / known_messages if known_messages else None,
    )


def finished(cell: Cell, outcome: Outcome) -> CellResult:
    """A cell that was run and stored just now."""
    return CellResult(
        cell=cell,
        folder=outcome.folder,
        verdict=outcome.verdict,
        values=outcome.values,
        fingerprints=outcome.fingerprints,
        wall_s=outcome.simulation_s,
    )


def failed(cell: Cell, root: Path, error: Exception) -> CellResult:
    """A cell that could not be run."""
    return CellResult(cell, folder_of(cell.plan, root), ERROR, error=error)


def _stored(cell: Cell, root: Path) -> CellResult:
    folder = folder_of(cell.plan, root)
    try:
        results = open_results(folder)
        values = results.metrics()
    except ResultsError:
        return CellResult(cell, folder, MISSING)
    return CellResult(
        cell=cell,
        folder=folder,
        verdict=results.manifest["verdict"],
        values=values,
        fingerprints=[one["fingerprint"] for one in results.manifest["fingerprints"]],
        wall_s=results.manifest["wall_s"],
    )


def why_short(result: CellResult) -> list[str]:
    """A line on each tier of a stored cell whose intervals cover too seldom: what is broken there.

    Empty where no tier is short, where none was stated, and where the run is damaged.
    """
    if result.cell.plan.confidence is None or not result.is_stored:
        return []
    try:
        found = standings_of(open_results(result.folder), result.cell.plan)
    except ResultsError:
        return []
    return [why_off(one) for one in found if one.is_short]


def _messages(cell: Cell) -> float:
    return traffic_facts(cell.plan)["in_all_runs"]
