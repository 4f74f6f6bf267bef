"""The columns of the tables about detection: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "points": {
        "time_ns": np.int64,
        "agent": np.int64,
        "label": np.int64,
        "score": np.float64,
        "alarm": np.bool_,
        "central_score": np.float64,
        "central_alarm": np.bool_,
        "weight": np.float64,
    },
    "segments": {
        "agent": np.int64,
        "anomaly": np.int64,
        "begin_ns": np.int64,
        "end_ns": np.int64,
    },
}
