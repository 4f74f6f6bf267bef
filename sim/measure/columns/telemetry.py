"""The columns of the tables that every run has: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "samples": {
        "time_ns": np.int64,
        "oldest_age_ns": np.int64,
        "mean_age_ns": np.float64,
        "coverage": np.float64,
        "heard": np.int64,
        "registered": np.int64,
        "count": np.int64,
        "error_mean": np.float64,
        "error_sd": np.float64,
        "locals_oldest_ns": np.float64,
        "locals_mean_ns": np.float64,
    },
    "regions": {
        "time_ns": np.int64,
        "region": np.int64,
        "oldest_age_ns": np.int64,
        "mean_age_ns": np.float64,
        "inside_age_ns": np.int64,
        "coverage": np.float64,
        "reachable": np.bool_,
        "agents": np.int64,
    },
    "heard": {
        "known_ns": np.int64,
        "region": np.int64,
        "sent_ns": np.int64,
        "oldest_born_ns": np.int64,
        "mean_born_ns": np.float64,
        "agents": np.int64,
    },
    "baselines": {
        "published_ns": np.int64,
        "version": np.int64,
        "count": np.int64,
        "sources": np.int64,
        "error_mean": np.float64,
        "error_sd": np.float64,
        "oldest_age_ns": np.int64,
        "mean_age_ns": np.float64,
        "coverage": np.float64,
        "half_width_max": np.float64,
    },
    "faults": {
        "fault": np.str_,
        "kind": np.str_,
        "at_ns": np.int64,
        "until_ns": np.int64,
        "touched": np.int64,
        "regions": np.str_,
        "cuts": np.bool_,
    },
    "traffic": {
        "tier": np.str_,
        "kind": np.str_,
        "outcome": np.str_,
        "messages": np.int64,
        "bytes": np.int64,
    },
}
