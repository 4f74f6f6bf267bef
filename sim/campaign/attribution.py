"""Which fault and which liar caused what: a scenario beside its counterfactual twins.

A twin is the same scenario with some entries muted: same seeds, same streams, everything else as
it was drawn (`sim.scenario.mute`). Twins are run as the cells of a sweep and stored below
``<root>/twins``, so a second call runs nothing, an interrupted one goes on, and `latest` stays the
run itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.campaign.replay import stored_plan
from sim.campaign.results import Results, open_results
from sim.campaign.stored_tables import tables_of
from sim.campaign.sweep import How, SweepOutcome, Watch, run_sweep
from sim.errors import SimError
from sim.measure.attribution import CLEAN, Acting, Causes, causes, twins_needed
from sim.measure.cells import CellResult
from sim.measure.counterfactual import comparable, has_ended, lasting
from sim.measure.gate import Sample
from sim.measure.tables import Tables
from sim.scenario.catalogue import FINGERPRINT_INGREDIENTS
from sim.scenario.flow import flow
from sim.scenario.grid import Cell
from sim.scenario.loader import Scenario
from sim.scenario.measured import lacks
from sim.scenario.mute import ADVERSARIES, BLOCKS, FAULTS, entries, mute
from sim.scenario.plan import Plan

TWINS: Final = "twins"
SHAPLEY_MAX: Final = 4
"""Entries of which all subsets are run: 16 twins."""
USUAL: Final = (FAULTS, ADVERSARIES)
METRICS: Final = (
    "staleness.baseline.violation",
    "staleness.root.mean",
    "error.mean.max",
    "coverage.mean",
    "bias.median",
    "detection.recall",
    "detection.missed",
    "recovery.time.max",
    "traffic.messages",
    "traffic.lost",
)
"""What is asked unless metrics are named, as far as a scenario has it."""

TOUCHED_NOTHING: Final = "touched nothing"
HIDDEN: Final = "adds nothing while the others are there"
NOT_MEASURABLE: Final = "no effect measurable"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be attributed, and to whom."""

    metrics: tuple[str, ...] = ()
    """Empty: those of METRICS that the scenario has."""
    blocks: tuple[str, ...] = USUAL
    shapley: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """One entry of the scenario, and what is to be said of it as a whole."""

    path: str
    kind: str
    remark: str
    """Empty where it had an effect that can be told from luck."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where the figures of a scenario come from."""

    name: str
    seed: int
    replications: int
    folder: Path
    """Of the run as it is."""
    entries: tuple[Cause, ...]
    causes: tuple[Causes, ...]
    """One for each metric, in the order in which they were asked for."""
    twins: Mapping[Acting, CellResult]
    fresh: int
    """Twins that were run just now, the run as it is included."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What is known of a twin: all its figures, and a name for each of its runs.

    Two runs have the same name if they went alike to the bit, but for the record of the faults
    themselves. It cannot be told where fingerprints were asked for that have not everything in
    them: names then differ.
    """

    samples: Mapping[str, Sample]
    runs: Sequence[str]


def attribute(
    scenario: Scenario, question: Question, how: How, watch: Watch | None = None
) -> Attribution:
    """Run the twins that are missing, and say what each entry caused.

    Raises SimError where nothing can be attributed or a twin could not be run, KeyboardInterrupt
    after an interrupt; twins that were finished by then are kept, and it says how many.
    """
    acting = entries(scenario.plan, question.blocks)
    _check(scenario.plan, acting, question)
    paths = [entry.path for entry in acting]
    twins, fresh = _run(scenario, _twins(scenario.plan, paths, question), how, watch)
    everybody = frozenset(paths)
    read = _all_read(twins, everybody)
    asked = question.metrics or _usual(read[everybody])
    found = [_causes(name, paths, read) for name in asked]
    return Attribution(
        name=scenario.plan.name,
        seed=scenario.plan.seed,
        replications=scenario.plan.replications,
        folder=twins[everybody].folder,
        entries=tuple(
            Cause(entry.path, entry.kind, _remark(entry.path, everybody, read, found))
            for entry in acting
        ),
        causes=tuple(found),
        twins=twins,
        fresh=fresh,
    )


def stored_scenario(run: Path) -> Scenario:
    """The scenario of a stored run. Raises ResultsError if it cannot be run here."""
    results = open_results(run)
    manifest = results.manifest
    return Scenario(stored_plan(results), manifest["scenario"], manifest["path"])


def _check(plan: Plan, acting: Sequence[object], question: Question) -> None:
    if not acting:
        told = " or ".join(question.blocks)
        raise SimError(f"{plan.name} has no {told}, so there is nothing to attribute anything to")
    if question.shapley and len(acting) > SHAPLEY_MAX:
        raise SimError(
            f"--shapley runs every subset of what acts; {len(acting)} entries are more than "
            f"{SHAPLEY_MAX}"
        )
    for metric in question.metrics:
        missing = lacks(metric, plan)
        if missing:
            raise SimError(f"{plan.name} has no {metric}: that needs {missing}")


