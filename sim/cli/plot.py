"""``sim plot``: the figures of a stored run or sweep, drawn again from what is stored."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from sim.cli.metric_names import check_metric_names
from sim.cli.output import say
from sim.errors import ResultsError, SimError

CURVES_OF: Final = ("detection.recall", "detection.fdr", "staleness.root.mean", "coverage.mean")
"""What is drawn of a sweep unless metrics are named, as far as it is defined there: two of them."""
GROWTH_OF: Final = (
    "dependence.bytes",
    "dependence.operations",
    "capacity.offered.max",
    "staleness.root.oldest.max",
    "traffic.messages",
    "capacity.state.max",
)
"""The same for growth: all of them that are defined."""

Folder = Annotated[
    Path,
    typer.Argument(
        help="Folder of a run, or of a name; for curves, growth and breakdown that of a sweep.",
        metavar="RUN",
    ),
]


class Kind(StrEnum):
    """The figures there are."""

    recovery = "recovery"
    detection = "detection"
    lies = "lies"
    routing = "routing"
    confidence = "confidence"
    evolution = "evolution"
    capacity = "capacity"
    dependence = "dependence"
    curves = "curves"
    growth = "growth"
    breakdown = "breakdown"


OF_SWEEPS: Final = (Kind.curves, Kind.growth, Kind.breakdown)


class Format(StrEnum):
    """File formats."""

    svg = "svg"
    pdf = "pdf"
    png = "png"


def plot(
    run: Folder,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="Which figure; default: all that a run has.")
    ] = None,
    replication: Annotated[
        int, typer.Option("--replication", min=0, help="Which replication of a run, from 0.")
    ] = 0,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", help="For curves and growth: what to draw.", metavar="NAME"),
    ] = None,
    x: Annotated[
        str | None,
        typer.Option("--x", help="Of a sweep: the swept parameter along x.", metavar="PATH"),
    ] = None,
    formats: Annotated[list[Format] | None, typer.Option("--format", help="Default: all.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; default: the run's.")] = None,
) -> None:
    """Draw the figures of a stored run again, or one of a sweep."""
    from sim.report.style import save

    _check_options(kind, replication, metric or [], x)
    if kind in OF_SWEEPS:
        folder, figures = run, {str(kind): _of_sweep(run, kind, metric or [], x)}
    else:
        folder, figures = _of_run(run, kind, replication)
    folder = folder if out is None else _made(out)
    suffix = f"-{replication}" if replication else ""
    chosen = tuple(one.value for one in formats or Format)
    for name, figure in figures.items():
        for path in save(figure, folder / f"{name}{suffix}", chosen):
            say(str(path))


def _check_options(kind: Kind | None, replication: int, metrics: list[str], x: str | None) -> None:
    """Raises SimError for an option of another kind of figure: it would change nothing."""
    check_metric_names(metrics)
    if kind in OF_SWEEPS and replication:
        raise SimError(f"--replication chooses one of a run; {kind} is over all of them")
    if kind not in (Kind.curves, Kind.growth) and metrics:
        raise SimError("--metric is for curves: add --kind curves")
    if kind not in OF_SWEEPS and x is not None:
        raise SimError("--x is for a sweep: add --kind curves or --kind breakdown")


def _of_run(run: Path, kind: Kind | None, replication: int) -> tuple[Path, dict[str, Any]]:
    """The folder of a run, and figures of one of its replications: one, or all that it has."""
    from sim.campaign.replay import stored_plan
    from sim.campaign.results import open_results
    from sim.campaign.stored_tables import standings_of, tables_of
    from sim.report.figures import draw, names_of

    results = open_results(run)
    plan, tables = stored_plan(results), tables_of(results, replication)
    names = names_of(tables, plan) if kind is None else [str(kind)]
    found = standings_of(results, plan) if Kind.confidence in names else []
    return results.path, {name: draw(name, tables, plan, found) for name in names}


def _of_sweep(folder: Path, kind: Kind | None, metrics: list[str], x: str | None) -> Any:
    """A figure of the sweep in a folder."""
    if kind is Kind.curves:
        return _curves(folder, metrics, x)
    return _growth(folder, metrics, x) if kind is Kind.growth else _breakdown(folder, x)


def _curves(folder: Path, metrics: list[str], x: str | None) -> Any:
    """The curves of the sweep in a folder."""
    from sim.cli.sweep_summary import TABLE
    from sim.report.sweeps.curves import curves, read_cells
    from sim.report.sweeps.curves_figure import curves_figure, defined

    found = curves(read_cells(folder / TABLE), x)
    return curves_figure(
        folder.resolve().name, found, metrics or defined(found, CURVES_OF)[:2] or CURVES_OF[:1]
    )


def _growth(folder: Path, metrics: list[str], x: str | None) -> Any:
    """How figures of the sweep in a folder grow."""
    from sim.cli.sweep_summary import TABLE
    from sim.report.growth.figure import growth_figure
    from sim.report.sweeps.curves import curves, read_cells
    from sim.report.sweeps.curves_figure import defined

    found = curves(read_cells(folder / TABLE), x)
    return growth_figure(folder.resolve().name, found, metrics or defined(found, GROWTH_OF))


def _breakdown(folder: Path, x: str | None) -> Any:
    """Where the rules of the sweep in a folder break down."""
    from sim.cli.sweep_summary import TABLE
    from sim.report.breakdown.figure import breakdown_figure
    from sim.report.sweeps.curves import read_cells

    return breakdown_figure(folder.resolve().name, read_cells(folder / TABLE), x)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be made a folder: {error.strerror}") from error
    return folder
