"""How good alarms and scores are against labels: pure functions on columns of equal length.

Point-wise figures count every (agent, decision) once, or as often as its weight says, without any
adjustment; figures of segments ask whether an anomaly was found at all, and when. A label that is
not 0 is an anomaly. A score of NaN means that nothing is known of the agent: it ranks below every
number, -inf included. A ratio without a denominator is NaN, never a number in disguise. Columns of
different length and weights that are negative or NaN raise ValueError.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Weights of the points by truth and alarm."""

    true_alarms: float
    false_alarms: float
    missed: float
    quiet: float
    """Normal, and no alarm."""

    @property
    def precision(self) -> float:
        """True alarms of all alarms; NaN when there is no alarm."""
        return _ratio(self.true_alarms, self.true_alarms + self.false_alarms)

    @property
    def recall(self) -> float:
        """True alarms of all anomalous points; NaN when there is no anomalous point."""
        return _ratio(self.true_alarms, self.true_alarms + self.missed)

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN): 0 when no alarm is true, NaN without anomaly and alarm."""
        wrong = self.false_alarms + self.missed
        return _ratio(2 * self.true_alarms, 2 * self.true_alarms + wrong)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Weight of all points down to each distinct score, from the highest score down."""

    anomalous: Floats
    normal: Floats

    @property
    def roc_auc(self) -> float:
        """Chance that an anomalous point ranks above a normal one, ties half (Mann & Whitney 1947).

        NaN when either class is empty.
        """
        higher = self.anomalous - np.diff(self.anomalous, prepend=0.0) / 2
        pairs = float(np.sum(higher * np.diff(self.normal, prepend=0.0)))
        return _ratio(pairs, _last(self.anomalous) * _last(self.normal))

    @property
    def pr_auc(self) -> float:
        """Average precision: mean over anomalous points of the precision at their score.

        As scikit-learn defines it, without interpolation. NaN without an anomalous point, 1 without
        a normal one.
        """
        found = np.diff(self.anomalous, prepend=0.0)
        total = self.anomalous + self.normal
        precision = np.divide(self.anomalous, total, out=np.zeros_like(total), where=total > 0)
        return _ratio(float(np.sum(found * precision)), _last(self.anomalous))


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Anomalies as spans of an agent, a row each; an agent may have several."""

    agent: Ints
    begin_ns: Ints
    end_ns: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What became of the segments in whose time there was a decision; arrays (judged,)."""

    delay_ns: Floats
    """From the begin to the first alarm in time; NaN where it was missed."""
    watched_ns: Ints
    """From the begin to the last instant at which an alarm would have been in time."""
    weight: Floats
    """How many segments each stands for: the weight of its agent."""

    @property
    def recall(self) -> float:
        """Share of the segments that had an alarm in time, by weight; NaN when there is none."""
        total = float(self.weight.sum())
        return _ratio(total - self.missed, total)

    @property
    def missed(self) -> float:
        """Weight of the segments without an alarm in time."""
        return float(self.weight[np.isnan(self.delay_ns)].sum())


def confusion(labels: ArrayLike, alarms: ArrayLike, weights: ArrayLike | None = None) -> Confusion:
    """Weights of true alarms, false alarms, missed and quiet points; arrays (points,)."""
    label, alarm = np.asarray(labels) != 0, np.asarray(alarms, np.bool_)
    weight = checked_weights(weights, label, alarm)
    counts = np.bincount(2 * label + alarm, weight, minlength=4)
    return Confusion(
        true_alarms=float(counts[3]),
        false_alarms=float(counts[1]),
        missed=float(counts[2]),
        quiet=float(counts[0]),
    )


