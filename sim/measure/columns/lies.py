"""The columns of the tables about liars, and what is done against them: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "integrity": {
        "published_ns": np.int64,
        "version": np.int64,
        "bias": np.float64,
        "bias_plain": np.float64,
        "bias_robust": np.float64,
        "items": np.int64,
        "reach": np.float64,
        "alert": np.bool_,
        "status": np.int8,
        "lying": np.int64,
    },
    "adversaries": {
        "adversary": np.str_,
        "kind": np.str_,
        "tier": np.int64,
        "nodes": np.int64,
        "at_ns": np.int64,
        "until_ns": np.int64,
        "acts": np.int64,
        "refused": np.int64,
        "expects": np.str_,
    },
    "attestation": {
        "round": np.int64,
        "committed_ns": np.int64,
        "attested_ns": np.int64,
        "missing": np.int64,
        "audited": np.int64,
        "disputed": np.bool_,
    },
    "convictions": {
        "tier": np.int64,
        "node": np.int64,
        "lied_ns": np.int64,
        "convicted_ns": np.int64,
        "replaced_ns": np.int64,
        "reason": np.str_,
    },
    "evidence": {
        "time_ns": np.int64,
        "tier": np.int64,
        "node": np.int64,
        "all": np.float64,
        "honest": np.float64,
        "lower": np.float64,
        "upper": np.float64,
        "verdict": np.int8,
    },
}
