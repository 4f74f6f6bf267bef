"""Ctrl-C that cannot be lost.

Python turns it into an exception wherever the program happens to be, and where that is inside a
library that drops exceptions (a finaliser, an import that is tried) nobody ever hears of it. So it
is remembered, too, and asked for where a campaign can stop.
"""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class Interrupts:
    """While entered, remembers a Ctrl-C; only the main thread can be told of one."""

    def __init__(self) -> None:
        self._seen = False
        self._before: object = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if callable(self._before) or isinstance(self._before, signal.Handlers):
            signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """Raise the KeyboardInterrupt that somebody may have dropped."""
        if self._seen:
            raise KeyboardInterrupt

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._seen = True
        raise KeyboardInterrupt
