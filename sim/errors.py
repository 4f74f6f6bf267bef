"""What can go wrong, by whose fault it is.

`SimError` and its children are mistakes of the user or limits of the world (a wrong file, a full
disk); the command line turns them into exit codes. An injected fault of a simulated network is a
value and never an exception, and our own bug is an `assert`.

SimPy re-raises a failed event as ``type(error)(*error.args)``, so every error here can be rebuilt
from its ``args``.
"""

from dataclasses import dataclass


class SimError(Exception):
    """Anything a user can cause and can mend. Exit code 2."""


class ResultsError(SimError):
    """A run folder that cannot be read or written: damaged, unwritable, disk full."""


class InputError(SimError):
    """An input file (trace, topology, matrix) that is missing or has the wrong shape."""


class WorkerError(SimError):
    """A process that worked for us ended before its work did: killed, or out of memory."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that is wrong in a scenario file, and where.

    `line` and `column` count from 1; 0 means that the place is unknown (a value of ``--set``).
    """

    file: str
    line: int
    column: int
    path: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        subject = f"{self.path}: " if self.path else ""
        return f"{where}: {subject}{self.problem}" + (f", {self.hint}" if self.hint else "")


class ScenarioError(SimError):
    """A scenario that is refused before anything runs, with every mistake in it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


class InvariantViolated(AssertionError):
    """The simulator contradicted itself: a bug of ours, never of the scenario. Exit code 1."""
