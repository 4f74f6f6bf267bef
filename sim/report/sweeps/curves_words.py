"""What the title of curves over a sweep says: where its first metric goes, and what is drawn."""

import math
from collections.abc import Sequence

from sim.measure.metrics import MetricValue
from sim.report.dependence.words import ERROR, KIND
from sim.report.sweeps.curves import Axis, Curve, Curves
from sim.report.table import written
from sim.units import format_size


def values_of(line: Curve, metric: str) -> list[MetricValue | None]:
    """A figure for each text of the axis; None where there is none."""
    return [None if cell is None else cell.values.get(metric) for cell in line.cells]


def is_of_kinds(axis: Axis) -> bool:
    """Whether the values are kinds of something, or lists, and not two ends of a choice."""
    if axis.is_numeric:
        return False
    return len(axis.texts) > 2 or any(text.startswith(("[", "{")) for text in axis.texts)


def has_intervals(found: Curves, metric: str) -> bool:
    """Whether some figure of a metric comes from several replications."""
    values = (cell.values.get(metric) for cell in found.cells)
    return any(value is not None and value.low < value.high for value in values)


def headline(found: Curves, metric: str) -> str:
    """The metric at both ends of the axis, on the lines that change most and least."""
    if is_of_kinds(found.axis):
        return _extremes(found, metric)
    first, last = found.axis.texts[0], found.axis.texts[-1]
    changes = [change for line in found.lines if (change := _change(line, metric)) is not None]
    if first == last or not changes:
        return f"{metric} against {found.axis.path}"
    ordered = sorted(changes, key=lambda change: change[0])
    chosen = [ordered[-1][1], ordered[0][1]] if len(ordered) > 1 else [ordered[0][1]]
    return f"from {found.axis.path} {first} to {last}, {metric} {_joined(chosen)}"


def _joined(phrases: Sequence[str]) -> str:
    """Phrases with their verb once.

    >>> _joined(["goes from 1 to 2 (a)", "goes from 3 to 5 (b)"])
    'goes from 1 to 2 (a) and from 3 to 5 (b)'
    """
    verb = phrases[0].partition(" ")[0] + " "
    return " and ".join([phrases[0], *(phrase.removeprefix(verb) for phrase in phrases[1:])])


def _extremes(found: Curves, metric: str) -> str:
    """The lowest and the highest figure of all cells, and whose they are."""
    path = found.axis.path
    cells = [cell for cell in found.cells if metric in cell.values]
    known = [cell for cell in cells if not math.isnan(cell.values[metric].value)]
    ordered = sorted(known, key=lambda cell: cell.values[metric].value)
    ends = [(cell.values[metric], cell.settings[path]) for cell in (ordered[0], ordered[-1])]
    low, high = (_written(value) for value, _ in ends)
    if low == high:
        return f"{metric} is {low} whatever {path}"
    return f"by {path}, {metric} goes from {low} ({ends[0][1]}) to {high} ({ends[1][1]})"


def _change(line: Curve, metric: str) -> tuple[float, str] | None:
    """How far a line goes from one end to the other, and the same in words."""
    begin, end = values_of(line, metric)[0], values_of(line, metric)[-1]
    if begin is None or end is None or not math.isfinite(begin.value + end.value):
        return None
    which = f" ({line.label})" if line.label else ""
    first, last = map(_written, (begin, end))
    words = f"stays at {first}" if first == last else f"goes from {first} to {last}"
    return abs(end.value - begin.value), words + which


def _written(value: MetricValue) -> str:
    """Sizes as people write them."""
    if value.unit == "B":
        return format_size(value.value)
    return written(value.value, value.unit).strip()


def sentence(found: Curves, metrics: Sequence[str]) -> str:
    """How many cells there are, and what a point of each is."""
    missing = len(found.lines) * len(found.axis.texts) - len(found.cells)
    parts = [f"{len(found.cells)} cells, {_each(found, metrics)}"]
    if len(found.lines) > 1 and any(has_intervals(found, metric) for metric in metrics):
        parts.append("lines stand a little apart, so that intervals show")
    if missing:
        parts.append(f"{missing} further cell{'s have' if missing > 1 else ' has'} no run")
    paths = {found.axis.path, *found.others}
    if paths & {*KIND} and any(metric.startswith(ERROR) for metric in metrics):
        parts.append(f"{ERROR} is measured in another way for each kind")
    return "; ".join(parts)


def _each(found: Curves, metrics: Sequence[str]) -> str:
    counts = {
        value.n for cell in found.cells for name in metrics if (value := cell.values.get(name))
    }
    if max(counts) <= 1:
        return "one replication each, so there are no intervals"
    ends = dict.fromkeys((min(counts), max(counts)))
    ofs = " to ".join(map(str, ends))
    return f"mean of {ofs} replications each with its 95 % interval"
