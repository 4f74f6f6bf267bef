"""Running a stored run again, from its manifest alone, and demanding the same fingerprints.

The scenario file may be gone and the run folder may have moved: the manifest has the scenario with
every default filled in. Only input files that it names (traces, topologies) must still be there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sim.campaign.executors import replicate
from sim.campaign.provenance import provenance
from sim.campaign.replications import Progress, identity, one_replication
from sim.campaign.results import Results
from sim.campaign.workers import processes
from sim.errors import ResultsError, ScenarioError
from sim.scenario.loader import parse_scenario
from sim.scenario.plan import Plan

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """A replication that did not come out as stored, and in which ingredients."""

    replication: int
    expected: str
    found: str
    ingredients: tuple[str, ...]


def stored_plan(results: Results) -> Plan:
    """The plan of a stored run. Raises ResultsError if it cannot be run here (any more)."""
    # JSON is YAML 1.2; the file name only serves as the place where relative paths begin.
    text = json.dumps(results.manifest["resolved"])
    file = Path(results.manifest.get("directory") or results.path) / "manifest.json"
    try:
        return parse_scenario(text, str(file))
    except ScenarioError as error:
        raise ResultsError(_not_here(results, error)) from error


def origin_changes(results: Results) -> list[str]:
    """What is not as it was when the run was stored: ``version 0.1.0, here 0.2.0``."""
    then, now = _origin(results.manifest), _origin(provenance())
    return [
        f"{name} {then.get(name, UNKNOWN)}, here {now.get(name, UNKNOWN)}"
        for name in now | then
        if then.get(name) != now.get(name)
    ]


def replay(
    results: Results, workers: int = 1, progress: Progress | None = None
) -> list[Difference]:
    """Run every stored replication again; give those that come out differently.

    Raises ResultsError if the run cannot be repeated here, WorkerError and InvariantViolated as
    `run_scenario` does.
    """
    plan = stored_plan(results)
    stored = results.manifest["fingerprints"]
    work = _Again(plan, progress if workers <= 1 else None)
    differences = []
    with processes(min(workers, len(stored))) as executor:
        fresh = replicate(work, len(stored), executor)
        for number, (expected, found) in enumerate(zip(stored, fresh, strict=True)):
            if progress is not None:
                progress(number, plan.duration_ns)
            if expected["fingerprint"] != found["fingerprint"]:
                differences.append(_difference(number, expected, found))
    return differences


@dataclass(frozen=True, slots=True)
class _Again:
    """Picklable work: one replication, of which only the identity comes back."""

    plan: Plan
    progress: Progress | None

    def __call__(self, replication: int) -> dict[str, Any]:
        return identity(one_replication(self.plan, replication, self.progress))


def _difference(number: int, expected: dict[str, Any], found: dict[str, Any]) -> Difference:
    parts = expected["parts"].keys() | found["parts"].keys()
    differing = sorted(
        part for part in parts if expected["parts"].get(part) != found["parts"].get(part)
    )
    return Difference(number, expected["fingerprint"], found["fingerprint"], tuple(differing))


def _not_here(results: Results, error: ScenarioError) -> str:
    """Why a stored scenario is refused; lines of the manifest would help nobody."""
    mistakes = [replace(mistake, file="  scenario", line=0) for mistake in error.mistakes]
    then, now = results.manifest.get("version", UNKNOWN), provenance()["version"]
    lines = [f"{results.path}: the scenario of this run cannot be run here:", *map(str, mistakes)]
    if results.manifest.get("directory"):
        lines.append(f"relative paths in it start at {results.manifest['directory']}")
    if then != now:
        lines.append(f"the run was stored by version {then}, this is {now}")
    return "\n".join(lines)


def _origin(record: Mapping[str, Any]) -> dict[str, str]:
    """Version, commit, Python and packages of a manifest (or of this very program) as text."""
    git = record.get("git") or {"commit": UNKNOWN, "dirty": False}
    return {
        "version": str(record.get("version", UNKNOWN)),
        "commit": git["commit"][:12] + (" with changes" if git["dirty"] else ""),
        "Python": str(record.get("python", UNKNOWN)),
        **record.get("packages", {}),
    }
