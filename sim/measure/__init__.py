"""Tables to numbers: staleness, recovery, metrics with intervals, verdicts."""
