"""The run store: ``<root>/<name>/<run id>/``, written whole or not at all.

A run is written to a hidden sibling folder and renamed when it is complete, so a run folder under
its final name is always a finished one: an interrupted or failed write leaves nothing, and a run
that was there before is replaced only by a complete one. ``<root>/<name>/latest`` points at the run
that was written last.

    manifest.json     what was run, by what, with what outcome, and a checksum of every other file
    metrics.json      the numbers: name, value, unit, n, low, high, censored
    <table>.parquet   the rows behind them

The same scenario, seed and version has the same run id and therefore the same folder.
"""

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sim.campaign import parquet
from sim.campaign.provenance import provenance
from sim.errors import ResultsError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
METRICS: Final = "metrics.json"
LATEST: Final = "latest"
FIGURES: Final = (".svg", ".pdf", ".png")


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """Everything about a run that is worth keeping. Mappings must be made of plain JSON values."""

    name: str
    path: str
    """The scenario file, as the user named it."""
    scenario: str
    """Its text, as given."""
    resolved: Mapping[str, Any]
    """The scenario with all defaults filled in."""
    seed: int
    started: str
    """When the run began: ISO 8601, UTC."""
    wall_s: float
    fingerprints: Sequence[Mapping[str, Any]]
    """One for each replication: ``{"fingerprint": ..., "parts": {ingredient: digest}}``."""
    verdict: Any
    replay: str
    """The command that runs it again."""
    metrics: Sequence[Mapping[str, Any]]
    replications: Sequence[Mapping[str, parquet.Table]]
    """The tables of each replication, by name."""
    directory: str = ""
    """Folder of the scenario file: relative paths in it start here. No part of the run id."""


def run_id(resolved: Mapping[str, Any], seed: int, version: str) -> str:
    """Eight hex digits of what was run, and the seed: ``3f2a9c01-s42``."""
    key = canonical_json({"scenario": resolved, "seed": seed, "version": version})
    return f"{hashlib.sha256(key).hexdigest()[:8]}-s{seed}"


def store_run(run: FinishedRun, root: Path) -> Path:
    """Write a run under `root` and return its folder.

    Raises ResultsError when that is not possible (no permission, disk full), leaving everything as
    it was; only when `latest` alone cannot be moved does the new run stay.
    """
    _check_name(run.name)
    origin = provenance()
    identifier = run_id(run.resolved, run.seed, origin["version"])
    with _as_results_error(root / run.name), _folder(root / run.name) as home:
        with _draft(home, identifier) as draft:
            _write_files(run, identifier, origin, draft)
            _keep_figures(run, home / identifier, draft)
            _replace(draft, home / identifier)
        _point_latest_at(home, identifier)
    return home / identifier


def check_place(name: str, root: Path) -> None:
    """Find out whether runs of this name can be stored under `root`, and leave no trace of it.

    To be asked before long work is done in vain. Raises ResultsError as `store_run` would.
    """
    _check_name(name)
    home = root / name
    missing = _missing(home)
    with _as_results_error(home):
        try:
            home.mkdir(parents=True, exist_ok=True)
            with _draft(home, "place"):
                pass
        finally:
            _remove_empty(missing)


def _check_name(name: str) -> None:
    if not name or Path(name).name != name or name.startswith("."):
        raise ResultsError(f"{name!r} cannot be the name of a folder of results")


def canonical_json(value: object) -> bytes:
    """The one way to write a value: sorted keys, no spaces. For hashing."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":")).encode()


def plain(value: Any) -> Any:
    """A value as JSON has it; NaN becomes null and infinities ``"inf"`` and ``"-inf"``."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def sha256_of(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_files(
    run: FinishedRun, identifier: str, origin: Mapping[str, Any], folder: Path
) -> None:
    footer = {
        "scenario": run.name,
        "run": identifier,
        "seed": str(run.seed),
        "version": origin["version"],
    }
    for name, tables in _by_table(run.replications).items():
        parquet.write(parquet.stacked(tables), folder / f"{name}.parquet", footer)
    _write_json(folder / METRICS, list(run.metrics))
    manifest = _manifest(run, identifier, origin)
    manifest["files"] = {path.name: sha256_of(path) for path in sorted(folder.iterdir())}
    manifest["checksum"] = checksum(manifest)
    _write_json(folder / MANIFEST, manifest)


def _by_table(
    replications: Sequence[Mapping[str, parquet.Table]],
) -> dict[str, list[parquet.Table]]:
    names = sorted(replications[0]) if replications else []
    for tables in replications:
        if sorted(tables) != names:
            raise ValueError(f"replications differ in tables: {names} and {sorted(tables)}")
    return {name: [tables[name] for tables in replications] for name in names}


def _manifest(run: FinishedRun, identifier: str, origin: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "run": identifier,
        "name": run.name,
        "path": run.path,
        "directory": run.directory,
        "seed": run.seed,
        "started": run.started,
        "wall_s": run.wall_s,
        "verdict": plain(run.verdict),
        "replay": run.replay,
        "fingerprints": plain(run.fingerprints),
        **origin,
        "scenario": run.scenario,
        "resolved": plain(run.resolved),
    }


def checksum(manifest: Mapping[str, Any]) -> str:
    """The checksum of a manifest itself, without the entry that holds it."""
    content = {key: value for key, value in manifest.items() if key != "checksum"}
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _write_json(path: Path, value: object) -> None:
    text = json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


@contextmanager
def _as_results_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or error
        raise ResultsError(f"{folder}: cannot write the results: {reason}") from error


@contextmanager
def _folder(home: Path) -> Iterator[Path]:
    """The folder of all runs of one name; what had to be made goes again if nothing comes in."""
    made = _missing(home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        yield home
    except BaseException:
        _remove_empty(made)
        raise


def _missing(home: Path) -> list[Path]:
    """The folders that must be made for `home`, innermost first."""
    return [folder for folder in (home, *home.parents) if not folder.exists()]


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def _draft(home: Path, identifier: str) -> Iterator[Path]:
    """A hidden folder beside the final one, gone at the end unless it has been renamed."""
    draft = Path(tempfile.mkdtemp(prefix=f".{identifier}.", dir=home))
    try:
        draft.chmod(0o755)  # mkdtemp makes it private; results are meant to be shared
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _keep_figures(run: FinishedRun, before: Path, draft: Path) -> None:
    """Figures that were drawn of the very same run are figures of this one."""
    try:
        manifest = json.loads((before / MANIFEST).read_text(encoding="utf-8"))
        is_same = manifest["fingerprints"] == plain(list(run.fingerprints))
    except (OSError, ValueError, TypeError, KeyError):
        return  # there was none, or it is damaged: nothing of it is worth keeping
    for figure in sorted(before.iterdir()) if is_same else ():
        if figure.suffix in FIGURES:
            shutil.copy2(figure, draft)


def _replace(draft: Path, final: Path) -> None:
    """Rename the draft; a run that is in its place goes only once the new one is there."""
    if not final.exists():
        draft.rename(final)
        return
    with _draft(final.parent, final.name) as aside:
        final.rename(aside / final.name)
        try:
            draft.rename(final)
        except BaseException:
            (aside / final.name).rename(final)
            raise


def _point_latest_at(home: Path, identifier: str) -> None:
    """A link is made under another name and renamed, so `latest` always points somewhere."""
    link = home / f".{LATEST}.{os.getpid()}"
    try:
        link.symlink_to(identifier, target_is_directory=True)
        link.replace(home / LATEST)
    finally:
        link.unlink(missing_ok=True)
