"""Schedules that Hypothesis thinks out for owners of sources: late views, losses, repeats, zombies.

Every report that was ever sent can arrive at any time, again and again, or never; every node learns
of every view late, and may skip some. What changes the views, and what must hold, a subclass says.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from sim.protocol.membership.ownership import Holder, Keeper, Reading

backs = st.sampled_from([0, 0, 0, 1, 2, 3])
"""How many views ago."""


def some_of(items):
    return st.lists(st.sampled_from(items), min_size=1, max_size=8, unique=True)


def schedules(holders, keepers, sources):
    """A machine over named nodes, the root last; each source is read as 256 to its number."""
    nodes = (*holders, *keepers)

    class Schedules(RuleBasedStateMachine):
        keeper = Keeper

        def __init__(self, view):
            super().__init__()
            self.views = [view]
            self.keepers = {name: self.keeper(name, view) for name in keepers}
            self.holders = {name: Holder(name, view) for name in holders}
            self.nodes = {**self.holders, **self.keepers}
            self.sent, self.version = [], 0

        @rule(names=some_of(nodes), back=backs)
        def learn(self, names, back):
            for name in names:
                self.nodes[name].adopt(self.view(back))

        @rule(who=some_of(range(sources)), back=backs)
        def read(self, who, back):
            self.version += 1
            for source in who:
                run = self.view(back).run_of(source)
                if run is not None:
                    reading = Reading(source, run.epoch, 0, self.version, 256**source)
                    self.holders[run.owner].hear(reading)

        @rule(names=some_of(nodes[:-1]), arrives=st.booleans())
        def report(self, names, arrives):
            for name in names:
                member, holding = self.nodes[name].view.member(name), self.nodes[name].holding()
                if member is not None and holding is not None:
                    self.sent.append((member.parent, holding))
                    if arrives:
                        self.keepers[member.parent].hear(holding)

        @rule(data=st.data())
        def deliver(self, data):
            if self.sent:
                parent, holding = data.draw(st.sampled_from(self.sent))
                self.keepers[parent].hear(holding)

        def view(self, back):
            return self.views[max(0, len(self.views) - 1 - back)]

        def all_heard(self):
            """All views known, all sources heard, all reports delivered, from the bottom up."""
            self.learn(nodes, 0)
            self.read(range(sources), 0)
            self.report(nodes[:-1], arrives=True)

        def counts(self, name):
            """How often each source is in what a keeper counts."""
            return [(self.keepers[name].state >> 8 * source) & 255 for source in range(sources)]

    return Schedules
