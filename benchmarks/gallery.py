"""The gallery drawn again by today's code: a picture and a line of figures for each scenario.

    python -m benchmarks.gallery                    # all, ten minutes of processor time
    python -m benchmarks.gallery 01-three-nodes 05-partition-recovery

Everything goes through the command line, as a reader would do it: `sim run` measures the scenario
as it is written, `sim sweep --force` runs its cells where the picture is of a sweep, `sim plot`
draws. Pictures go to results/gallery/; in docs/gallery.md the line that begins with "Measured:" is
written anew. The same code gives the same bytes.
"""

import argparse
import json
import re
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from sim.cli.app import main as sim
from sim.cli.exits import Exit
from sim.report.pictures import shrink
from sim.report.table import written

RUNS: Final = Path("results/runs")
PICTURES: Final = Path("results/gallery")
PAGE: Final = Path("docs/gallery.md")


@dataclass(frozen=True, slots=True)
class Picture:
    """Which figure of a scenario is shown; one that has `x` is of its sweep."""

    kind: str = "recovery"
    x: str | None = None
    metrics: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    """Settings of the sweep that are not those of the file, such as more replications."""


FIVE: Final = ("replications=5",)
GALLERY: Final[dict[str, Picture]] = {
    "01-three-nodes": Picture(),
    "02-hello": Picture(),
    "03-loss-sweep": Picture(
        "curves", "topology.loss", ("staleness.root.mean", "traffic.messages")
    ),
    "04-flapping-link": Picture(),
    "05-partition-recovery": Picture(),
    "06-flat-against-tree": Picture("growth", "agents.count"),
    "07-injected-anomalies": Picture("detection"),
    "08-accuracy-under-loss": Picture(
        "curves", "topology.loss", ("detection.recall", "detection.delay.median"), FIVE
    ),
    "09-fdr-under-partition": Picture(
        "curves", "detection.control.kind", ("detection.fdr", "detection.recall")
    ),
    "10-captured-region": Picture("lies"),
    "11-breakdown": Picture("breakdown", "adversaries[0].share"),
    "12-forged-subtree": Picture("lies"),
    "13-alert-in-a-minority": Picture(),
    "14-leader-failure-in-a-partition": Picture(),
    "15-region-lost-and-rehomed": Picture(),
    "16-ten-minute-partition": Picture(),
    "17-coverage-under-staleness": Picture("confidence"),
    "18-silence-is-information": Picture("routing"),
    "19-churn-storm": Picture("evolution"),
    "20-million-agents": Picture(),
}
"""By the name of the scenario's file; each has a section of docs/gallery.md."""
STUDIES: Final[dict[str, Picture]] = {
    "studies/accuracy-in-a-partition": Picture(
        "curves", "faults[0].until", ("detection.recall", "detection.delay.median"), FIVE
    ),
    "studies/accuracy-with-drift": Picture(
        "curves", "agents.behaviour.drift.sd", ("detection.fdr", "detection.recall"), FIVE
    ),
    "studies/accuracy-with-stale-baselines": Picture(
        "curves", "baseline.publish", ("detection.recall", "detection.fdr"), FIVE
    ),
    "studies/accuracy-without-new-baselines": Picture(
        "curves", "faults[0].until", ("detection.fdr", "detection.recall"), FIVE
    ),
}
"""Pictures of other pages, of scenarios that are not among the twenty."""


def draw(stem: str, picture: Picture) -> str:
    """Run a scenario, put its picture into the gallery, and give what was measured as a line."""
    file = f"scenarios/{stem}.yaml"
    outcome = json.loads(call("run", file, "--json", "--no-plot"))
    folder = Path(outcome["folder"])
    if picture.x is not None:
        settings = [word for change in picture.changes for word in ("--set", change)]
        call("sweep", file, *settings, "--force", "--jobs", "2", "--quiet")
        folder = folder.parent
    words = ["--x", picture.x] if picture.x is not None else []
    words += [word for metric in picture.metrics for word in ("--metric", metric)]
    with tempfile.TemporaryDirectory() as drawn:
        here = ["--format", "png", "--out", drawn]
        call("plot", str(folder), "--kind", picture.kind, *words, *here)
        shrink(Path(drawn) / f"{picture.kind}.png", PICTURES / f"{Path(stem).name}.png")
    return measured(outcome)


def call(*words: str) -> str:
    """What `sim` prints. A threshold may fail in a cell of a sweep: it is drawn as it is."""
    page = StringIO()
    with redirect_stdout(page):
        code = sim(words)
    if code not in (Exit.GOOD, Exit.FAILED, Exit.INCONCLUSIVE):
        raise SystemExit(f"sim {' '.join(words)}: exit code {code}")
    return page.getvalue()


def measured(outcome: dict[str, Any]) -> str:
    """Each promise with its figure, in a line.

    >>> metric = {"name": "coverage.min", "value": 0.5, "unit": "share"}
    >>> promise = {"metric": "coverage.min", "bound": "≥ 10 %"}
    >>> measured({"metrics": [metric], "thresholds": [promise]})
    'Measured: `coverage.min` 50 % (promised ≥ 10 %)'
    """
    values = {metric["name"]: metric for metric in outcome["metrics"]}
    told = []
    for promise in outcome["thresholds"]:
        metric = values[promise["metric"]]
        figure = written(float(metric["value"]), metric["unit"])
        told.append(f"`{promise['metric']}` {figure.strip()} (promised {promise['bound']})")
    return "Measured: " + " · ".join(told)


def tell(page: str, stem: str, line: str) -> str:
    """The page with a new line of figures in the section of a scenario.

    >>> tell("![a](x/01-a.png)\\n\\nMeasured: old\\n", "01-a", "Measured: new")
    '![a](x/01-a.png)\\n\\nMeasured: new\\n'
    """
    section = re.compile(rf"(/{re.escape(stem)}\.png\).*?^)Measured: [^\n]*", re.DOTALL | re.M)
    told, count = section.subn(lambda found: found[1] + line, page, count=1)
    if not count:
        raise SystemExit(f"{PAGE} has no line of figures for {stem}")
    return told


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw what is asked for, or all of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("stem", nargs="*", help="a scenario, such as 05-partition-recovery")
    pictures = GALLERY | STUDIES
    stems = parser.parse_args(arguments).stem or list(pictures)
    unknown = [stem for stem in stems if stem not in pictures]
    if unknown:
        parser.error(f"not in the gallery: {', '.join(unknown)}")
    for stem in stems:
        line = draw(stem, pictures[stem])
        if stem in GALLERY:
            PAGE.write_text(tell(PAGE.read_text(encoding="utf-8"), stem, line), encoding="utf-8")
        print(f"{stem}: {line}", flush=True)


if __name__ == "__main__":
    main()
