"""The obvious versions of what scores alarms: loops over points, pairs, decisions and segments."""

import math


def roc_auc(labels, scores, weights):
    """Share of the pairs (anomalous, normal) in the right order, ties half; NaN is lowest."""
    key = [(0, 0.0) if math.isnan(score) else (1, score) for score in scores]
    points = list(zip(labels, key, weights, strict=True))
    anomalous = [point for point in points if point[0]]
    normal = [point for point in points if not point[0]]
    won = sum((a > n) * v * w + (a == n) * v * w / 2 for _, a, v in anomalous for _, n, w in normal)
    pairs = sum(v * w for _, _, v in anomalous for _, _, w in normal)
    return won / pairs if pairs else math.nan


def episodes(times, agents, alarms):
    """(agent, first instant, last instant) of each run of consecutive decisions with an alarm."""
    instants = sorted(set(times))
    raised = {(a, t) for a, t, alarm in zip(agents, times, alarms, strict=True) if alarm}
    found = []
    for agent in sorted(set(agents)):
        run = []
        for instant in [*instants, None]:
            if (agent, instant) in raised:
                run.append(instant)
            elif run:
                found.append((agent, run[0], run[-1]))
                run = []
    return found


def false_episodes(times, agents, alarms, segments, grace):
    """Those that touch no segment of their agent; segments are rows (agent, begin, end)."""
    return [
        (agent, first, last)
        for agent, first, last in episodes(times, agents, alarms)
        if not any(
            owner == agent and begin <= last and first <= end + grace
            for owner, begin, end in segments
        )
    ]


def delays(times, agents, alarms, segments, grace):
    """(delay or None, watched) of each segment in whose time there was a decision."""
    found = []
    for owner, begin, end in segments:
        if not any(begin <= now <= end + grace for now in times):
            continue
        hits = [
            now - begin
            for now, agent, alarm in zip(times, agents, alarms, strict=True)
            if alarm and agent == owner and begin <= now <= end + grace
        ]
        found.append((min(hits, default=None), min(end + grace, max(times)) - begin))
    return found


def false_discovery_rate(times, labels, alarms, weights):
    """Mean over decisions of the weight of false alarms, of all alarms; 0 where none."""
    rates = []
    points = list(zip(times, labels, alarms, weights, strict=True))
    for instant in sorted(set(times)):
        raised = [(label, w) for now, label, alarm, w in points if alarm and now == instant]
        false = sum(w for label, w in raised if not label)
        rates.append(false / sum(w for _, w in raised) if false else 0.0)
    return sum(rates) / len(rates)


def running_false_share(times, labels, alarms, weights):
    """False weight of all alarms up to each instant; 0 where none is false."""
    shares = []
    for until in sorted(set(times)):
        raised = [
            (label, w)
            for now, label, alarm, w in zip(times, labels, alarms, weights, strict=True)
            if alarm and now <= until
        ]
        false = sum(w for label, w in raised if not label)
        shares.append(false / sum(w for _, w in raised) if false else 0.0)
    return shares
