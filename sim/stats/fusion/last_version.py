"""The newest version wins: right for versions of one source, wasteful for different sources."""

from collections.abc import Sequence

from sim.stats.fusion.contract import Estimate


def last_version(estimates: Sequence[Estimate]) -> Estimate:
    """The estimate of the highest version; of equal versions the most certain one.

    >>> last_version([Estimate.of(1.0, 0.1, (0, 7)), Estimate.of(2.0, 0.5, (0, 9))]).mean
    array([2.])
    """
    return max(estimates, key=_rank)


def _rank(estimate: Estimate) -> tuple[tuple[int, int], float, tuple[float, ...]]:
    """Any order among equals will do if it does not depend on who was asked first."""
    certainty = -float(estimate.covariance.trace())
    rest = (*estimate.mean.tolist(), *estimate.covariance.ravel().tolist())
    return estimate.version, certainty, rest
