"""The columns of the tables about what nodes hold: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "load": {
        "time_ns": np.int64,
        "span_ns": np.int64,
        "tier": np.int64,
        "nodes": np.int64,
        "messages": np.int64,
        "waited_ns": np.float64,
        "offered": np.float64,
        "offered_max": np.float64,
        "utilisation": np.float64,
        "utilisation_max": np.float64,
        "backlog": np.float64,
        "backlog_max": np.float64,
        "state_max": np.float64,
        "state_total": np.float64,
    },
    "extremes": {
        "tier": np.int64,
        "what": np.str_,
        "node": np.str_,
        "messages": np.int64,
        "offered": np.float64,
        "utilisation": np.float64,
        "wait_ns": np.float64,
    },
}
