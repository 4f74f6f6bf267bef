"""The columns of the tables about what is gathered beside baselines: table -> column -> type."""

from collections.abc import Mapping
from typing import Final

import numpy as np

_GATHERED: Final[Mapping[str, type]] = {
    "published_ns": np.int64,
    "version": np.int64,
    "instants": np.int64,
    "coverage": np.float64,
    "messages": np.int64,
    "bytes": np.int64,
    "operations": np.int64,
}
COLUMNS: Final[Mapping[str, Mapping[str, type]]] = {
    "dependence": {**_GATHERED, "mean": np.float64, "error": np.float64},
    "quantiles": {**_GATHERED, "error_rank": np.float64, "error_value": np.float64},
}
