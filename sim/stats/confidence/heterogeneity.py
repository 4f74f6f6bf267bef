"""Tests of whether sources, or children, differ by more than their own noise explains."""

import numpy as np

from sim.stats.confidence.components import components
from sim.stats.confidence.contract import Children, Floats, Group
from sim.stats.confidence.meta_analysis import combined, fixed_weights


def sources_differ(group: Group) -> Floats:
    """p-value of the F test of one-way analysis of variance; NaN where there is no telling.

    Exact for normal values and sources of one size. Fisher (1925), section 40.
    """
    from scipy.special import fdtrc

    with np.errstate(divide="ignore", invalid="ignore"):
        noise = group.reciprocal_size * components(group).within
        ratio = np.where(group.sources > 1, group.between_sd**2 / noise, np.nan)
        return np.asarray(fdtrc(group.sources - 1, group.count - group.sources, ratio))


def children_differ(children: Children) -> Floats:
    """p-value of Cochran's Q as Welch (1951) has it; NaN below two children.

    Q is chi-square with k - 1 degrees if the claimed variances are known; where they come from few
    sources it is too large on average, and Welch's F makes up for it by their degrees of freedom.
    """
    from scipy.special import chdtrc, fdtrc

    whole = combined(children)
    w, k = fixed_weights(children), whole.children
    with np.errstate(divide="ignore", invalid="ignore"):
        doubt = ((1 - w / w.sum(axis=0)) ** 2 * children.there / children.degrees).sum(axis=0)
        ratio = whole.q / (k - 1) / (1 + 2 * (k - 2) / (k**2 - 1) * doubt)
        estimated = fdtrc(k - 1, (k**2 - 1) / (3 * doubt), ratio)
        known = chdtrc(k - 1, whole.q)
    return np.where(k > 1, np.where(doubt > 0, estimated, known), np.nan)


def i_squared(children: Children) -> Floats:
    """Share of what children are apart that their claims do not explain; Higgins & Thompson 2002.

    max(0, (Q - (k - 1)) / Q); 0 where they are not apart at all.
    """
    whole = combined(children)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (whole.q - (whole.children - 1)) / whole.q
    return np.where(whole.q > 0, np.maximum(0.0, share), 0.0)
