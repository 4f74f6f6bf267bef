"""Each invariant of the control plane catches the mutant that was planted for it, in a whole run.

The same runs without their mutants are silent, so it is the mutant that is caught.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sim.engine.control import readers
from sim.engine.control.fabric import Fabric
from sim.engine.switch import Switch
from sim.errors import InvariantViolated
from sim.protocol.agreement import bracha, witness
from sim.protocol.agreement.contract import Decided, Propose, anything
from sim.protocol.alerts import keeper, ledger, raising
from sim.protocol.alerts.messages import Raise
from sim.protocol.committee import Committee
from sim.protocol.effects import Output, Send
from sim.telemetry import mail
from tests.engine.control.lied import simulation

TWINS = {"where": "root-0/0", "kind": "equivocate", "by": "0.5sd"}
FORGER = {"where": "root-0/0", "kind": "forge"}
ALERT = {"expire": "10s", "gossip": "200ms", "raised": [{"by": "regional-0", "at": "1s"}]}
CUT_OFF = {
    "kind": "partition",
    "at": "500ms",
    "until": "2s",
    "groups": [["root-0/3"], "rest"],
}


def quorums_do_not_intersect(patch):
    patch.setattr(Committee, "quorum", property(lambda committee: committee.n // 2))


def averages_leave_the_range(patch):
    combined = witness.combined
    patch.setattr(witness, "combined", lambda *args: tuple(x + 1 for x in combined(*args)))


def members_keep_their_own_values(patch):
    def stubborn(self, slot, state, values):
        state.round = self._rounds
        self._slots.close(slot)
        return [Output(Decided(slot, witness.numeric(state.own)))]

    patch.setattr(witness.WitnessAgreement, "_next_round", stubborn)


def members_decide_what_nobody_said(patch):
    def decide(self, writer, slot, round, value):
        return [Output(Decided(slot, replace(value, digest=bytes(32))))]

    patch.setattr(bracha.Bracha, "_decide", decide)


def members_echo_everything(patch):
    init = bracha.ReliableBroadcasts.__init__

    def credulous(self, *args, **options):
        init(self, *args, **options | {"accepts": anything})

    patch.setattr(bracha.ReliableBroadcasts, "__init__", credulous)


def members_decide_twice(patch):
    patch.setattr(
        bracha.Bracha,
        "_decide",
        lambda self, writer, slot, round, value: [Output(Decided(slot, value))] * 2,
    )


def the_writer_decides_at_once(patch):
    on_message = bracha.Bracha.on_message

    def hasty(self, message, now_ns):
        effects = on_message(self, message, now_ns)
        if isinstance(message, Propose) and self._is_writer:
            effects.append(Output(Decided(message.slot, message.value)))
        return effects

    patch.setattr(bracha.Bracha, "on_message", hasty)


def messages_jump(patch):
    patch.setattr(Fabric, "judge", lambda self, sender, receiver, message, now_ns: 1)


def messages_vanish(patch):
    patch.setattr(Switch, "found_down", lambda self, flight, receiver: None)


def readers_believe_everything(patch):
    patch.setattr(readers, "by_quorum", lambda committee, notary: lambda held: True)


def older_versions_are_taken_up(patch):
    def anything_else(nodes, versions, held):
        return versions != held[nodes]

    patch.setattr(mail, "newer_than_all_before", anything_else)


def one_vote_commits(patch):
    init = ledger.Ledger.__init__

    def hasty(self, committee, *args):
        init(self, committee, *args)
        self._committee = replace(committee, f=0, names=committee.names[:1])

    patch.setattr(ledger.Ledger, "__init__", hasty)


def a_raiser_tells_two_stories_to_keepers_without_quorums(patch):
    quorums_do_not_intersect(patch)
    ask = raising.Raiser._ask

    def two_faced(self, number, now_ns):
        alert = self.raised[number].alert
        other = replace(alert, evidence=b"other")
        other = replace(other, signature=self._seal.sign(other.digest))
        told = dict(zip(self._committee.names, (alert, alert, other, other), strict=True))
        return [
            Send(effect.to, Raise(told[effect.to])) if isinstance(effect, Send) else effect
            for effect in ask(self, number, now_ns)
        ]

    patch.setattr(raising.Raiser, "_ask", two_faced)


def keepers_take_alerts_back(patch):
    state = keeper.Keeper._state

    def forgetful(self, entry, now_ns):
        return state(self, replace(entry, certificate=None), now_ns)

    show = keeper.Keeper._show

    def showing(self, entry, now_ns):
        effects = show(self, entry, now_ns)
        if entry.certificate is not None:
            effects.append(Output(forgetful(self, entry, now_ns)))
        return effects

    patch.setattr(keeper.Keeper, "_show", showing)


def keepers_do_not_level(patch):
    patch.setattr(keeper.Keeper, "_level", lambda self, holdings: [])


@dataclass(frozen=True)
class Planted:
    mutant: Callable[[pytest.MonkeyPatch], None]
    caught_by: str
    protocol: str
    liars: tuple[dict[str, Any], ...] = ()
    blocks: tuple[tuple[str, Any], ...] = ()


NO_READS = ("reads", [])
WITH_ALERT = (("alerts", ALERT), NO_READS)
CLOSE = {"kind": "witness", "epsilon": 1e-6, "spread": 0.5}
OFTEN = {"every": "10ms"}
"""Between two arrivals at the same node, or only the newest of them would be seen."""
OUTAGE = {"kind": "crash", "nodes": "root-0/3", "at": "1400ms", "until": "1700ms"}

PLANTED = [
    Planted(
        quorums_do_not_intersect,
        "agreement",
        "consistent_broadcast",
        (TWINS,),
        (NO_READS, ("agreement", {"certify": False})),
    ),
    Planted(
        members_keep_their_own_values,
        "agreement",
        "witness",
        (),
        (NO_READS, ("agreement", {"protocol": CLOSE})),
    ),
    Planted(averages_leave_the_range, "validity.*not within", "witness", (), (NO_READS,)),
    Planted(members_decide_what_nobody_said, "validity.*nobody had proposed", "bracha"),
    Planted(members_echo_everything, "validity.*no correct one accepts", "bracha", (FORGER,)),
    Planted(
        members_decide_twice,
        "integrity",
        "bracha",
        (),
        (("agreement", {"certify": False}),),
    ),
    Planted(
        the_writer_decides_at_once,
        "causality.*decided",
        "bracha",
        (),
        (("agreement", {"certify": False}),),
    ),
    Planted(messages_jump, "causality: a", "pbft"),
    Planted(messages_vanish, "sent, but", "pbft", (), (("faults", [OUTAGE]),)),
    Planted(readers_believe_everything, "certified reads", "versions"),
    Planted(
        older_versions_are_taken_up,
        "monotone versions",
        "versions",
        (),
        (NO_READS, ("measure", OFTEN), ("duration", "1200ms")),
    ),
    Planted(one_vote_commits, "without a quorum", "versions", (), WITH_ALERT),
    Planted(
        a_raiser_tells_two_stories_to_keepers_without_quorums,
        "two contents",
        "versions",
        (),
        WITH_ALERT,
    ),
    Planted(keepers_take_alerts_back, "after committed", "versions", (), WITH_ALERT),
    Planted(
        keepers_do_not_level,
        "no lost alert",
        "versions",
        (),
        (*WITH_ALERT, ("faults", [CUT_OFF]), ("duration", "7s")),
    ),
]


def ready(planted):
    return simulation(planted.protocol, *planted.liars, **dict(planted.blocks))


ALL_RUNS = [*{repr((one.protocol, one.liars, one.blocks)): one for one in PLANTED}.values()]
"""Each once, whatever is planted in it."""
every_one = pytest.mark.parametrize("planted", PLANTED, ids=lambda one: one.mutant.__name__)


@every_one
def test_a_mutant_is_caught(planted, monkeypatch):
    planted.mutant(monkeypatch)
    with pytest.raises(InvariantViolated, match=planted.caught_by):
        ready(planted).run()


@pytest.mark.parametrize("planted", ALL_RUNS, ids=lambda one: one.mutant.__name__)
def test_without_the_mutant_the_run_is_silent(planted):
    assert ready(planted).run().messages
