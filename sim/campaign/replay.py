"""Running a stored run again, from its manifest alone, and demanding the same fingerprints."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.campaign.executors import processes, replicate
from sim.campaign.provenance import version
from sim.campaign.replications import Progress, one_replication
from sim.campaign.results import Results
from sim.errors import ResultsError, ScenarioError
from sim.scenario.loader import parse_scenario
from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Difference:
    """A replication that did not come out as stored, and in which ingredients."""

    replication: int
    expected: str
    found: str
    ingredients: tuple[str, ...]


def stored_plan(results: Results) -> Plan:
    """The plan of a stored run. Raises ResultsError if this version cannot read it."""
    resolved: dict[str, Any] = dict(results.manifest["resolved"])
    directory = Path(resolved.pop("x-directory"))
    try:
        # JSON is YAML 1.2; the file name only serves as the place where relative paths begin.
        return parse_scenario(json.dumps(resolved), str(directory / "manifest.json"))
    except ScenarioError as error:
        written_by = results.manifest.get("version", "unknown")
        raise ResultsError(
            f"{results.path}: its scenario, written by version {written_by}, is not one of this "
            f"version ({version()}):\n{error}"
        ) from error


def replay(
    results: Results, workers: int = 1, progress: Progress | None = None
) -> list[Difference]:
    """Run every stored replication again; give those that come out differently."""
    plan = stored_plan(results)
    stored = results.manifest["fingerprints"]
    differences = []
    with processes(min(workers, len(stored))) as executor:
        fresh = replicate(_Again(plan), len(stored), executor)
        for number, (expected, found) in enumerate(zip(stored, fresh, strict=True)):
            if progress is not None:
                progress(number, plan.duration_ns)
            if expected["fingerprint"] != found["fingerprint"]:
                differences.append(_difference(number, expected, found))
    return differences


@dataclass(frozen=True, slots=True)
class _Again:
    """Picklable work: the fingerprint of one replication."""

    plan: Plan

    def __call__(self, replication: int) -> dict[str, Any]:
        recording = one_replication(self.plan, replication)
        return {
            "fingerprint": recording.fingerprint,
            "parts": dict(recording.fingerprint_parts),
        }


def _difference(number: int, expected: dict[str, Any], found: dict[str, Any]) -> Difference:
    parts = expected["parts"].keys() | found["parts"].keys()
    differing = sorted(
        part for part in parts if expected["parts"].get(part) != found["parts"].get(part)
    )
    return Difference(number, expected["fingerprint"], found["fingerprint"], tuple(differing))
