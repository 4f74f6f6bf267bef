"""The detectors on plain arrays: what is normal, and how far behaviour is from it.

The very code that runs inside the simulator, fed with arrays instead of messages. Values are in
any unit that suits `floor` (0.01 by default: about a hundredth of a feature's usual size).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.detection.contract import Baseline, Detector, Floats, Ints
from sim.detection.detectors import make_detector
from sim.detection.groups import Groups
from sim.detection.history import Spread
from sim.stats.multiplicity import conformal_p_values


@dataclass(frozen=True, slots=True, eq=False)
class AnomalyScore:
    """How anomalous behaviour was after each vector; larger is more, NaN is "cannot tell yet"."""

    score: Floats
    """(T,) for one agent, (T, n) for n."""
    contributions: Floats
    """What each feature adds to the newest score; (F,) or (n, F). Its meaning is the detector's."""
    p_value: Floats | None
    """Shaped like `score`; None without a calibration."""
    log_e: Floats | None
    """Shaped like `score`: logarithm of an e-value; None unless the detector gives evidence."""

    @property
    def e_value(self) -> Floats | None:
        """The e-value; infinite where it does not fit a float."""
        with np.errstate(over="ignore"):
            return None if self.log_e is None else np.exp(self.log_e)


def analyze_behavior(
    agent_data: ArrayLike,
    baseline: Baseline | None = None,
    detector: str = "z",
    *,
    groups: ArrayLike | None = None,
    calibration: ArrayLike | None = None,
    period_ns: int = 1,
    **options: Any,
) -> AnomalyScore:
    """Score behaviour vector by vector, in the order of time.

    `agent_data` is (T, F), T vectors of one agent, or (T, n, F) for n agents. `baseline` has one
    row for all agents, one for each, or one for each group; None takes the data themselves, agent
    by agent, which hides what is anomalous most of the time. `groups` (n,) numbers the groups from
    0; None puts all agents into one. `calibration` holds scores known to be normal, and gives
    conformal p-values. The other `options` are those of the detector (docs/detection.md);
    spans such as `half_life_ns` are held against `period_ns`, so by default they count vectors.

    Raises ValueError for data of another shape, empty, or with NaN, and for unknown options.
    """
    data = checked(agent_data, "agent_data")
    values = data[:, None] if data.ndim == 2 else data
    _, agents, features = values.shape
    members = _groups(groups, agents)
    sizes = {"agents": agents, "features": features, "period_ns": period_ns}
    watcher = make_detector(detector, options, groups=members, **sizes)
    held = update_baseline(values) if baseline is None else baseline
    which = _which(held, members, features)
    scores = _scores(watcher, values, held, which).reshape(data.shape[:-1])
    parts = watcher.contributions(held, which)
    return AnomalyScore(
        scores,
        parts if data.ndim == 3 else parts[0],
        None if calibration is None else conformal_p_values(scores, calibration),
        scores if watcher.evidence == "log_e" else None,
    )


def update_baseline(patterns: ArrayLike, previous: Baseline | None = None) -> Baseline:
    """The baseline of `patterns`, and of all behind `previous` as if it had been seen together.

    `patterns` is (T, F), which gives one row, or (T, n, F), which gives n. Covariances are there
    unless `previous` has none. Raises ValueError for data of another shape, empty, or with NaN.
    """
    values = checked(patterns, "patterns")
    values = values[:, None] if values.ndim == 2 else values
    spread = _spread(values, previous is None or previous.covariance is not None)
    if previous is None:
        return spread.baseline()
    if previous.mean.shape != spread.mean.shape:
        shapes = f"{previous.mean.shape} and {spread.mean.shape}"
        raise ValueError(f"the previous baseline has another shape (rows, features): {shapes}")
    return _together(Spread.of(previous), spread).baseline()


def checked(data: ArrayLike, name: str) -> Floats:
    """The data as floats. Raises ValueError unless (T, F) or (T, n, F), finite and not empty."""
    values = np.asarray(data, np.float64)
    if values.ndim not in (2, 3):
        raise ValueError(f"{name} must have shape (T, F) or (T, n, F), not {values.shape}")
    if not values.size:
        raise ValueError(f"{name} is empty: its shape is {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} has values that are no number, or infinite")
    return values


def _scores(detector: Detector, values: Floats, baseline: Baseline, which: Ints | None) -> Floats:
    """(T, n)."""
    everybody = np.arange(values.shape[1])
    found = np.empty(values.shape[:2])
    for time, value in enumerate(values):
        detector.update(everybody, value, baseline, which)
        found[time] = detector.scores(baseline, which)
    return found


def _groups(groups: ArrayLike | None, agents: int) -> Ints:
    if groups is None:
        return np.zeros(agents, np.int64)
    members = np.asarray(groups, np.int64)
    if members.shape != (agents,):
        raise ValueError(f"groups must have shape ({agents},), not {members.shape}")
    return members


def _which(baseline: Baseline, groups: Ints, features: int) -> Ints | None:
    """The row of the baseline for each agent; None if there is only one."""
    rows, columns = baseline.mean.shape
    if columns != features:
        raise ValueError(f"the baseline has {columns} features, the data {features}")
    if rows == 1:
        return None
    if rows == len(groups):
        return np.arange(rows)
    if rows == groups.max() + 1:
        return groups
    raise ValueError(f"a baseline of {rows} rows fits neither the agents nor their groups")


def _spread(values: Floats, covariance: bool) -> Spread:
    """Of (T, n, F), a row for each of n."""
    count = np.full(values.shape[1], len(values), np.int64)
    mean = values.mean(axis=0)
    away = values - mean
    if not covariance:
        return Spread(count, mean, (away * away).sum(axis=0))
    return Spread(count, mean, np.matmul(away.transpose(1, 2, 0), away.transpose(1, 0, 2)))


def _together(first: Spread, second: Spread) -> Spread:
    """Row by row."""
    columns = zip(_columns(first), _columns(second), strict=True)
    rows = np.tile(np.arange(len(first.count)), 2)
    return Spread(*(np.concatenate(pair) for pair in columns)).merged(Groups(rows))


def _columns(spread: Spread) -> tuple[Ints, Floats, Floats]:
    return spread.count, spread.mean, spread.scatter
