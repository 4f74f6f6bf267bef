"""Groups of drawn values: replications along the first axis, all at once."""

import numpy as np

from sim.stats.confidence.contract import Group


def group_of(values, **more):
    """Of values (..., sources, each): every source has sent as many."""
    K, m = values.shape[-2:]
    own = values.mean(axis=-1)
    flat = values.reshape(*values.shape[:-2], K * m)
    return Group.of(
        K * m, K, flat.mean(axis=-1), flat.std(axis=-1, ddof=1), own.std(axis=-1, ddof=1), **more
    )


def unequal_group(sources):
    """Of lists of values, one list a source."""
    values = np.concatenate([np.asarray(source, float) for source in sources])
    sizes = np.array([len(source) for source in sources])
    means = np.array([np.mean(source) for source in sources])
    return Group.of(
        len(values),
        len(sources),
        values.mean(),
        values.std(ddof=1),
        means.std(ddof=1),
        source_mean=means.mean(),
        effective_sources=sizes.sum() ** 2 / (sizes**2).sum(),
        reciprocal_size=(1 / sizes).mean(),
    )


def drawn(seed, replications, sources, each, between, within=1.0):
    """Of a process of mean 0: normal levels with sd `between`, normal noise with sd `within`."""
    draw = np.random.default_rng(seed)
    levels = draw.normal(0.0, between, (replications, sources, 1))
    return group_of(levels + draw.normal(0.0, within, (replications, sources, each)))
