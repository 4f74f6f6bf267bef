"""The page: every run put into the templates, in one file of at most 6 MB that loads nothing.

plotly.js is put in once, whatever the number of runs; the rest is shared among them (see `Room`).
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import SimError
from sim.report.files import write_whole
from sim.report.html.embed import as_json, policy
from sim.report.html.facts import Run, room_for
from sim.report.html.section import Sheet
from sim.report.html.verdicts import compared, differing
from sim.report.html.view import view

if TYPE_CHECKING:
    from jinja2 import Template

BYTES_MAX: Final = 6_000_000
_TEMPLATES: Final = "templates"


def write_page(runs: Sequence[Run], path: Path) -> int:
    """Write the report of some runs; gives its size in bytes. Raises SimError where it cannot."""
    text = page(runs)
    size = len(text.encode("utf-8"))
    if size > BYTES_MAX:
        raise SimError(
            f"{path}: the report of {len(runs)} runs would have {size / 1e6:.1f} MB, and "
            f"{BYTES_MAX / 1e6:g} MB is the most; ask for fewer runs at once"
        )
    write_whole(path, text)
    return size


def page(runs: Sequence[Run]) -> str:
    """The report as HTML. Raises SimError for what cannot be shown here."""
    from markupsafe import Markup

    room, labels = room_for(len(runs)), _labels(runs)
    views = [
        view(run, number, label, room)
        for number, (run, label) in enumerate(zip(runs, labels, strict=True))
    ]
    scripts = plotly(), _text("report.js")
    return _template_of_page().render(
        title=labels[0] if len(runs) == 1 else f"{len(runs)} runs side by side",
        runs=views,
        differences=Sheet("Settings that differ", ["setting", *labels], list(differing(runs))),
        compared=_comparison(runs, labels),
        css=Markup(_text("report.css")),
        policy=policy(scripts),
        data=Markup(as_json([one.data for one in views])),
        plotly=Markup(scripts[0]),
        script=Markup(scripts[1]),
        version=_version(),
    )


def _template_of_page() -> "Template":
    """Everything is escaped, and a name that is not there is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__, _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


def _labels(runs: Sequence[Run]) -> list[str]:
    """The name of each run; runs of one name are told apart by their identifiers."""
    names = [run.plan.name for run in runs]
    return [
        name if names.count(name) == 1 else f"{name} {run.manifest.get('run', '')}".strip()
        for name, run in zip(names, runs, strict=True)
    ]


def _comparison(runs: Sequence[Run], labels: Sequence[str]) -> Sheet:
    found = [[name, *cells] for name, cells in compared(runs)] if len(runs) > 1 else []
    return Sheet("Figures with 95 % intervals, and verdicts", ["metric", *labels], found)


@cache
def plotly() -> str:
    """plotly.js, minified, as the installed package brings it."""
    from plotly.offline import get_plotlyjs

    script: str = get_plotlyjs()
    assert not any(tag in script for tag in ("</script", "<!--")), "it would end its own tag"
    return script


def _text(name: str) -> str:
    return files(__package__).joinpath(_TEMPLATES, name).read_text(encoding="utf-8")


def _version() -> str:
    try:
        return version("statistical-network-simulator")
    except PackageNotFoundError:
        return "unknown"
