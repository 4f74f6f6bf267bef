"""Changes from the command line: ``--set faults[0].until=30s``.

The value is YAML. A path may add a key that the file does not have (the schema then says whether
it exists), but it cannot go through a plain value or past the end of a list. The names of metrics
hold dots; below ``thresholds`` only a last ``.min`` or ``.max`` is a step of its own, below
``gate`` a last ``.worse_by``. Below ``sweep`` the rest is one key, a path itself.
"""

import re
from typing import Any, Final

from sim.errors import Mistake
from sim.scenario.complaints import kinds_at
from sim.scenario.document import Document, Path, Place, parse_value, path_text

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d{1,6})\]")


def override(document: Document, text: str) -> None:
    """Carry out ``path=value`` in the document; what is wrong with it joins its mistakes."""
    place = Place(f"--set {text}", 0, 0)
    path_of, equals, value_text = text.partition("=")
    try:
        if not equals:
            raise ValueError("must be path=value")
        path = parse_path(path_of.strip())
        assign(document, path, parse_value(value_text), place)
    except ValueError as error:
        document.mistakes.append(Mistake(place.file, 0, 0, "", str(error)))


def parse_path(text: str) -> Path:
    """The steps of a path. Raises ValueError.

    >>> parse_path("faults[0].until"), parse_path("thresholds.coverage.min.min")
    (('faults', 0, 'until'), ('thresholds', 'coverage.min', 'min'))
    """
    block, _, metric = text.partition(".")
    if block == "thresholds" and metric:
        return (block, *_metric_steps(metric))
    if block == "gate" and metric:
        return (block, *_tolerance_steps(metric))
    if block == "sweep" and metric:
        return (block, metric)
    steps: list[str | int] = []
    end = 0
    while end < len(text):
        match = _STEP.match(text, end)
        if match is None:
            raise ValueError(f"{text!r} is not a path such as faults[0].until")
        key, index = match.groups()
        steps.append(key if index is None else int(index))
        end = match.end()
    if not steps:
        raise ValueError("names no path, such as topology.loss")
    return tuple(steps)


def _tolerance_steps(text: str) -> Path:
    metric = text.removesuffix(".worse_by")
    return (metric,) if metric == text else (metric, "worse_by")


def _metric_steps(text: str) -> Path:
    metric, _, bound = text.rpartition(".")
    # "coverage.min" is a metric, "coverage.min.min" a bound of it.
    if bound in ("min", "max") and metric.count("."):
        return (metric, bound)
    return (text,)


def assign(document: Document, path: Path, value: Any, place: Place) -> None:
    """Put a value at a path of the document, as written at `place`. Raises ValueError."""
    target, depth = document.data, 0
    while depth < len(path) - 1 and _is_there(target, path[depth], path[:depth]):
        target = target[path[depth]]
        depth += 1
    _check_step(target, path[depth], path[:depth])
    target[path[depth]] = _wrapped(value, path, depth + 1)
    for known in [p for p in document.places if p[: len(path)] == path]:
        del document.places[known]
    document.places[path] = place


def _is_there(target: Any, step: str | int, path: Path) -> bool:
    _check_step(target, step, path)
    return isinstance(target, list) or target.get(step) is not None


def _wrapped(value: Any, path: Path, depth: int) -> Any:
    """The value inside maps with the steps from `depth` on, which are not there yet."""
    for end in range(len(path) - 1, depth - 1, -1):
        if isinstance(path[end], int):
            raise ValueError(f"{path_text(path[:end])} is not a list")
        value = {path[end]: value}
    return value


def _check_step(target: Any, step: str | int, path: Path) -> None:
    where = path_text(path) or "the file"
    if isinstance(step, int):
        if not isinstance(target, list):
            raise ValueError(f"{where} is not a list")
        if step >= len(target):
            raise ValueError(f"{where} has {len(target)} entries, counted from 0")
    elif not isinstance(target, dict):
        problem = f"{where} is not a map of keys to values"
        if target in kinds_at([one for one in path if isinstance(one, str)]):
            problem += f": write {{kind: {target}, {step}: ...}}"
        raise ValueError(problem)
