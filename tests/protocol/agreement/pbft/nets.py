"""Networks and liars for the tests of PBFT: cuts, losses, silence, a leader with two faces."""

from sim.protocol.agreement.pbft.messages import PrePrepare
from sim.protocol.agreement.pbft.node import PBFT
from sim.protocol.effects import Send
from tests.protocol.net import DELAY_NS, Net, value

TIMEOUT_NS = 100 * DELAY_NS


def network(n=4, f=1, **options):
    return Net(PBFT, n, f, **{"timeout_ns": TIMEOUT_NS, **options})


def candidates(n, slot=1):
    return [value(f"{member}'s for slot {slot}") for member in range(n)]


def propose_every(net, period_ns, slots):
    """Everybody has a candidate for the first slot at `period_ns`, and so on."""
    for slot in range(1, slots + 1):
        net.propose(slot, *candidates(len(net.hosts), slot), at_ns=slot * period_ns)


def decided_digests(net, member):
    return [found.value.digest for _, found in net.decided[member].values()]


def last_ns(net):
    """When the last member decided its last slot."""
    return max(at_ns for found in net.decided for at_ns, _ in found.values())


class Silent:
    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        return []

    def on_timer(self, name, now_ns):
        return []


def silent(*members):
    return lambda member, node: Silent() if member in members else node


class TwoFaced(Silent):
    """A leader that proposes one value to the first half of the others and one to the rest."""

    def __init__(self, names):
        self.others = names[1:]

    def start(self, now_ns):
        half = len(self.others) // 2
        return [
            Send(name, PrePrepare(0, 0, 1, value("one" if place < half else "other")))
            for place, name in enumerate(self.others)
        ]


def cut(groups, from_ns, until_ns):
    """A judge: between members of different groups nothing arrives for a while."""
    group_of = {f"root-0/{member}": group for group in groups for member in group}

    def judge(sender, receiver, message, now_ns):
        is_cut = from_ns <= now_ns < until_ns and group_of[sender] is not group_of[receiver]
        return "cut" if is_cut else DELAY_NS

    return judge
