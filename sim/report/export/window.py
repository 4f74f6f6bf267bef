"""The part of a run whose single messages are exported: ``20s..21s``."""

import math
from dataclasses import dataclass
from typing import Final

from sim.errors import SimError
from sim.units import parse_duration, write_duration


@dataclass(frozen=True, slots=True)
class Window:
    """Messages that are sent in [from_ns, until_ns)."""

    from_ns: int = 0
    until_ns: float = math.inf

    def __str__(self) -> str:
        until = "the end" if math.isinf(self.until_ns) else write_duration(int(self.until_ns))
        return f"{write_duration(self.from_ns)} to {until}"


WHOLE: Final = Window()


def parse_window(text: str) -> Window:
    """The window in ``"20s..21s"``; either end may be left out. Raises SimError.

    >>> parse_window("20s..21s")
    Window(from_ns=20000000000, until_ns=21000000000)
    """
    first, dots, last = text.partition("..")
    if not dots or last.startswith("."):
        raise SimError(f"--window {text!r}: write it as 20s..21s, with two dots")
    try:
        from_ns = parse_duration(first) if first.strip() else 0
        until_ns = parse_duration(last) if last.strip() else math.inf
    except ValueError as error:
        raise SimError(f"--window {text!r}: {error}") from error
    if from_ns < 0:
        raise SimError(f"--window {text!r}: a run begins at 0s, nothing is before that")
    if not from_ns < until_ns:
        raise SimError(f"--window {text!r}: its end is not after its beginning")
    return Window(from_ns, until_ns)


def check_inside(window: Window, duration_ns: int) -> None:
    """Raises SimError if a run of this length is over before the window begins."""
    if window.from_ns >= duration_ns:
        problem = f"the run has ended at {write_duration(duration_ns)}"
        raise SimError(f"--window {str(window).replace(' to ', '..')}: {problem}")
