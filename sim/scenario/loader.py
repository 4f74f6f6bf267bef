"""From a file to a `Scenario`: read, override, validate, resolve, check, in this order.

A file with a sweep is also read once for each of its cells, with the values of the cell set.
Whatever is wrong is collected, not raised at the first place; `ScenarioError` then carries every
mistake, sorted by where it stands. Mistakes of ``--set`` come first: they have no line.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from sim.errors import Mistake, ScenarioError
from sim.scenario.adversary_checks import check_adversaries
from sim.scenario.anomaly_checks import check_anomalies
from sim.scenario.blocks.capacity.checks import check_capacity
from sim.scenario.blocks.confidence.checks import check_confidence
from sim.scenario.blocks.dependence.checks import check_dependence
from sim.scenario.blocks.evolution.checks import check_evolution
from sim.scenario.blocks.routing.checks import check_routing
from sim.scenario.checks import Case, check_scenario, read_topology
from sim.scenario.committee_checks import check_committee
from sim.scenario.complaints import complaints
from sim.scenario.control_checks import check_control
from sim.scenario.detection_checks import check_detection
from sim.scenario.document import Document, Path, path_text, read_document
from sim.scenario.fault_checks import check_faults
from sim.scenario.feasible import with_infeasible
from sim.scenario.grid import Cell, read_grid
from sim.scenario.integrity_checks import check_integrity
from sim.scenario.journal_checks import check_journal
from sim.scenario.multiplicity_checks import check_multiplicity
from sim.scenario.mute import mute
from sim.scenario.mute_checks import check_mute
from sim.scenario.overrides import override
from sim.scenario.plan import Plan
from sim.scenario.replica_checks import check_replicas
from sim.scenario.resolve import resolve
from sim.scenario.rule_checks import check_rule
from sim.scenario.salvage import salvage
from sim.scenario.schema import scenario as schema
from sim.scenario.selectors import tree_shape


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario that is ready to run, and the text it came from."""

    plan: Plan
    text: str
    path: str
    cells: tuple[Cell, ...] = ()
    """The grid of its sweep, if it has one; `plan` is the scenario as written."""
    document: Document | None = field(default=None, repr=False, compare=False)
    """Where everything stands in the text."""

    def advice(self) -> tuple[Mistake, ...]:
        """What may be meant otherwise; of the scenario as written, not of its cells."""
        from sim.scenario.advice import advice

        return advice(self.plan, self.document or Document(self.path))


def load_scenario(
    path: str | os.PathLike[str], overrides: Sequence[str] = (), seed: int | None = None
) -> Scenario:
    """Read and check a scenario file.

    `overrides` are texts such as ``"topology.loss=1%"``; `seed` replaces the one in the file.
    Raises ScenarioError with all mistakes.
    """
    file = os.fspath(path)
    text = read_text(file)
    changes = [*overrides, *([] if seed is None else [f"seed={seed}"])]
    try:
        plan, cells, document = _parse(text, file, changes)
    except ScenarioError as error:
        raise ScenarioError(tuple(_as_called(one, seed) for one in error.mistakes)) from None
    return Scenario(plan, text, file, cells, document)


def _as_called(mistake: Mistake, seed: int | None) -> Mistake:
    """A mistake about the seed of ``--seed``, told by that name."""
    if mistake.file != f"--set seed={seed}":
        return mistake
    return replace(mistake, file=f"--seed {seed}", path="")


def parse_scenario(text: str, file: str, overrides: Iterable[str] = ()) -> Plan:
    """The plan in `text`, which stands in `file`. Raises ScenarioError with all mistakes."""
    return _parse(text, file, overrides)[0]


