"""What the curves of the detection figure show, agent by agent and decision by decision."""


def counts(rows):
    """Rows of (instant, label, score is known, alarm, weight) to sums of weights by instant.

    Each is (agents, anomalous, known, known and anomalous, true alarms, false alarms).
    """
    found = {}
    for instant, label, is_known, alarm, weight in rows:
        sums = found.setdefault(instant, [0.0] * 6)
        flags = (True, label, is_known, is_known and label, alarm and label, alarm and not label)
        for place, flag in enumerate(flags):
            sums[place] += weight if flag else 0
    return [tuple(found[instant]) for instant in sorted(found)]


def mean_of_last(values, width):
    """At each place the mean of the last `width` values."""
    windows = [values[max(0, end - width) : end] for end in range(1, len(values) + 1)]
    return [sum(window) / len(window) for window in windows]
