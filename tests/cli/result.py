"""What a call of the command line leaves behind."""

from collections.abc import Callable
from typing import NamedTuple


class Result(NamedTuple):
    """Exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Call = Callable[..., Result]
