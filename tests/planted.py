"""A planted regression: the command line with a detector that has a wrong constant.

    python -m tests.planted check scenarios/07-injected-anomalies.yaml

shows what a gate looks like when it goes red. The switch is here, among the tests, and nowhere in
the simulator. The constant is the cap of z-scores, 1.5 in place of 10: a slip that no unit test of
another part would notice, and that blinds the detector to how far out a value is.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sim.cli.app import main
from sim.detection.detectors.pool import Pool

WRONG_CAP = 1.5


@contextmanager
def wrong_constant() -> Iterator[None]:
    """Within this block all pools cap deviations at `WRONG_CAP`; only in this process."""
    right = Pool.__init__

    def wrong(self: Pool, kind: str, top: int, cap: float | None) -> None:
        right(self, kind, top, None if cap is None else WRONG_CAP)

    Pool.__init__ = wrong  # type: ignore[method-assign]
    try:
        yield
    finally:
        Pool.__init__ = right  # type: ignore[method-assign]


def planted(arguments: Sequence[str]) -> int:
    """The exit code of a call with the wrong constant."""
    with wrong_constant():
        return main(arguments)


if __name__ == "__main__":
    sys.exit(planted(sys.argv[1:]))
