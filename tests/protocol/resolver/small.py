"""Something held, and readers of it."""

import numpy as np

from sim.protocol.committee import Committee
from sim.protocol.resolver.contract import Held, Policy, ReadClass
from sim.protocol.resolver.reader import Reader, by_quorum
from sim.protocol.signatures import Certificate, Notary, digest

SECOND = 1_000_000_000
COMMITTEE = Committee(tuple(f"root-0/{member}" for member in range(4)), 1)
NOTARY = Notary(b"a secret of the test", 4)
DIGEST = digest("snapshot", 1)


def held(born_ns=0, **changes):
    said = {
        "mean": np.array([1.0, -2.0]),
        "standard_error": np.array([0.1, 0.2]),
        "oldest_born_ns": born_ns,
        "mean_born_ns": born_ns,
        "agents": 100,
        "coverage": 1.0,
        "digest": DIGEST,
    }
    return Held(**{**said, **changes})


def certificate(members=(0, 1, 2), signed=DIGEST):
    return Certificate(signed, tuple(NOTARY.seal(one).sign(signed) for one in members))


def reader(drift=None, read_class=ReadClass.BASELINE, **policy):
    return Reader(Policy(read_class, **policy), by_quorum(COMMITTEE, NOTARY), drift)
