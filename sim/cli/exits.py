"""What the end of a command means to whoever called it."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes."""

    GOOD = 0
    FAILED = 1
    """A threshold, an invariant or a baseline was not met, or a threshold is infeasible."""
    WRONG_CALL = 2
    """A wrong file or a wrong call: the user can mend it."""
    INCONCLUSIVE = 3
    """Too few samples, or a fault or an attacker without effect."""
    OUR_BUG = 70
    INTERRUPTED = 130
