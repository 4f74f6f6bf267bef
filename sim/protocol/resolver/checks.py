"""What must hold of every read, whatever the network does. A violation is a bug of the simulator.

Above all: nobody is told "within bound" of a value that is older than the bound. In a partition
that is longer than the bound nothing can be both answered and within it.
"""

import numpy as np

from sim.errors import InvariantViolated
from sim.protocol.resolver.contract import Policy, Prefer, Read


def check_read(read: Read, policy: Policy, true_age_ns: int | None = None) -> None:
    """Raise InvariantViolated if a read contradicts itself, its policy, or the truth.

    `true_age_ns` is that of the oldest source, by the simulator's clock; to be given only where
    clocks are no further apart than the policy allows for.
    """
    _check_bound(read, policy, true_age_ns)
    if not 0 <= read.coverage <= 1:
        raise InvariantViolated(f"a read covers {read.coverage} of its sources")
    if read.answered:
        _check_answer(read, policy)
    elif read.value is not None or not read.reason:
        raise InvariantViolated("a refused read has a value, or no reason")


def _check_bound(read: Read, policy: Policy, true_age_ns: int | None) -> None:
    told = read.age_ns
    if told is not None and told < 0:
        raise InvariantViolated(f"a read is {told} ns old: it comes from the future")
    if read.within_bound != (told is not None and told <= policy.bound):
        raise InvariantViolated(
            f"a read of age {told} ns says within_bound={read.within_bound} of {policy.bound} ns"
        )
    if true_age_ns is not None and told is not None and told < true_age_ns:
        raise InvariantViolated(f"a read says it is {told} ns old and is {true_age_ns}")


def _check_answer(read: Read, policy: Policy) -> None:
    if read.value is None or read.low is None or read.high is None or read.age_ns is None:
        raise InvariantViolated("an answered read lacks its value, interval or age")
    if not (np.all(read.low <= read.value) and np.all(read.value <= read.high)):
        raise InvariantViolated("the value of a read is outside its own interval")
    if policy.prefer is Prefer.CONSISTENCY and not read.within_bound:
        raise InvariantViolated("a consistent read was answered beyond its bound")
