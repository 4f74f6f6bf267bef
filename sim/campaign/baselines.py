"""Committed baselines: ``results/baselines/<scenario>.json``, what a scenario's figures used to be.

A file is for reviewers too: keys are sorted, and a metric is one line with a figure for each
replication. It says what was run (the whole scenario but for what cannot move a figure), under
which seed and by which version; whatever is held against it must agree in that. ``null`` is an
undefined figure, ``"> 25"`` one that never came within 25, ``"inf"`` one of which no more is known.
"""

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sim.campaign.provenance import version
from sim.campaign.store import canonical_json, plain
from sim.errors import ResultsError
from sim.measure.gate import Change, Sample, common, judge_gate
from sim.scenario.catalogue import METRICS
from sim.scenario.plan import Plan
from sim.scenario.writer import resolved_document

BASELINES: Final = Path("results/baselines")
FORMAT: Final = 1
DIGITS: Final = 12
"""Significant digits of a figure; the gate takes figures that agree in nine for equal."""
_INFINITE: Final = ("inf", "-inf")
_NO_EFFECT: Final = frozenset(
    {"about", "gate", "journal", "name", "replications", "seed", "sweep", "thresholds"}
)
"""Parts of a scenario that move no figure, or that a baseline states for itself."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The figures of a scenario at some time, and what was run to get them."""

    name: str
    version: str
    seed: int
    scenario: Mapping[str, Any]
    """The resolved scenario, without what moves no figure."""
    samples: Mapping[str, Sample]

    @property
    def digest(self) -> str:
        """Of what was run: 16 hex digits, the same for any seed, version and replications."""
        return hashlib.sha256(canonical_json(self.scenario)).hexdigest()[:16]

    @property
    def replications(self) -> int:
        """How many replications there are of every metric."""
        return common(self.samples)


def baseline_of(plan: Plan, samples: Mapping[str, Sample]) -> Baseline:
    """The baseline that these figures of a plan make, here and now."""
    kept = {key: value for key, value in resolved_document(plan).items() if key not in _NO_EFFECT}
    return Baseline(plan.name, version(), plan.seed, plain(kept), dict(samples))


def baseline_path(name: str, root: Path = BASELINES) -> Path:
    """Where the baseline of a scenario is kept."""
    return root / f"{name}.json"


def judge_against(
    baseline: Baseline,
    samples: Mapping[str, Sample],
    plan: Plan,
    *,
    across_versions: bool = False,
) -> list[Change]:
    """A verdict for each tolerance of ``plan.gate``: figures of `plan` against its baseline.

    Replications are compared in pairs where both ran the same seed, else as two groups. Raises
    ResultsError, saying what to do, where the two cannot be compared.
    """
    check_comparable(baseline, plan, across_versions=across_versions)
    _check_gated(baseline, samples, plan)
    if not common(baseline.samples) or not common(samples):
        raise ResultsError(f"the baseline of {plan.name} and the run have no replication in common")
    changes = judge_gate(baseline.samples, samples, plan.gate, paired=plan.seed == baseline.seed)
    return [_with_way_out(change, baseline) for change in changes]


def _check_gated(baseline: Baseline, samples: Mapping[str, Sample], plan: Plan) -> None:
    """Raise ResultsError unless both sides have every gated metric, in one unit."""
    gated = [tolerance.metric for tolerance in plan.gate]
    missing = [name for name in gated if name not in baseline.samples]
    if missing:
        raise ResultsError(
            f"the baseline of {plan.name} has no {', '.join(missing)}; {_update(plan.name)}"
        )
    unmeasured = [name for name in gated if name not in samples]
    if unmeasured:
        raise ResultsError(f"the gate names what was not measured: {', '.join(unmeasured)}")
    units = {metric.name: metric.unit for metric in METRICS}
    for name in gated:
        there = baseline.samples[name].unit
        if there != units[name]:
            raise ResultsError(
                f"the baseline of {plan.name} has {name} in {there!r}, here it is in "
                f"{units[name]!r}; {_update(plan.name)}"
            )


def _with_way_out(change: Change, baseline: Baseline) -> Change:
    """More replications alone do not help where the baseline has none to hold them against."""
    if change.needed is None or change.needed <= baseline.replications:
        return change
    has = f"the baseline has {baseline.replications}: update it with as many"
    return replace(change, reason=f"{change.reason} ({has})")


