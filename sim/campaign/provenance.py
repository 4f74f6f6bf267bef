"""Where a result comes from: which code, which libraries, which machine's Python.

Everything here is best effort and never fails a run: a checkout without git has no commit.
"""

import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any, Final

DISTRIBUTION: Final = "statistical-network-simulator"
_PACKAGES: Final = ("networkx", "numpy", "pyarrow", "scipy", "simpy", "topohub")
_UNKNOWN: Final = "unknown"


def version() -> str:
    """The version of the simulator; ``unknown`` where it was not installed."""
    return _version_of(DISTRIBUTION)


def provenance() -> dict[str, Any]:
    """Version, git commit and whether the checkout was changed, Python and package versions."""
    return {
        "version": version(),
        "git": _git(),
        "python": platform.python_version(),
        "packages": {name: _version_of(name) for name in _PACKAGES},
    }


def _version_of(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return _UNKNOWN


def _git() -> dict[str, Any] | None:
    """Commit and dirty flag of the checkout that this file is in; None without git.

    A copy that is installed inside somebody else's checkout is no part of it and has no commit.
    """
    if _ask_git("ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None
    commit, changes = _ask_git("rev-parse", "HEAD"), _ask_git("status", "--porcelain")
    if commit is None or changes is None:
        return None
    return {"commit": commit, "dirty": bool(changes)}


def _ask_git(*arguments: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
