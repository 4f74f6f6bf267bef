"""The columns of the tables about intervals: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "intervals": {
        "published_ns": np.int64,
        "version": np.int64,
        "tier": np.int64,
        "intervals": np.int64,
        "covered": np.int64,
        "naive": np.int64,
        "unbounded": np.int64,
        "half_width": np.float64,
        "age_ns": np.float64,
        "coverage": np.float64,
        "streams": np.int64,
        "ever_missed": np.int64,
        "scatter": np.float64,
        "broken": np.str_,
    }
}
