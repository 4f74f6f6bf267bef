"""Reading what users bring: paths relative to their scenario, and plain CSV tables.

Every mistake in a file is an `InputError` that names the file and, where it can, row and column as
an editor counts them (from 1). Nothing heavy is imported here.
"""

import csv
import gzip
import math
import os
from collections.abc import Sequence

from sim.errors import InputError


def input_path(path: str, directory: str) -> str:
    """Where `path` of a scenario in `directory` really is; ``$SIM_DATA/...`` is filled in.

    Raises InputError if SIM_DATA is used but not set.
    """
    variable = "$SIM_DATA"
    if path == variable or path.startswith((variable + "/", variable + os.sep)):
        folder = os.environ.get(variable[1:])
        if not folder:
            hint = "export SIM_DATA=FOLDER says where the data are, see docs/real-data.md"
            raise InputError(f"{path}: the environment variable SIM_DATA is not set; {hint}")
        path = folder + path[len(variable) :]
    return os.path.join(directory, path)


def read_rows(file: str) -> list[list[str]]:
    """The rows of a CSV file without its empty lines at the end; InputError if there is none.

    A file whose name ends in ``.gz`` is unpacked.
    """
    opened = gzip.open if file.endswith(".gz") else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", newline="") as lines:
            rows = [[cell.strip() for cell in row] for row in csv.reader(lines)]
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error, EOFError) as error:
        raise InputError(f"{file}: is not a CSV text: {error}") from None
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise InputError(f"{file}: is empty")
    return rows


def parse_cell(file: str, rows: Sequence[Sequence[str]], row: int, column: int) -> float:
    """The finite number in a cell (indices from 0; messages count from 1)."""
    text = rows[row][column]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problem = f"{text!r} is not a number" if text else "is empty"
        raise InputError(f"{file}: row {row + 1}, column {column + 1}: {problem}")
    return value


def is_number(text: str) -> bool:
    """Whether a cell holds a number (``nan`` counts: it is a missing one)."""
    try:
        float(text)
    except ValueError:
        return False
    return True
