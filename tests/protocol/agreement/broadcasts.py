"""What tests of the three broadcasts share: committees, two-faced writers, scripts of forgeries."""

from hypothesis import strategies as st

from sim.protocol.agreement.bracha import BrachaEcho, BrachaReady, BrachaSend
from sim.protocol.agreement.certify import certificate_of, statement
from sim.protocol.agreement.consistent_broadcast import CastFinal, CastSend, CastSign
from sim.protocol.agreement.imbs_raynal import Init, Witness
from sim.protocol.agreement.registry import PROTOCOLS
from tests.protocol.agreement.liars import Scripted, TwoFaced
from tests.protocol.net import DELAY_NS, Net, value

A, B = value("a"), value("b")
SIZES = {"consistent_broadcast": (4, 1), "bracha": (4, 1), "imbs_raynal": (6, 1)}


def scattered(delays):
    """A judge that takes these delays, in units, one message after the other, over and over."""
    count = iter(range(10**9))
    return lambda *_: DELAY_NS * delays[next(count) % len(delays)]


def with_two_faced_writer(name, shown_other, **settings):
    """A net whose member 0 tells some members B for a slot, and the others A."""
    n, f = SIZES[name]

    def wrap(member, node):
        if member != 0:
            return node
        names = tuple(f"root-0/{m}" for m in range(n))
        other = frozenset(names[m] for m in shown_other)
        return TwoFaced((node, PROTOCOLS[name].make(node.membership_of_test)), names, other, B)

    def make(membership):
        node = PROTOCOLS[name].make(membership)
        node.membership_of_test = membership
        return node

    return Net(make, n, f, wrap=wrap, **settings)


def decisions(net, slot, without=()):
    """For each member that decided a slot which digest."""
    found = enumerate(net.decided)
    return {m: d[slot][1].value.digest for m, d in found if slot in d and m not in without}


def forgeries(name, me):
    """Anything that member `me` can send in the protocol about slots 1 and 2, and absurd ones."""
    n, _ = SIZES[name]
    slots, values = st.sampled_from([1, 1, 1, 2, 0, -7, 10**30]), st.sampled_from([A, B])
    writers, rounds = st.sampled_from([0, 0, me, -1, 99]), st.sampled_from([0, 0, 0, -1, 5])
    seal = Net(PROTOCOLS[name].make, *SIZES[name]).notary.seal(me)
    signatures = st.builds(lambda slot, v: seal.sign(statement(slot, v.digest)), slots, values)
    certificates = st.builds(
        lambda slot, v, one: certificate_of(
            statement(slot, v.digest), dict.fromkeys(range(n), one)
        ),
        slots,
        values,
        signatures,
    )
    said = {
        "bracha": st.one_of(
            st.builds(BrachaSend, st.just(me), slots, rounds, values),
            st.builds(BrachaEcho, st.just(me), writers, slots, rounds, values),
            st.builds(BrachaReady, st.just(me), writers, slots, rounds, values.map(_digest)),
        ),
        "imbs_raynal": st.one_of(
            st.builds(Init, st.just(me), slots, values),
            st.builds(Witness, st.just(me), slots, values),
        ),
        "consistent_broadcast": st.one_of(
            st.builds(CastSend, st.just(me), slots, values),
            st.builds(CastSign, st.just(me), slots, signatures),
            st.builds(CastFinal, st.just(me), slots, values, certificates),
        ),
    }[name]
    receivers = st.sampled_from([f"root-0/{member}" for member in range(n) if member != me])
    return st.lists(st.tuples(receivers, said), max_size=60)


def _digest(a_value):
    return a_value.digest


def with_scripted(name, liar, script, **settings):
    """A net in which one member plays a script of forgeries."""
    wrap = lambda member, node: Scripted(script) if member == liar else node  # noqa: E731
    return Net(PROTOCOLS[name].make, *SIZES[name], wrap=wrap, **settings)
