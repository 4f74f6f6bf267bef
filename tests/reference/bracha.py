"""When Bracha's broadcast is delivered, from the delays alone: quorums are order statistics."""

import numpy as np


def delivery_times(send, echo, ready, f, *, echo_first=False):
    """(runs, n): when each member delivers a correct writer's value.

    send (runs, n) and echo, ready (runs, from, to) are delays; those to oneself are 0. A member
    that has delivered says nothing more. With `echo_first` a member waits for the writer's own
    message before it follows f + 1 readies.
    """
    late = np.zeros(send.shape, bool)
    while True:
        echoed = np.where(late, np.inf, send)
        at = _readies(echoed, echo, ready, f, send if echo_first else 0.0)
        enough = _kth(at[:, :, None] + ready, 2 * f + 1)
        known = (echoed[:, :, None] + echo).min(axis=1)  # READY does not carry the value
        delivered = np.maximum(np.maximum(enough, at), known)
        if (late == (send > delivered)).all():
            return delivered
        late = send > delivered


def _readies(echoed, echo, ready, f, not_before):
    n = echoed.shape[1]
    at = _kth(echoed[:, :, None] + echo, -(-(n + f + 1) // 2))
    while True:
        followed = np.minimum(at, np.maximum(_kth(at[:, :, None] + ready, f + 1), not_before))
        if (followed == at).all():
            return at
        at = followed


def _kth(arrivals, k):
    """At each receiver the k-th arrival."""
    return np.sort(arrivals, axis=1)[:, k - 1, :]
