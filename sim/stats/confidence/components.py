"""Components of variance: the spread between sources told from the spread of one source's values.

Value j of source i is mean + level_i + noise_ij, with variances sigma_b^2 and sigma_w^2. What is
seen has, for sources with n_i values each and h the mean of 1 / n_i,

    E[sd^2 (N - 1)]    = sigma_w^2 (N - 1) + sigma_b^2 (N - sum n_i^2 / N)
    E[between_sd^2]    = sigma_w^2 h       + sigma_b^2

and those two are solved for the two. With sources of one size it is the analysis of variance; with
others it stays unbiased (Searle, Casella & McCulloch 1992, section 3.6, on unweighted means).
"""

from dataclasses import dataclass

import numpy as np

from sim.stats.confidence.contract import Floats, Group

_NONE_LEFT = 1e-9
"""Of a degree of freedom: less than that says nothing of the spread within a source."""


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Variances, of the group's shape; NaN where a group cannot tell them apart."""

    between: Floats
    """sigma_b^2, at least 0; NaN for one source, and if every source sent one value."""
    within: Floats
    """sigma_w^2; NaN if every source sent one value."""

    @property
    def icc(self) -> Floats:
        """Intraclass correlation: the share of the variance that is between sources."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.between / (self.between + self.within))


def components(group: Group) -> Components:
    """The two variances of each entry of the group.

    A group of one source has all of its spread within.

    >>> split = components(Group.of(1000, 20, 0.0, sd=1.05, between_sd=0.35))
    >>> round(float(split.between), 4), round(float(split.within), 4)
    (0.1024, 1.0051)
    """
    seen = np.where(group.sources > 1, group.between_sd, 0.0) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        unequal = group.count - group.count / group.effective_sources
        degrees = group.count - 1 - unequal * group.reciprocal_size
        left = (group.count - 1) * group.sd**2 - unequal * seen
        within = np.maximum(left, 0.0) / np.where(degrees > _NONE_LEFT, degrees, np.nan)
        between = np.maximum(seen - group.reciprocal_size * within, 0.0)
    return Components(np.where(group.sources > 1, between, np.nan), within)