def _parse(
    text: str, file: str, overrides: Iterable[str]
) -> tuple[Plan, tuple[Cell, ...], Document]:
    document = read_document(text, file)
    if document.data is None and not document.mistakes:
        document.mistakes.append(Mistake(file, 1, 1, "", "the file is empty"))
    if document.data is None:
        raise refusal(document.mistakes)
    _check_what_it_is(document)
    for change in overrides:
        override(document, change)
    directory = os.path.dirname(os.path.abspath(file))
    plan, mistakes = _plan(document, directory)
    cells, more = read_grid(document, mistakes, lambda cell: _plan(cell, directory))
    if plan is None or document.mistakes or mistakes or more:
        raise refusal([*document.mistakes, *mistakes, *more])
    return plan, cells, document


def _check_what_it_is(document: Document) -> None:
    """One line for the file of a search, which has hardly a key of a scenario."""
    keys = document.data if isinstance(document.data, dict) else {}
    if "search" in keys and "schema" not in keys:
        problem = "this is the file of a search, not a scenario"
        raise refusal([document.mistake(("search",), problem, "use `sim search FILE`")])


def read_text(file: str) -> str:
    """The text of a file. Raises ScenarioError in plain words."""
    try:
        with open(file, encoding="utf-8-sig") as source:
            return source.read()
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text: {error.reason} at byte {error.start}"
    except ValueError as error:
        problem = f"cannot be read: {error}"
    raise ScenarioError((Mistake(file, 0, 0, "", problem),))


def _plan(document: Document, directory: str) -> tuple[Plan | None, list[Mistake]]:
    try:
        scenario = schema.Scenario.model_validate(document.data)
    except ValidationError as error:
        found = complaints(error, document)
        mistakes = [mistake for _, mistake in found]
        return None, mistakes + _more(document, {path for path, _ in found}, directory)
    plan = resolve(scenario, document, directory)
    mistakes = _check(scenario, plan, document)
    # What is promised, and may be asked, is that of the whole scenario: muted last.
    return (plan if mistakes else mute(with_infeasible(plan), scenario.mute)), mistakes


def _more(document: Document, wrong: set[Path], directory: str) -> list[Mistake]:
    """What the cross checks find in the sound part of a document.

    Where a wrong value was a required one, the block around it goes too, and so on outwards.
    """
    while (rest := salvage(document, wrong)) is not None:
        try:
            scenario = schema.Scenario.model_validate(rest.data)
        except ValidationError as error:
            blocks = {rest.original(path) for path, _ in complaints(error, rest)}
            if () in blocks or blocks <= wrong:
                break
            wrong = wrong | blocks
        else:
            return _not_of_defaults(
                _check(scenario, resolve(scenario, rest, directory), rest), rest
            )
    return []


def _not_of_defaults(mistakes: Iterable[Mistake], rest: Document) -> list[Mistake]:
    """Without those of what was left out: they would be about a default that nobody wrote."""
    names = [path_text(path) for path in rest.left_out]
    inside = tuple(f"{name}{sign}" for name in names for sign in ".[")
    return [
        mistake
        for mistake in mistakes
        if mistake.path not in names and not mistake.path.startswith(inside)
    ]


def _check(scenario: schema.Scenario, plan: Plan, document: Document) -> list[Mistake]:
    graph, mistakes = read_topology(plan, document)
    case = Case(scenario, plan, document, tree_shape(plan), graph)
    checks = (
        check_scenario,
        check_replicas,
        check_faults,
        check_anomalies,
        check_detection,
        check_multiplicity,
        check_adversaries,
        check_rule,
        check_integrity,
        check_committee,
        check_control,
        check_journal,
        check_confidence,
        check_dependence,
        check_evolution,
        check_capacity,
        check_routing,
        check_mute,
    )
    return [*mistakes, *(mistake for check in checks for mistake in check(case))]


def refusal(mistakes: Iterable[Mistake]) -> ScenarioError:
    """All mistakes in the order in which they stand, each once."""
    by_place = sorted(set(mistakes), key=lambda m: (m.line, m.column, m.file, m.path, m.problem))
    return ScenarioError(tuple(by_place))
