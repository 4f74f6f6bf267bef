"""Where the shared data sets are; tests that need one are skipped, with a reason, without it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_data(name: str) -> Path:
    """The path of a data set or of a file in it: in $SIM_DATA or beside the repository."""
    folder = Path(os.environ.get("SIM_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / name).exists():
        pytest.skip(f"{name} is not in {folder}; set SIM_DATA to the folder of the data sets")
    return folder / name