def rank(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Ranking:
    """Sort the points by score, once for all areas; arrays (points,)."""
    label, score = np.asarray(labels) != 0, np.asarray(scores, np.float64)
    weight = checked_weights(weights, label, score)
    order = np.argsort(-score)  # numpy sorts NaN last
    falling, label, weight = score[order], label[order], weight[order]
    differs = (falling[1:] != falling[:-1]) & ~(np.isnan(falling[1:]) & np.isnan(falling[:-1]))
    last_of_score = np.append(np.flatnonzero(differs), len(falling) - 1)[: len(falling)]
    return Ranking(
        anomalous=np.cumsum(weight * label)[last_of_score],
        normal=np.cumsum(weight * ~label)[last_of_score],
    )


def roc_auc(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Area under the ROC curve; NaN when a class is empty."""
    return rank(labels, scores, weights).roc_auc


def pr_auc(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Average precision; NaN without an anomalous point."""
    return rank(labels, scores, weights).pr_auc


def outcomes(
    time_ns: Ints,
    agent: Ints,
    alarms: ArrayLike,
    segments: Segments,
    grace_ns: int,
    weights: ArrayLike | None = None,
) -> Outcomes:
    """Delay of each segment: to its agent's first alarm within [begin, end + grace].

    A segment in whose time no decision fell (before calibration was over, say) is not judged: it is
    neither found nor missed. Watching ends with the last decision of all. A segment weighs as much
    as the points of its agent, or 1 where that has none.
    """
    alarm = np.asarray(alarms, np.bool_)
    weight = checked_weights(weights, time_ns, agent, alarm)
    instants = np.unique(time_ns)
    first, behind = _reach(instants, segments, grace_ns)
    judged = first < behind
    begin_ns, owner = segments.begin_ns[judged], segments.agent[judged]
    raised = agent[alarm], np.searchsorted(instants, time_ns[alarm])
    found = _first_in_time(*raised, owner, first[judged], behind[judged], len(instants))
    alarm_ns = np.append(instants, math.nan)[found]
    horizon_ns = np.minimum(segments.end_ns[judged] + grace_ns, instants[-1:])
    stands_for = _of_agents(agent, weight, owner)
    return Outcomes(alarm_ns - begin_ns, horizon_ns - begin_ns, stands_for)


def _first_in_time(
    agent: Ints, decision: Ints, owner: Ints, first: Ints, behind: Ints, decisions: int
) -> Ints:
    """The decision of the first alarm of each `owner` in [first, behind); `decisions` if none.

    Alarms are of `agent` at `decision`, in any order; arrays (alarms,) and (segments,).
    """
    stride = decisions + 1  # one more than decisions: an agent's key never runs on into the next
    raised = np.append(np.sort(agent * stride + decision), np.iinfo(np.int64).max)
    at = owner * stride
    earliest = raised[np.searchsorted(raised, at + first)]
    return np.where(earliest < at + behind, earliest - at, decisions)


def false_episodes(
    time_ns: Ints,
    agent: Ints,
    alarms: ArrayLike,
    segments: Segments,
    grace_ns: int,
    weights: ArrayLike | None = None,
) -> float:
    """Weight of the alarm episodes that overlap no segment of their agent, grace included.

    An episode is a maximal run of consecutive decisions with an alarm of one agent: what would wake
    somebody up once. 0 without alarms; divide by `agent_hours` for a rate.
    """
    alarm = np.asarray(alarms, np.bool_)
    weight = checked_weights(weights, time_ns, agent, alarm)
    instants = np.unique(time_ns)
    stride = len(instants) + 1  # one more than decisions: an episode never runs on into an agent
    keys = agent[alarm] * stride + np.searchsorted(instants, time_ns[alarm])
    order = np.argsort(keys)
    keys, weight = keys[order], weight[alarm][order]
    begins = np.diff(keys, prepend=-2) != 1
    ends = np.append(begins[1:], True)[: len(keys)]
    first, behind = _reach(instants, segments, grace_ns)
    owner = segments.agent * stride
    # Segments that begin by the end of the episode, less those that are over before its begin.
    begun = np.searchsorted(np.sort(owner + first), keys[ends], side="right")
    over = np.searchsorted(np.sort(owner + behind), keys[begins], side="right")
    return float(weight[begins][begun == over].sum())


def agent_hours(points: float, every_ns: int) -> float:
    """Hours of agents that `points` (agent, decision) pairs stand for, one every `every_ns`."""
    return points * every_ns / 3.6e12


def _reach(instants: Ints, segments: Segments, grace_ns: int) -> tuple[Ints, Ints]:
    """Decisions [first, behind) of each segment, as numbers of the instants."""
    _same_length(segments.agent, segments.begin_ns, segments.end_ns)
    if (segments.end_ns < segments.begin_ns).any() or grace_ns < 0:
        raise ValueError("a segment ends before it begins, or the grace is negative")
    first = np.searchsorted(instants, segments.begin_ns)
    behind = np.searchsorted(instants, segments.end_ns + grace_ns, side="right")
    return first, behind


def _of_agents(agent: Ints, weight: Floats, wanted: Ints) -> Floats:
    """The weight of each agent that is wanted; 1 of one that has no point."""
    known, first = np.unique(agent, return_index=True)
    place = np.searchsorted(known, wanted)
    has_points = np.append(known, -1)[place] == wanted
    return np.where(has_points, np.append(weight[first], 1.0)[place], 1.0)


def checked_weights(weights: ArrayLike | None, *columns: NDArray[Any]) -> Floats:
    """The weights, 1 each by default, checked against the columns that they belong to."""
    weight = np.ones(len(columns[0])) if weights is None else np.asarray(weights, np.float64)
    _same_length(weight, *columns)
    if not (weight >= 0).all():
        raise ValueError("weights must be numbers, and not negative")
    return weight


def _same_length(*columns: NDArray[Any]) -> None:
    shapes = {column.shape for column in columns}
    if len(shapes) != 1 or len(shapes.pop()) != 1:
        raise ValueError("columns must be one-dimensional and of equal length")


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _last(running: Floats) -> float:
    return float(running[-1]) if len(running) else 0.0