def check_comparable(baseline: Baseline, plan: Plan, *, across_versions: bool = False) -> None:
    """Raise ResultsError if the baseline is of another scenario or another version."""
    here = baseline_of(plan, {})
    if baseline.name != plan.name:
        raise ResultsError(f"this is the baseline of {baseline.name}, not of {plan.name}")
    changed = list(_changed("", baseline.scenario, here.scenario))
    if changed:
        raise ResultsError(
            f"the baseline of {plan.name} is of another scenario, which differs in "
            f"{_shortened(changed)}; {_update(plan.name)}"
        )
    if baseline.version != here.version and not across_versions:
        raise ResultsError(
            f"the baseline of {plan.name} was made by version {baseline.version}, this is "
            f"{here.version}; {_update(plan.name)}, or compare with --across-versions"
        )


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises ResultsError for one that is missing, damaged or too new."""
    try:
        return _parsed(_document(path))
    except FileNotFoundError:
        problem = "is missing"
    except _Unreadable as error:
        problem = str(error)
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        problem = f"is damaged: {error!r}"
    raise ResultsError(f"{path} {problem}; {_update(path.stem)}")


class _Unreadable(Exception):
    """No document of this format; why, in words."""


def _document(path: Path) -> dict[str, Any]:
    """The JSON of a file of our format. Raises OSError and _Unreadable."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (RecursionError, ValueError) as error:
        raise _Unreadable(f"cannot be read: {error}") from error
    there = found.get("format") if isinstance(found, dict) else None
    if there != FORMAT:
        raise _Unreadable(f"has format {there}, this version reads {FORMAT}")
    return dict(found)


def write_baseline(baseline: Baseline, root: Path = BASELINES) -> Path:
    """Write it under `root`, whole or not at all, and return its path. Raises ResultsError."""
    path = baseline_path(baseline.name, root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{path.stem}.", dir=root)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(as_text(baseline))
            Path(draft).chmod(0o644)  # mkstemp makes it private; a baseline is to be shared
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as error:
        raise ResultsError(f"{path}: cannot write the baseline: {error.strerror}") from error
    return path


def as_text(baseline: Baseline) -> str:
    """The file of a baseline: JSON with sorted keys, one line for each metric and each block."""
    metrics = {name: _written(sample) for name, sample in baseline.samples.items()}
    lines = [
        f'"digest": {_json(baseline.digest)}',
        f'"format": {FORMAT}',
        f'"metrics": {_block(metrics)}',
        f'"name": {_json(baseline.name)}',
        f'"replications": {baseline.replications}',
        f'"scenario": {_block(baseline.scenario)}',
        f'"seed": {baseline.seed}',
        f'"version": {_json(baseline.version)}',
    ]
    return "{\n  " + ",\n  ".join(lines) + "\n}\n"


def _block(entries: Mapping[str, Any]) -> str:
    lines = [f"    {_json(key)}: {_json(entries[key])}" for key in sorted(entries)]
    return "{\n" + ",\n".join(lines) + "\n  }"


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _written(sample: Sample) -> dict[str, Any]:
    pairs = zip(sample.figures, sample.at_least, strict=True)
    return {"figures": [_figure(*pair) for pair in pairs], "unit": sample.unit}


def _figure(figure: float, at_least: float) -> float | str | None:
    if math.isnan(figure):
        return None
    if math.isinf(figure):
        return f"> {at_least:.{DIGITS}g}" if math.isfinite(at_least) else str(figure)
    return float(f"{figure:.{DIGITS}g}")


def _parsed(found: Mapping[str, Any]) -> Baseline:
    samples = {name: _sample(one["unit"], one["figures"]) for name, one in found["metrics"].items()}
    lengths = sorted({len(sample.figures) for sample in samples.values()})
    if lengths != [found["replications"]]:
        raise ValueError(f"metrics have {lengths} figures, not {found['replications']}")
    baseline = Baseline(
        name=str(found["name"]),
        version=str(found["version"]),
        seed=int(found["seed"]),
        scenario=found["scenario"],
        samples=samples,
    )
    if baseline.digest != found["digest"]:
        raise _Unreadable("is damaged: its scenario does not match its digest")
    return baseline


def _sample(unit: str, written: list[float | str | None]) -> Sample:
    known = tuple(map(_known, written))
    figures = (
        math.copysign(math.inf, value) if isinstance(one, str) else value
        for one, value in zip(written, known, strict=True)
    )
    return Sample(unit, tuple(figures), known)


def _known(written: float | str | None) -> float:
    if written is None:
        return math.nan
    if written in _INFINITE:
        return float(written)
    value = float(written.removeprefix("> ")) if isinstance(written, str) else float(written)
    if isinstance(written, bool) or not math.isfinite(value):
        raise ValueError(f"{written!r} is no figure")
    return value


def _refuse_constant(constant: str) -> float:
    raise ValueError(f"{constant} is no figure")


def _changed(path: str, then: Any, now: Any) -> Iterator[str]:
    """Where two documents differ, as a user writes it: ``topology.loss (1%, here 10%)``."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in sorted({*then, *now}):
            inner = f"{path}.{key}" if path else key
            yield from _changed(inner, then.get(key), now.get(key))
    elif then != now:
        yield path if isinstance(then, dict | list) else f"{path} ({then}, here {now})"


def _shortened(places: list[str], most: int = 4) -> str:
    more = f" and {len(places) - most} more" if len(places) > most else ""
    return ", ".join(places[:most]) + more


def _update(name: str) -> str:
    return f"`sim baseline update` on the scenario makes a new one of {name}"
