"""What a check or a baseline is made of: scenario files to be run, and runs that are stored.

All of them are read and found good before anything runs, with every mistake told at once. From then
on both kinds are the same: a plan, and results once they are asked for.
"""

import shlex
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sim.campaign.replay import stored_plan
from sim.campaign.replications import RESULTS, Progress, run_scenario
from sim.campaign.results import Results, open_results
from sim.campaign.store import check_place
from sim.errors import ScenarioError, SimError
from sim.scenario.loader import Scenario, load_scenario, parse_scenario
from sim.scenario.plan import Plan, Threshold, Tolerance

Asked = TypeVar("Asked", Threshold, Tolerance)

Watch = Callable[[Plan], AbstractContextManager[Progress]]
"""Gives what is told of the progress of a plan."""


@dataclass(frozen=True, slots=True)
class Running:
    """How what has not run is run, and where it is kept."""

    watch: Watch
    out: Path = RESULTS
    workers: int = 1
    cluster: str | None = None
    """The address of a dask scheduler, instead of workers here."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A scenario, with the results it has or the way to get them."""

    plan: Plan
    file: str
    """The scenario file, as the user named it."""
    call: str
    """The command that makes its results again."""
    scenario: Scenario | None = None
    stored: Results | None = None


def subjects(
    paths: Sequence[Path], changes: Sequence[str] = (), seed: int | None = None, out: Path = RESULTS
) -> list[Subject]:
    """Read scenario files and run folders (a folder of a name stands for its latest run).

    Raises SimError with everything that is wrong: with a file, with a folder, with a place under
    `out` where a run could not be stored, and with changes of what has run already.
    """
    found, wrong = [], []
    for path in paths:
        try:
            found.append(_subject(path, changes, seed, out))
        except SimError as error:
            wrong.append(str(error))
    if wrong:
        raise SimError("\n".join(wrong))
    return found


def results_of(subject: Subject, running: Running) -> Results:
    """Run what is to be run; give what is stored.

    Raises what `run_scenario` raises. A run that is interrupted is stored as far as it came, and
    raises KeyboardInterrupt (or what ended it) that says so.
    """
    if subject.stored is not None:
        return subject.stored
    assert subject.scenario is not None, subject.file
    with running.watch(subject.plan) as progress:
        outcome = run_scenario(
            subject.scenario, running.out, running.workers, progress, running.cluster
        )
    if outcome.finished < outcome.wanted:
        kept = f"{outcome.finished} of {outcome.wanted} replications are kept in {outcome.folder}"
        raise KeyboardInterrupt(kept) if outcome.trouble is None else outcome.trouble
    return open_results(outcome.folder)


def near(path: Path) -> str:
    """A path as short as it can be said from here.

    >>> near(Path.cwd() / "results"), near(Path("/elsewhere"))
    ('results', '/elsewhere')
    """
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _subject(path: Path, changes: Sequence[str], seed: int | None, out: Path) -> Subject:
    if path.is_dir():
        return _stored(path, changed=bool(changes) or seed is not None)
    scenario = load_scenario(path, changes, seed)
    check_place(scenario.plan.name, out)
    settings = [word for change in changes for word in ("--set", change)]
    call = ["sim", "run", str(path), *settings, "--seed", str(scenario.plan.seed)]
    return Subject(scenario.plan, str(path), shlex.join(call), scenario=scenario)


def _stored(folder: Path, changed: bool) -> Subject:
    if changed:
        raise SimError(f"{folder}: has run already; --set and --seed are for scenario files")
    results = open_results(folder)
    file = results.manifest["path"]
    plan = _with_lines(stored_plan(results), results)
    return Subject(plan, file, shlex.join(["sim", "replay", near(results.path)]), stored=results)


def _with_lines(plan: Plan, results: Results) -> Plan:
    """The plan with the lines of the file it came from; the manifest has it on one line."""
    manifest = results.manifest
    file = Path(manifest.get("directory") or results.path) / Path(manifest["path"]).name
    try:
        given = parse_scenario(manifest["scenario"], str(file))
    except ScenarioError:  # complete only with what stood on the command line
        given = replace(plan, thresholds=(), gate=())
    return replace(
        plan,
        thresholds=_relined(plan.thresholds, given.thresholds),
        gate=_relined(plan.gate, given.gate),
    )


def _relined(asked: Sequence[Asked], given: Sequence[Asked]) -> tuple[Asked, ...]:
    lines = {one.metric: one.line for one in given}
    return tuple(replace(one, line=lines.get(one.metric, 0)) for one in asked)
