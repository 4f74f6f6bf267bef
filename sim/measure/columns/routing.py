"""The columns of the tables about updates of single agents: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "updates": {
        "time_ns": np.int64,
        "rank": np.str_,
        "sent": np.int64,
        "arrived": np.int64,
        "dropped": np.int64,
        "wait_ns": np.float64,
        "age_ns": np.float64,
    },
    "router_lines": {
        "time_ns": np.int64,
        "tier": np.int64,
        "rank": np.str_,
        "passed": np.int64,
        "wait_ns": np.float64,
        "line_ns": np.int64,
    },
    "beliefs": {
        "time_ns": np.int64,
        "present": np.int64,
        "heard": np.int64,
        "held": np.int64,
        "error_heard": np.float64,
        "error_held": np.float64,
        "bound": np.float64,
        "critical": np.int64,
        "age_critical_ns": np.float64,
        "age_routine_ns": np.float64,
        "queued": np.int64,
        "fullest": np.int64,
    },
    "criticals": {
        "agent": np.int64,
        "begin_ns": np.int64,
        "end_ns": np.int64,
        "sent_ns": np.int64,
        "arrived_ns": np.int64,
    },
    "deaths": {
        "agent": np.int64,
        "died_ns": np.int64,
        "believed_ns": np.int64,
    },
}
