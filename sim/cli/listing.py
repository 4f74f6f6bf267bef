"""``sim list``: the names that can stand in a scenario, and the runs that there are."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sim.cli.output import note, say, say_json
from sim.cli.parameters import AsJson, Quiet
from sim.units import format_count

if TYPE_CHECKING:
    from sim.errors import ScenarioError

Row = tuple[str, str]
"""A name and a few words about it."""


class Subject(StrEnum):
    """What can be listed."""

    scenarios = "scenarios"
    topologies = "topologies"
    latency = "latency"
    faults = "faults"
    anomalies = "anomalies"
    adversaries = "adversaries"
    rules = "rules"
    detectors = "detectors"
    controls = "controls"
    intervals = "intervals"
    dependence = "dependence"
    quantiles = "quantiles"
    disciplines = "disciplines"
    policies = "policies"
    protocols = "protocols"
    failure_detectors = "failure-detectors"
    sync_methods = "sync-methods"
    metrics = "metrics"
    behaviours = "behaviours"
    runs = "runs"


def list_names(
    subject: Annotated[Subject, typer.Argument(help="What to list.")],
    folder: Annotated[
        Path | None, typer.Option("--in", help="Where the scenarios or the runs are.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List the names that a scenario can use, or what is there."""
    rows = list(_ROWS[subject](folder))
    if as_json:
        say_json([{"name": name, "about": about} for name, about in rows])
        return
    width = max((len(name) for name, _ in rows), default=0)
    for name, about in rows:
        say(f"{name:{width}}  {about}".rstrip())
    if not rows:
        note(f"no {subject} here", quiet=quiet)


def _scenarios(folder: Path | None) -> Iterable[Row]:
    from sim.errors import ScenarioError
    from sim.scenario import load_scenario

    for file in _scenario_files(folder or Path("scenarios")):
        try:
            about = load_scenario(file).plan.about
        except ScenarioError as error:
            about = f"({_why_not(error)})"
        yield str(file), about


def _why_not(error: "ScenarioError") -> str:
    """Why a file cannot be loaded, in brief."""
    if all("SIM_DATA" in str(one) for one in error.mistakes):
        return "needs recorded data: set SIM_DATA, see docs/real-data.md"
    return f"{format_count(len(error.mistakes), 'mistake')}, see sim validate"


def _scenario_files(folder: Path) -> list[Path]:
    """Those of the folder itself, then those of each folder in it (but no hidden one).

    Files of another kind, such as those of searches, are left out: a scenario begins with `schema`.
    """
    below = [one for one in folder.glob("*/*.yaml") if not one.parent.name.startswith(".")]
    return [
        file
        for file in (*sorted(folder.glob("*.yaml")), *sorted(below))
        if "\nschema:" in f"\n{file.read_text(encoding='utf-8', errors='replace')}"
    ]


def _runs(folder: Path | None) -> Iterable[Row]:
    root = folder or Path("results/runs")
    for manifest in sorted(root.glob("*/*/manifest.json")):
        if not manifest.parent.is_symlink():
            yield str(manifest.parent), ""


def _topologies(_: Path | None) -> Iterable[Row]:
    from sim.network.importers import topohub_names

    return [(name, "") for name in topohub_names()]


def _metrics(_: Path | None) -> Iterable[Row]:
    from sim.scenario.catalogue import METRICS

    return [(metric.name, f"{metric.about} [{metric.unit}]") for metric in METRICS]


def _adversaries(_: Path | None) -> Iterable[Row]:
    from sim.scenario import kinds
    from sim.scenario.catalogue import ADVERSARIES

    who = {name: attack.tiers for name, attack in ADVERSARIES.items()}
    return [
        (name, f"{about} [{who[name].replace('both', 'agents, aggregators')}]")
        for name, about in sorted(kinds("adversaries"))
    ]


_ASSUMPTIONS: Final = {
    "any": "whatever agents share",
    "independence": "independent agents",
    "prds": "independent agents",
    "sequential": "independent agents and instants",
}


def _controls(_: Path | None) -> Iterable[Row]:
    """With the metric that is kept below its level on average, and for whom."""
    from sim.scenario import kinds
    from sim.scenario.procedures import PROCEDURES

    rows = []
    for name, about in sorted(kinds("controls")):
        facts = PROCEDURES[name]
        promise = f"bounds detection.{facts.bounds}, {_ASSUMPTIONS[facts.assumes]}"
        rows.append((name, f"{about} [{promise if facts.bounds else 'bounds nothing'}]"))
    return rows


def _protocols(_: Path | None) -> Iterable[Row]:
    """With what a decision costs in the good case, or a round of averaging."""
    from sim.protocol.agreement.registry import PROTOCOLS
    from sim.scenario import kinds

    rows = []
    for name, about in sorted(kinds("protocols")):
        protocol = PROTOCOLS[name]
        each = " a round" if protocol.in_rounds else ""
        rows.append(
            (name, f"{about} [{protocol.messages(_REPLICAS)} messages among {_REPLICAS}{each}]")
        )
    return rows


_REPLICAS: Final = 4


def _intervals(_: Path | None) -> Iterable[Row]:
    """With the first line of each method's file."""
    import sys

    from sim.stats.confidence.registry import INTERVALS

    for name, method in sorted(INTERVALS.items()):
        about = (sys.modules[method.__module__].__doc__ or "").partition("\n")[0]
        yield name, about.rstrip(".")


def _kinds(subject: Subject) -> Callable[[Path | None], Iterable[Row]]:
    def rows(_: Path | None) -> Iterable[Row]:
        from sim.scenario import kinds

        return kinds(subject)

    return rows


_ROWS: Final[dict[Subject, Callable[[Path | None], Iterable[Row]]]] = {
    Subject.scenarios: _scenarios,
    Subject.topologies: _topologies,
    Subject.latency: _kinds(Subject.latency),
    Subject.faults: _kinds(Subject.faults),
    Subject.anomalies: _kinds(Subject.anomalies),
    Subject.adversaries: _adversaries,
    Subject.rules: _kinds(Subject.rules),
    Subject.detectors: _kinds(Subject.detectors),
    Subject.controls: _controls,
    Subject.intervals: _intervals,
    Subject.dependence: _kinds(Subject.dependence),
    Subject.quantiles: _kinds(Subject.quantiles),
    Subject.disciplines: _kinds(Subject.disciplines),
    Subject.policies: _kinds(Subject.policies),
    Subject.protocols: _protocols,
    Subject.failure_detectors: _kinds(Subject.failure_detectors),
    Subject.sync_methods: _kinds(Subject.sync_methods),
    Subject.metrics: _metrics,
    Subject.behaviours: _kinds(Subject.behaviours),
    Subject.runs: _runs,
}
