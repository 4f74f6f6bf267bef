"""Carrying out experiments: what is stored is not measured again, the rest is spread over workers.

A cell of an experiment is stored as one JSON file once all of its replications are there, under a
name that says what was measured, by which version and from which seed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from sim.campaign.executors import crew, spread
from sim.campaign.interrupts import Interrupts
from sim.campaign.provenance import version
from sim.campaign.store import canonical_json
from sim.claims.claim import Experiment
from sim.claims.evidence import Row, as_settings
from sim.claims.measured import Measured
from sim.measure.intervals import student_t
from sim.report.files import write_whole

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Unit:
    """One replication of one cell."""

    experiment: str
    cell: int
    seed: int
    settings: Mapping[str, Any]


def carry_out(
    experiment: Experiment, cells: int, root: Path, workers: int, force: bool = False
) -> Iterator[Row]:
    """The rows of the first `cells` cells; those that are not stored under `root` are measured.

    Raises SimError if nothing can be written there, and whatever an experiment raises.
    """
    places = [_place(experiment, cell, root) for cell in range(cells)]
    missing = [cell for cell, place in enumerate(places) if force or _read(place) is None]
    done: dict[int, list[Figures]] = {cell: [] for cell in missing}
    with Interrupts() as interrupts, crew(min(workers, max(len(missing), 1)), None) as hands:
        for unit, future in spread(measure, _units(experiment, missing), hands):
            interrupts.check()
            done[unit.cell].append(future.result())
            if len(done[unit.cell]) == experiment.replications:
                write_whole(places[unit.cell], json.dumps(done[unit.cell]))
    for cell, place in enumerate(places):
        yield _row(experiment, cell, _read(place) or [])


def measure(unit: Unit) -> Figures:
    """Figures by metric of one unit."""
    found = _module(unit.experiment).run(unit.seed, **unit.settings)
    return {name: float(value) for name, value in found.items()}


def _units(experiment: Experiment, cells: list[int]) -> Iterator[Unit]:
    for cell in cells:
        words = np.random.SeedSequence([experiment.seed, cell]).generate_state(
            experiment.replications, np.uint32
        )
        for seed in words.tolist():
            yield Unit(experiment.name, cell, seed, experiment.cells[cell])


def _place(experiment: Experiment, cell: int, root: Path) -> Path:
    key = {
        "settings": experiment.cells[cell],
        "seed": [experiment.seed, cell],
        "replications": experiment.replications,
        "version": version(),
    }
    digest = hashlib.sha256(canonical_json(key)).hexdigest()[:8]
    return root / "experiments" / experiment.name / f"{digest}.json"


def _read(place: Path) -> list[Figures] | None:
    """What is stored; None where nothing whole is."""
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, list) and found else None


def _row(experiment: Experiment, cell: int, found: list[Figures]) -> Row:
    units = _module(experiment.name).UNITS
    return Row(
        source=experiment.name,
        settings=as_settings(experiment.cells[cell]),
        figures={
            name: _figure([one[name] for one in found], units[name], experiment.exact)
            for name in found[0]
        },
        seed=experiment.seed,
        n=len(found),
    )


def _figure(values: list[float], unit: str, exact: bool) -> Measured:
    mean = float(np.mean(values))
    low, high = (min(values), max(values)) if exact else student_t(values)
    return Measured(mean, low, high, unit, len(values))


def _module(name: str) -> Any:
    return import_module(f"sim.claims.experiments.{name}")
