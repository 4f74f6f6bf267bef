"""What was found, kept as a plain scenario: it replays anywhere, and says when it stops to be true.

Its thresholds demand the damage, so a run of it is good as long as the damage is still done. Who
mends the weakness makes the file fail, turns its thresholds round and keeps it as a guard.
"""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.report.files import write_whole
from sim.scenario.flow import flow
from sim.scenario.loader import load_scenario
from sim.scenario.written_values import written_bound
from sim.search.case import Case
from sim.search.hunt import Hunt
from sim.search.trials import with_case
from sim.search.words import bad, fewer_liars, removals

_SCHEMA = Path("docs", "scenario.schema.json")
_LISTS = ("adversaries", "faults")


def keep(found: Hunt, results: Path, corpus: Path | None = None) -> list[Path]:
    """Write the smallest case that does the damage, and the worst if it is another.

    A worst case that is no worse than a run in which nothing is tried is not worth a file.

    Both go to `results`, the smallest to `corpus` too. Each is run once more before. Raises
    InputError if it then does something else, SimError if it cannot be written, ScenarioError
    for a scenario that reads files from its own folder: it cannot move.
    """
    name, smallest, worst = found.search.name, found.smallest, found.worst
    files = []
    if smallest is not None:
        folders = [folder for folder in (results, corpus) if folder is not None]
        files += _keep(found, smallest, [folder / f"{name}.yaml" for folder in folders])
    if worst is not None and worst != smallest and found.trials.beyond_calm(worst):
        files += _keep(found, worst, [results / f"{name}-worst.yaml"])
    return files


def scenario_text(found: Hunt, case: Case, name: str) -> str:
    """The file: how it was found, then the scenario with nothing left to chance."""
    return "\n".join([*_comments(found, case), *_blocks(found, case, name), ""])


def _keep(found: Hunt, case: Case, files: list[Path]) -> list[Path]:
    """Run a case again, and write it where it belongs; what was written is a scenario there."""
    found.trials.confirm(case)
    for file in files:
        text = _schema_line(file.resolve()) + scenario_text(found, case, file.stem)
        write_whole(file, text)
        load_scenario(file)
    return files


def _schema_line(file: Path) -> str:
    """For editors, where the schema is to be found in a folder around the file; else nothing."""
    for folder in file.parents:
        if (folder / _SCHEMA).is_file():
            path = Path(os.path.relpath(folder / _SCHEMA, file.parent)).as_posix()
            return f"# yaml-language-server: $schema={path}\n"
    return ""


def _comments(found: Hunt, case: Case) -> Iterator[str]:
    search = found.search
    budget = [] if found.budget == search.budget else ["--budget", str(found.budget)]
    call = shlex.join(["sim", "search", search.path, *budget])
    yield f"# Found by `{call}` (seed {search.seed}) in {found.known:,} runs."
    yield f"# {search.worst}: {bad(found, case)}. {_demand(found, case)}"
    if case == found.smallest and found.is_minimal:
        yield "# No part of it can be taken away:"
        yield from (f"#   {line}" for line in removals(found))
    fewer = fewer_liars(found) if case == found.smallest else None
    if fewer is not None:
        yield f"# {fewer}."


def _demand(found: Hunt, case: Case) -> str:
    """What the thresholds of the file stand for, or why there are none."""
    if _damage(found, case):
        return "The thresholds demand this damage."
    if found.trials.of(case).end == "broken":
        return "A contradiction needs no thresholds: the run ends at it."
    asked = f"{flow(dict(found.search.damage))} was asked for: n" if found.search.damage else "N"
    return f"{asked}o find, so it has no thresholds."


def _blocks(found: Hunt, case: Case, name: str) -> Iterator[str]:
    about = {"name": name, "about": found.search.about}
    for key, value in {**with_case(found.search, case), **about}.items():
        if key in _LISTS and isinstance(value, list):
            yield from _as_list(key, value)
        elif value not in (None, ""):
            yield f"{key}: {flow(value)}"
    damage = _damage(found, case)
    if damage:
        yield f"thresholds: {flow(damage)}"


def _as_list(key: str, entries: list[Any]) -> Iterator[str]:
    if entries:
        yield f"{key}:"
        yield from (f"  - {flow(entry)}" for entry in entries)


def _damage(found: Hunt, case: Case) -> dict[str, Any]:
    """What this case must go on doing; nothing if what it does is not bad enough, or broken."""
    if found.trials.of(case).end == "broken" or not found.is_bad(case):
        return {}
    if found.search.damage:
        return dict(found.search.damage)
    bounds = {}
    for one in found.damage:
        ends = {"min": one.minimum, "max": one.maximum}
        bounds[one.metric] = {
            end: written_bound(value, one.metric)
            for end, value in ends.items()
            if value is not None
        }
    return bounds
