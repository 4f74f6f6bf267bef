"""Sources that change hands on hosts, with a checker that looks after every single event.

The state of source s is ``256**s``: the digits of a total to that base say how often each source is
in it. The committee is one node here; consensus has tests of its own.
"""

from sim.protocol.effects import Send, SetTimer
from sim.protocol.membership.aggregator import Aggregator, NewEpoch
from sim.protocol.membership.epochs import Expel, Join, Move, applied, founded
from sim.protocol.membership.ownership import Holder, Keeper, Reading
from tests.protocol.membership.world import MS, World

HOLDERS = {"A": "P", "B": "P", "C": "P", "D": "Q", "E": "Q", "F": "Q"}
KEEPERS = {"P": "R", "Q": "R"}
EACH = 4
SOURCES = EACH * len(HOLDERS)
EVERYBODY_ONCE = sum(256**source for source in range(SOURCES))


class WrongCount(AssertionError):
    pass


def times_counted(total):
    """How often each source is in a total."""
    return [(total >> 8 * source) & 255 for source in range(SOURCES)]


def first_view():
    runs = [((EACH * at, EACH * (at + 1)), name) for at, name in enumerate(HOLDERS)]
    return founded("R", (HOLDERS | KEEPERS).items(), runs)


class Agent:
    """One source: reports to its owner every 200 ms, and at once to a new one."""

    def __init__(self, source, view):
        self.source, self.view, self.version = source, view, 0

    def start(self, now_ns):
        return [SetTimer("report", (self.source * 7 % 200) * MS)]

    def on_message(self, message, now_ns):
        if message.view.epoch <= self.view.epoch:
            return []
        before, self.view = self.view.run_of(self.source), message.view
        return [] if before.epoch == self.run.epoch else self.report()

    def on_timer(self, name, now_ns):
        return [*self.report(), SetTimer("report", 200 * MS)]

    @property
    def run(self):
        return self.view.run_of(self.source)

    def report(self):
        self.version += 1
        reading = Reading(self.source, self.run.epoch, 0, self.version, 256**self.source)
        return [Send(self.run.owner, reading)]


class Committee:
    """Announces the newest view to everybody, and again every 100 ms."""

    def __init__(self, names):
        self.names, self.view = names, first_view()

    def start(self, now_ns):
        return [SetTimer("announce", 100 * MS)]

    def on_message(self, message, now_ns):
        return self.announce()

    def on_timer(self, name, now_ns):
        return [*self.announce(), SetTimer("announce", 100 * MS)]

    def announce(self):
        return [Send(name, NewEpoch(self.view)) for name in self.names]


class Checked(Aggregator):
    """Looks at the count after everything that happens to a keeper."""

    checks = 0
    formed = False

    def on_message(self, message, now_ns):
        effects = super().on_message(message, now_ns)
        self.check(now_ns)
        return effects

    def check(self, now_ns):
        counts = times_counted(self.book.state)
        is_root = self.book.name == "R"
        self.formed |= counts == [1] * SOURCES
        self.checks += 1
        wrong = max(counts) > 1 or (is_root and self.formed and min(counts) < 1)
        if wrong or sum(counts) != self.book.sources:
            raise WrongCount(f"{self.book.name} counts {sum(counts)} at {now_ns}: {counts}")


class Moving(World):
    """The whole tree on hosts; ``rng`` draws losses, repeats and delays of 1 to 15 ms."""

    def __init__(self, rng, keeper=Keeper, loss=0.05, repeat=0.05):
        super().__init__(self.judged)
        self.rng, self.loss, self.repeat = rng, loss, repeat
        self.cut = {}
        self.view_changes = 0
        view = first_view()
        for name in HOLDERS:
            self.add(name, self.holder(name, view))
        for name in (*KEEPERS, "R"):
            self.add(name, lambda life, n=name: Checked(keeper(n, view, life=life), 50 * MS))
        for source in range(SOURCES):
            self.add(f"agent-{source}", lambda life, s=source: Agent(s, view))
        names = tuple(self.hosts)
        self.committee = self.add("committee", lambda life: Committee(names)).node

    def holder(self, name, view):
        return lambda life: Aggregator(Holder(name, view, life=life), 50 * MS)

    def judged(self, sender, receiver, message, now_ns):
        if (sender, receiver) in self.cut or self.rng.random() < self.loss:
            return "lost"
        delay_ns = int(self.rng.integers(1 * MS, 15 * MS))
        if self.rng.random() < self.repeat:
            self.kernel.at(now_ns + 3 * delay_ns, self.arrive_again, receiver, message)
        return delay_ns

    def arrive_again(self, receiver, message):
        if self.hosts[receiver].is_up:
            self.hosts[receiver].arrive(message)

    def decide(self, change):
        """A decided change, announced at once. Whether it changed anything."""
        before, self.committee.view = self.committee.view, applied(self.committee.view, change)
        changed = self.committee.view.epoch > before.epoch
        if changed:
            self.view_changes += 1
            self.hosts["committee"].tell(NewEpoch(self.committee.view))
        return changed

    def move_some(self):
        first = int(self.rng.integers(SOURCES))
        end = first + int(self.rng.integers(1, 4))
        return self.decide(Move(first, end, list(HOLDERS)[self.rng.integers(len(HOLDERS))]))

    def isolate_from_committee(self, name):
        """It goes on, and everybody but the committee and the agents hears it."""
        for other in ("committee", *(f"agent-{source}" for source in range(SOURCES))):
            self.cut[other, name] = None

    def expel(self, name, crash):
        """A failed owner, dead or only out of the committee's sight."""
        if crash:
            self.hosts[name].crash()
        else:
            self.isolate_from_committee(name)
        return self.decide(Expel(name))

    def readmit(self, name):
        self.cut.clear()
        self.hosts[name].restart(durable=False)
        return self.decide(Join(name, HOLDERS[name]))

    @property
    def root(self):
        return self.hosts["R"].node
