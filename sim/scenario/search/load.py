"""From the file of a search to a `Search`: read, validate, load the scenario, check both.

Mistakes are collected like those of a scenario: all at once, each with its place. A scenario with
mistakes tells of its own.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from sim.errors import InputError, Mistake, ScenarioError
from sim.scenario.catalogue import ADVERSARIES, BETTER, METRIC_NAMES
from sim.scenario.complaints import complaints
from sim.scenario.document import Document, Place, read_document
from sim.scenario.facts import site_graph
from sim.scenario.flow import flow
from sim.scenario.loader import Scenario, load_scenario, read_text, refusal
from sim.scenario.measured import LIES, lacks
from sim.scenario.nearest import did_you_mean
from sim.scenario.overrides import parse_path
from sim.scenario.plan import Plan
from sim.scenario.search.plan import INVARIANTS, FaultsPlan, LiarsPlan, Search
from sim.scenario.search.schema import FaultSpace, LiarSpace, SearchFile
from sim.scenario.selectors import PLURALS, TreeShape, check_selector, tree_shape
from sim.units import write_deviations

_STEPS = 20
_EXAMPLES = "see docs/search.md, or scenarios/search"
_DROPPED = ("sweep", "gate", "thresholds")


def load_search(path: str | os.PathLike[str], worst: str | None = None) -> Search:
    """Read and check the file of a search; `worst` replaces the metric in it, and its damage.

    Raises ScenarioError with all mistakes, in it or in the scenario that it names.
    """
    file = os.fspath(path)
    document = _read(file)
    _check_what_it_is(document)
    if worst is not None and isinstance(document.data, dict):
        document.data["worst"] = worst
        document.data.pop("damage", None)
        document.places["worst",] = Place(f"--for {worst}", 0, 0)
    try:
        written = SearchFile.model_validate(document.data)
    except ValidationError as error:
        found = [mistake for _, mistake in complaints(error, document, SearchFile)]
        raise refusal([*document.mistakes, *found]) from None
    return _Reader(document, written).search()


def _read(file: str) -> Document:
    document = read_document(read_text(file), file)
    if document.data is None:
        raise refusal([replace(one, hint=_EXAMPLES) for one in document.mistakes])
    return document


def _check_what_it_is(document: Document) -> None:
    """One line for a scenario, which has hardly a key of a search. Raises ScenarioError."""
    keys = document.data if isinstance(document.data, dict) else {}
    if "schema" in keys and "search" not in keys:
        problem = "this is a scenario; `sim search` takes the file of a search"
        raise refusal([document.mistake(("schema",), problem, _EXAMPLES)])


@dataclass(slots=True)
class _Reader:
    """A file that is right by itself, and the scenario that it is about."""

    document: Document
    written: SearchFile

    def search(self) -> Search:
        """The search. Raises ScenarioError."""
        written, base_path = self.written, self._base_path()
        liars, faults = written.adversaries, written.faults
        text = self.document.data
        scenario = self._scenario(base_path)
        plan = scenario.plan
        tree = tree_shape(plan)
        mistakes = [*self.document.mistakes, *self._mistakes(plan, tree)]
        if mistakes:
            raise refusal(mistakes)
        step_ns = written.step or max(plan.duration_ns // _STEPS, 1)
        return Search(
            name=written.name,
            about=written.about,
            path=self.document.file,
            seed=written.seed,
            budget=written.budget,
            step_ns=step_ns,
            after_ns=-(-written.after // step_ns) * step_ns,
            worst=written.worst,
            damage=text.get("damage") or {},
            base=self._base(scenario),
            base_path=base_path,
            plan=plan,
            tree=tree,
            liars=None if liars is None else _liars(liars, tree),
            faults=None if faults is None else _faults(faults, plan, tree),
        )

    def _base_path(self) -> str:
        return os.path.join(os.path.dirname(self.document.file), self.written.scenario)

    def _scenario(self, base_path: str) -> Scenario:
        """The scenario with nothing drawn, and with the damage as its thresholds.

        Mistakes in what this file says about it are told at their places in this file.
        """
        changes = [f"{path}={flow(value)}" for path, value in self.written.changes.items()]
        damage = flow(self.document.data.get("damage") or {})
        drawn = [f"{block}=[]" for block in self._drawn()]
        fixed = [f"thresholds={damage}", "gate={}", "sweep={}"]
        if not os.path.isfile(base_path):
            raise refusal([self.document.mistake(("scenario",), f"there is no file {base_path}")])
        try:
            return load_scenario(base_path, [*changes, *drawn, *fixed])
        except ScenarioError as error:
            raise refusal([self._here(one, fixed[0]) for one in error.mistakes]) from None

    def _here(self, mistake: Mistake, damage: str) -> Mistake:
        """The mistake, at its place in this file if it is about what this file sets."""
        if mistake.file == f"--set {damage}":
            within = parse_path(mistake.path)[1:]
            return self.document.mistake(("damage", *within), mistake.problem, mistake.hint)
        for path, value in self.written.changes.items():
            if mistake.file == f"--set {path}={flow(value)}":
                return self.document.mistake(("set", path), mistake.problem, mistake.hint)
        return mistake

    def _drawn(self) -> tuple[str, ...]:
        """The blocks that the search fills."""
        blocks = {"adversaries": self.written.adversaries, "faults": self.written.faults}
        return tuple(name for name, space in blocks.items() if space is not None)

    def _base(self, scenario: Scenario) -> dict[str, Any]:
        assert scenario.document is not None
        dropped = (*_DROPPED, *self._drawn())
        return {key: value for key, value in scenario.document.data.items() if key not in dropped}

    def _mistakes(self, plan: Plan, tree: TreeShape) -> Iterator[Mistake]:
        yield from self._of_worst(plan)
        yield from self._of_damage()
        if self.written.adversaries is None and self.written.faults is None:
            problem = "there is nothing to try: say what `adversaries` or `faults` there may be"
            yield self.document.mistake((), problem)
        if self.written.step is not None and not 0 < self.written.step <= plan.duration_ns:
            yield self.document.mistake(("step",), "must be more than 0 and within the duration")
        if self.written.after >= plan.duration_ns:
            yield self.document.mistake(("after",), "is the end of the run, or later")
        if self.written.adversaries is not None:
            yield from self._of_liars(self.written.adversaries, tree)
        if self.written.faults is not None:
            yield from self._of_nodes(self.written.faults, plan, tree)

    def _of_worst(self, plan: Plan) -> Iterator[Mistake]:
        worst = self.written.worst
        if worst == INVARIANTS:
            return
        if worst not in METRIC_NAMES:
            hint = did_you_mean(worst, [*METRIC_NAMES, INVARIANTS]) or "see `sim list metrics`"
            yield self.document.mistake(("worst",), f"unknown metric {worst!r}", hint)
            return
        missing = lacks(worst, plan)
        if missing and not (missing == LIES and self.written.adversaries is not None):
            problem = f"{worst} is not measured in this scenario: it needs {missing}"
            yield self.document.mistake(("worst",), problem)

    def _of_damage(self) -> Iterator[Mistake]:
        """A bound on the good side is met by what does no damage at all."""
        for metric, ends in (self.document.data.get("damage") or {}).items():
            bad, good = ("min", "max") if BETTER[metric] == "less" else ("max", "min")
            if bad not in ends:
                worse = "more" if bad == "min" else "less"
                problem = f"{metric} is the worse the {worse} it is: damage needs a {bad}"
                yield self.document.mistake(("damage", metric, good), problem)

    def _of_liars(self, space: LiarSpace, tree: TreeShape) -> Iterator[Mistake]:
        tiers = _tiers(tree)
        if space.where not in tiers:
            hint = did_you_mean(space.where, tiers)
            problem = f"there is no tier {space.where!r}"
            yield self.document.mistake(("adversaries", "where"), problem, hint)
            return
        seats = tree.counts[tiers[space.where]]
        if space.liars > seats:
            problem = f"must be at most {seats}, for there are no more {space.where}"
            yield self.document.mistake(("adversaries", "liars"), f"{problem}, not {space.liars}")
        for number, kind in enumerate(space.kinds or ()):
            if not ADVERSARIES[kind].is_for(tiers[space.where]):
                problem = f"{kind} is nothing that {space.where} can do"
                yield self.document.mistake(("adversaries", "kinds", number), problem)

    def _of_nodes(self, space: FaultSpace, plan: Plan, tree: TreeShape) -> Iterator[Mistake]:
        sites = site_graph(plan).names
        for number, name in enumerate(space.nodes):
            try:
                check_selector(name, tree, sites)
            except InputError as error:
                path = ("faults", "nodes", number)
                yield self.document.mistake(path, error.args[0], *error.args[1:])


def _tiers(tree: TreeShape) -> dict[str, int]:
    """The tiers that may lie, by the name that `where` has for all of one."""
    plurals = {name: plural for plural, name in PLURALS.items()}
    return {plurals.get(name, name): tier for tier, name in enumerate(tree.names[:-1])}


def _liars(space: LiarSpace, tree: TreeShape) -> LiarsPlan:
    tier = _tiers(tree)[space.where]
    kinds = space.kinds or [
        # Group capture is a push from seats that somebody has worked out: here they are searched.
        kind
        for kind, attack in ADVERSARIES.items()
        if attack.is_for(tier) and kind != "group_capture"
    ]
    sizes = sorted(dict.fromkeys(space.sizes), key=abs)
    return LiarsPlan(
        where=space.where,
        tier=tier,
        liars=space.liars,
        attacks=space.attacks,
        kinds=tuple(kinds),
        sizes=tuple(write_deviations(size) for size in sizes),
        timing=space.timing,
    )


def _faults(space: FaultSpace, plan: Plan, tree: TreeShape) -> FaultsPlan:
    graph = site_graph(plan)
    ends = ((graph.names[link.a], graph.names[link.b]) for link in graph.links)
    regions = [f"region-{number}" for number in range(tree.regions)]
    replicas = [f"root-0/{number}" for number in range(tree.replicas)]
    nodes = space.nodes or [*regions, *(replicas if tree.replicas > 1 else ())]
    return FaultsPlan(
        most=space.most,
        cut_ns=space.cut,
        kinds=tuple(space.kinds),
        nodes=tuple(nodes),
        sites=tuple(graph.names),
        links=tuple(ends),
    )
