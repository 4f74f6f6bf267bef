"""How much a search may do: so many runs, or so much time, which is so many runs of this machine.

A search is the same in any process only for a budget of runs; one of time says how many it became.
"""

from time import monotonic
from typing import Final

from sim.errors import InputError
from sim.search.case import Case
from sim.search.trials import Trials
from sim.units import NS_PER_S, parse_duration

_LEAST: Final = 20
_OVERHEAD: Final = 1.3
"""A run with liars and faults, and drawing it, takes longer than a calm one."""


def runs_of(text: str | None, trials: Trials, jobs: int = 1) -> int:
    """The runs that a text such as ``400`` or ``2min`` allows; none: those of the file.

    Time is turned into runs by running the calm case, and it is kept as well. Raises InputError.
    """
    if text is None:
        return trials.search.budget
    if text.isdecimal() and int(text) > 1:
        return int(text)
    try:
        seconds = parse_duration(text) / NS_PER_S
    except ValueError:
        raise InputError(
            f"--budget {text}: must be runs such as 400, or a time such as 2min"
        ) from None
    trials.until_s = monotonic() + seconds
    return max(int(seconds * jobs / (_OVERHEAD * _calm_s(trials))), _LEAST)


def _calm_s(trials: Trials) -> float:
    """How long a run takes; the first one loads what all need."""
    alone = Trials(trials.search, None)
    alone.of(Case())
    begin = alone.run_s
    alone.known.clear()
    alone.of(Case())
    return max(alone.run_s - begin, 1e-3)