def _twins(plan: Plan, paths: Sequence[str], question: Question) -> dict[Acting, Cell]:
    """Each twin as a cell: what ``--set mute=[...]`` gives."""
    needed = twins_needed(paths, every=question.shapley)
    return {who: _cell(plan, [path for path in paths if path not in who]) for who in needed}


def _cell(plan: Plan, absent: Sequence[str]) -> Cell:
    twin = mute(plan, absent)
    return Cell({"mute": flow(list(twin.muted.paths))} if absent else {}, twin)


def _run(
    scenario: Scenario, cells: Mapping[Acting, Cell], how: How, watch: Watch | None
) -> tuple[dict[Acting, CellResult], int]:
    """The run as it is where all runs are, its twins apart from them."""
    as_it_is, *others = cells
    apart = How(how.root / TWINS, how.workers, how.cluster, how.force)
    own = run_sweep(scenario, [cells[as_it_is]], how, watch)
    _check_outcomes(len(cells), own)
    rest = run_sweep(scenario, [cells[who] for who in others], apart, watch)
    _check_outcomes(len(cells), own, rest)
    results = dict(zip(others, rest.results, strict=True))
    return {as_it_is: own.results[0], **results}, own.fresh + rest.fresh


def _check_outcomes(asked: int, *outcomes: SweepOutcome) -> None:
    """Whatever kept a twin from being there is raised."""
    if any(one.interrupted for one in outcomes):
        stored = sum(result.is_stored for one in outcomes for result in one.results)
        raise KeyboardInterrupt(f"{stored} of {asked} twins are stored")
    for one in outcomes:
        errors = [result.error for result in one.results if result.error is not None]
        for error in filter(None, (one.stopped, *errors)):
            raise error


def _all_read(twins: Mapping[Acting, CellResult], everybody: Acting) -> dict[Acting, _Read]:
    """What the store has of each twin, measured so that it compares with the run as it is."""
    as_is = _tables(open_results(twins[everybody].folder))
    return {who: _read(open_results(result.folder), as_is) for who, result in twins.items()}


def _read(results: Results, as_is: Sequence[Tables]) -> _Read:
    samples = comparable(_tables(results), as_is, stored_plan(results))
    prints = [one["parts"] for one in results.manifest["fingerprints"]]
    names = [_name(parts, results, samples, number) for number, parts in enumerate(prints)]
    return _Read(samples, names)


def _name(
    parts: Mapping[str, str], results: Results, samples: Mapping[str, Sample], number: int
) -> str:
    """The name of a replication. What the control plane did is in the figures alone."""
    told = {name: digest for name, digest in parts.items() if name != FAULTS}
    if told.keys() != set(FINGERPRINT_INGREDIENTS) - {FAULTS}:
        return str(results.path)
    figures = [one.at_least[number] + 0.0 for one in samples.values()]  # -0.0 is 0.0
    return repr((told, figures))


def _tables(results: Results) -> list[Tables]:
    count = len(results.manifest["fingerprints"])
    return [tables_of(results, replication) for replication in range(count)]


def _usual(as_is: _Read) -> tuple[str, ...]:
    return tuple(name for name in METRICS if name in as_is.samples)


def _causes(metric: str, paths: Sequence[str], read: Mapping[Acting, _Read]) -> Causes:
    unit = next(iter(read.values())).samples[metric].unit
    known = {who: lasting(metric, twin.samples[metric]) for who, twin in read.items()}
    unended = {who: _unended(metric, twin) for who, twin in read.items()}
    return causes(metric, unit, paths, known, unended)


def _unended(metric: str, twin: _Read) -> list[str]:
    """The names of the runs in which a figure is a lower bound; of all others nothing."""
    ended = has_ended(twin.samples[metric])
    return ["" if is_known else run for is_known, run in zip(ended, twin.runs, strict=True)]


def _remark(
    path: str, everybody: Acting, read: Mapping[Acting, _Read], found: Sequence[Causes]
) -> str:
    """What is to be said of an entry without an effect on anything that was asked."""
    alone, without = read[frozenset({path})], read[everybody - {path}]
    if read[everybody].runs == without.runs:
        return TOUCHED_NOTHING if alone.runs == read[CLEAN].runs else HIDDEN
    shares = [one for metric in found for one in metric.shares if one.entry == path]
    effects = [effect for share in shares for effect in (share.added, share.alone)]
    if any(effect.bound != "exact" for effect in effects):
        return ""  # it may have done more than could be watched
    if all(effect.n < 2 for effect in effects):
        return ""  # nobody can tell from one replication
    return "" if any(effect.is_clear for effect in effects) else NOT_MEASURABLE


__all__ = ["BLOCKS", "USUAL", "Attribution", "Cause", "Question", "attribute", "stored_scenario"]
