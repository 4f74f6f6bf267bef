"""The columns of the tables about the control plane: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "decisions": {
        "version": np.int64,
        "replica": np.int64,
        "proposed_ns": np.int64,
        "decided_ns": np.int64,
        "view": np.int64,
        "digest": np.str_,
        "certified": np.bool_,
        "error_mean": np.float64,
        "apart": np.float64,
    },
    "snapshots": {
        "version": np.int64,
        "replica": np.int64,
        "proposed_ns": np.int64,
        "count": np.int64,
        "error_mean": np.float64,
        "finished": np.str_,
    },
    "alerts": {
        "at_ns": np.int64,
        "node": np.str_,
        "replica": np.int64,
        "alert": np.str_,
        "raised_ns": np.int64,
        "state": np.str_,
        "side": np.int64,
    },
    "reads": {
        "at_ns": np.int64,
        "consumer": np.str_,
        "node": np.str_,
        "what": np.str_,
        "prefer": np.str_,
        "answered": np.bool_,
        "reason": np.str_,
        "age_ns": np.int64,
        "coverage": np.float64,
        "within_bound": np.bool_,
        "half_width": np.float64,
        "error": np.float64,
        "covered": np.bool_,
        "latency_ns": np.int64,
    },
    "members": {
        "at_ns": np.int64,
        "by": np.str_,
        "member": np.str_,
        "event": np.str_,
        "epoch": np.int64,
        "sources": np.int64,
    },
    "syncs": {
        "at_ns": np.int64,
        "replica": np.int64,
        "peer": np.int64,
        "method": np.str_,
        "bytes": np.int64,
        "round_trips": np.int64,
        "items_in": np.int64,
        "items_out": np.int64,
    },
    "stores": {
        "at_ns": np.int64,
        "replica": np.int64,
        "digest": np.str_,
        "items": np.int64,
    },
    "control_traffic": {
        "part": np.str_,
        "kind": np.str_,
        "outcome": np.str_,
        "messages": np.int64,
        "bytes": np.int64,
    },
    "member_lies": {
        "adversary": np.str_,
        "kind": np.str_,
        "replica": np.int64,
        "deeds": np.int64,
    },
}
