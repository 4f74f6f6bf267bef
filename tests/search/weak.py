"""A planted weakness: committees whose quorum is half of the members, two of four.

    python -m tests.search.weak search scenarios/search/split-committee.yaml

finds out: two such quorums need not share a correct member, so a network in two halves decides two
things. The switch stands here, among the tests, and nowhere in the simulator.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sim.cli.app import main
from sim.protocol.agreement import registry
from sim.protocol.committee import Committee


@contextmanager
def planted() -> Iterator[None]:
    """Within this block half of a committee is a quorum; only in this process."""
    right, pbft = Committee.quorum, registry.PROTOCOLS["pbft"]
    Committee.quorum = property(lambda self: len(self.names) // 2)
    # Two votes, one's own and the leader's, are there after a single delay.
    registry.PROTOCOLS["pbft"] = replace(pbft, hops=1)
    try:
        yield
    finally:
        Committee.quorum, registry.PROTOCOLS["pbft"] = right, pbft


if __name__ == "__main__":
    with planted():
        sys.exit(main([*sys.argv[1:], "--anew"]))
