"""The columns of the tables about a tree that changes: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "reliefs": {
        "fault": np.str_,
        "relieved_ns": np.int64,
    },
    "operations": {
        "at_ns": np.int64,
        "kind": np.str_,
        "tier": np.int64,
        "source": np.int64,
        "target": np.int64,
        "moved": np.int64,
        "again": np.bool_,
        "messages": np.int64,
        "bytes": np.int64,
    },
    "shapes": {
        "at_ns": np.int64,
        "tier": np.int64,
        "nodes": np.int64,
        "least": np.int64,
        "most": np.int64,
        "out_of_range": np.int64,
    },
    "census": {
        "at_ns": np.int64,
        "pane": np.int64,
        "present": np.int64,
        "agents": np.int64,
        "agents_counted": np.int64,
        "values": np.int64,
        "values_counted": np.int64,
    },
}
