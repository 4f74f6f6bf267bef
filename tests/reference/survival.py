"""The obvious survival curve: one factor for each instant at which something ended."""


def product_limit(sample, duration):
    """Share that lasts longer than `duration` (Kaplan & Meier 1958)."""
    everything = [*sample.observed, *sample.at_least]
    share = 1.0
    for end in sorted({end for end in sample.observed if end <= duration}):
        at_risk = sum(lasted >= end for lasted in everything)
        share *= 1 - sample.observed.count(end) / at_risk
    return share
