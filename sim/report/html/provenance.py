"""Where a run comes from, and the command that runs it again and demands the same."""

from collections.abc import Iterator

from sim.report.html.clock import clock_of
from sim.report.html.facts import Run
from sim.units import format_count, format_duration


def provenance_rows(run: Run) -> list[tuple[str, str]]:
    """What is known of the origin of a run: a name and a text each."""
    manifest = run.manifest
    return [
        ("run", str(manifest.get("run", "unknown"))),
        ("scenario file", str(manifest.get("path", "unknown"))),
        ("version", str(manifest.get("version", "unknown"))),
        ("commit", _commit(manifest.get("git"))),
        ("Python", str(manifest.get("python", "unknown"))),
        ("packages", _packages(manifest.get("packages", {}))),
        ("seed", str(manifest.get("seed", "unknown"))),
        ("started", str(manifest.get("started", "unknown"))),
        ("simulation took", f"{manifest.get('wall_s', 0):.1f} s"),
        *_fingerprints(manifest.get("fingerprints", [])),
    ]


def _commit(git: object) -> str:
    if not isinstance(git, dict):
        return "unknown (not run from a checkout)"
    return str(git["commit"]) + (", with changes that were not committed" if git["dirty"] else "")


def _packages(packages: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in packages.items())


def _fingerprints(stored: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(stored, start=1):
        label = f"fingerprint of replication {number}" if len(stored) > 1 else "fingerprint"
        yield label, str(one["fingerprint"])


def facts_line(run: Run) -> str:
    """What was run, in one line."""
    plan = run.plan
    parts = [
        _agents(run),
        _duration(plan.duration_ns),
        format_count(plan.replications, "replication"),
        f"seed {run.manifest.get('seed')}",
    ]
    return " · ".join(parts)


def _duration(duration_ns: int) -> str:
    clock = clock_of(duration_ns)
    return format_duration(duration_ns) if clock.size_s == 1 else clock.at(duration_ns)


def _agents(run: Run) -> str:
    """How many agents; of a tree that changes how many are there, at least and at most."""
    count, there = run.plan.agents.count, run.tables.census["present"]
    if run.plan.evolution is None or not len(there):
        return format_count(count, "agent")
    return f"{there.min():,} to {there.max():,} agents at a time, of {count:,} places"
