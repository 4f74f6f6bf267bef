"""Liars for approximate agreement: they hear all correct members first, then tell each its own."""

from dataclasses import dataclass, field

from sim.protocol.agreement.approximate import Approximate, RoundValue
from sim.protocol.effects import Send
from tests.protocol.net import DELAY_NS, Net, value


@dataclass
class Rushing:
    """Waits in each round for the values of all correct members, then lies to each.

    `plan(round, values)` gives for each correct member, in order, what this liar tells it; None is
    nothing. `heard` collects the correct members' values by round.
    """

    me: int
    correct: tuple[int, ...]
    plan: object
    heard: dict = field(default_factory=dict)

    def start(self, now_ns):
        return []

    def on_timer(self, name, now_ns):
        return []

    def on_message(self, message, now_ns):
        if not isinstance(message, RoundValue) or message.sender not in self.correct:
            return []
        values = self.heard.setdefault(message.round, {})
        values[message.sender] = message.numbers
        if len(values) < len(self.correct):
            return []
        told = self.plan(message.round, [values[member] for member in self.correct])
        return [
            Send(f"root-0/{member}", RoundValue(self.me, message.slot, message.round, lie))
            for member, lie in zip(self.correct, told, strict=True)
            if lie is not None
        ]


def run(n, f, start, plan, **options):
    """Rounds of n members of whom the last f rush; `plan(round, values)[i][j]` is what the j-th
    liar tells the i-th correct member.

    Gives the correct members' vectors at the start of each round, and at the end.
    """
    correct = tuple(range(n - f))

    def wrap(member, node):
        if member in correct:
            return node
        return Rushing(
            member, correct, lambda r, v: [told[member - len(correct)] for told in plan(r, v)]
        )

    options = {"round_ns": 5 * DELAY_NS, **options}
    net = Net(Approximate, n, f, wrap=wrap, **options)
    vectors = [*start, *(start[:1] * f)]
    net.propose(1, *(value(str(m), *vector) for m, vector in enumerate(vectors)))
    net.run()
    heard = net.hosts[-1].node.heard
    rounds = [[heard[r][member] for member in correct] for r in sorted(heard)]
    ends = [net.decided[member][1][1].value.numbers for member in correct]
    return [*rounds, ends]
