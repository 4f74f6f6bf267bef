"""A slot for which nobody had a candidate in time: later ones were proposed before it.

Slots are proposed every fifty delays; slot 3 is handed out late, after slots 4 and 5, to some
members or to all.
"""

from sim.protocol.agreement.contract import Propose
from tests.protocol.net import DELAY_NS, Net, value

PERIOD_NS = 50 * DELAY_NS
LATE_NS = 6 * PERIOD_NS
SLOTS, MISSED = 5, 3


def late(make, n, members, **settings):
    """A network where these members alone get a candidate for slot 3, and get it late."""
    net = Net(make, n, (n - 1) // 3, **settings)
    for slot in range(1, SLOTS + 1):
        told = members if slot == MISSED else range(n)
        at_ns = LATE_NS if slot == MISSED else slot * PERIOD_NS
        for member in told:
            candidate = Propose(slot, value(f"{member}'s for slot {slot}"))
            net.kernel.at(at_ns, net.hosts[member].tell, candidate)
    return net


def in_order(net, slots=SLOTS):
    """Whether all have decided the same in all slots, one after the other."""
    every = [[(slot, one.value) for slot, (_, one) in found.items()] for found in net.decided]
    numbers = [slot for slot, _ in every[0]]
    return numbers == list(range(1, slots + 1)) and all(found == every[0] for found in every)


def took(net, since_ns=LATE_NS):
    """How many delays after the late candidate, or another instant, the last decision was."""
    last_ns = max(at_ns for found in net.decided for at_ns, _ in found.values())
    return (last_ns - since_ns) / DELAY_NS
