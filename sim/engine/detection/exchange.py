"""P-values and verdicts between locals: the messages of QuTE.

After scores are made the locals tell their neighbours all p-values that they hold, so many rounds
long, and then as many rounds all verdicts: `detection.wait` is divided into twice as many equal
parts, a message that is not there when its part is over counts as lost, and nothing is repeated.
Who cannot be heard is silent: its agents are missing, and stay in the total.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.detection.controls.qute import Qute
from sim.engine.hops import Hop
from sim.engine.lines import line_between, path_ns
from sim.engine.parts import Parts
from sim.engine.rules import Ends
from sim.engine.world import World
from sim.protocol.messages import HEADER_BYTES
from sim.stats.multiplicity import heard
from sim.telemetry.mail import Mail, Post
from sim.telemetry.way import Way

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

P_BYTES: Final = 8
KIND: Final = "p-values"


class Exchange:
    """The rounds of one run between nodes of a tier that own `sizes` (nodes,) agents each.

    `sender` and `receiver` (pairs,) are the ways of `mail`, whose messages have numbers as
    versions. The control is told what was heard.
    """

    def __init__(
        self, control: Qute, mail: Mail, sender: Ints, receiver: Ints, sizes: Ints
    ) -> None:
        self.control = control
        self.mail = mail
        self.sent_bytes = 0
        """Of all messages so far."""
        self._sender = sender
        self._receiver = receiver
        self._sizes = sizes
        self._number = 0
        self._queries: list[Bools] = []
        self._verdicts: list[Bools] = []
        """[a, b] per round: the message of node b is at node a."""

    @property
    def parts(self) -> int:
        """Rounds of a decision: as many of p-values as of verdicts."""
        return 2 * self.control.rounds

    def begin(self, now_ns: int, up: Bools) -> None:
        """Forget the last decision, and send the first messages; `up` (nodes,) says who can."""
        self._queries, self._verdicts = [], []
        self._send(now_ns, up)

    def go_on(self, now_ns: int, up: Bools) -> None:
        """Take in the messages of a part that is over, and send those of the next."""
        self._take_in()
        self._send(now_ns, up)

    def end(self) -> None:
        """Take in the last messages, and tell the control what was heard."""
        self._take_in()
        self.control.known, self.control.told = self._known(), self._heard(self._verdicts)

    @property
    def _is_of_verdicts(self) -> bool:
        """Whether the messages that are under way, or sent next, are verdicts."""
        return len(self._queries) == self.control.rounds

    def _known(self) -> Bools:
        """Who holds whose p-values, (nodes, nodes)."""
        return self._heard(self._queries)

    def _heard(self, rounds: list[Bools]) -> Bools:
        nodes = len(self._sizes)
        everywhere = np.ones((nodes, nodes), np.bool_)
        return heard(everywhere, len(rounds), np.array(rounds))

    def _send(self, now_ns: int, up: Bools) -> None:
        self._number += 1
        goes = up[self._sender]
        self.mail.publish(self._number, now_ns, goes)
        self.sent_bytes += int(self._bytes_of_each()[self._sender[goes]].sum())

    def _bytes_of_each(self) -> Ints:
        """The size of what each node would send now: numbers of all it knows, or a bit for each."""
        agents = self._known() @ self._sizes
        content = -(-agents // 8) if self._is_of_verdicts else P_BYTES * agents
        return np.asarray(HEADER_BYTES + content)

    def _take_in(self) -> None:
        came = self.mail.posts[0].version_held == self._number
        arrives = np.zeros((len(self._sizes), len(self._sizes)), np.bool_)
        arrives[self._receiver[came], self._sender[came]] = True
        (self._verdicts if self._is_of_verdicts else self._queries).append(arrives)


def add_exchange(parts: Parts, world: World, control: Qute) -> Exchange:
    """Lay the ways between locals that tell each other."""
    groups = parts.levels[1]
    sender, receiver = neighbours(control.graph, groups.parent_of.astype(np.int64))
    sites = parts.roster.sites[1]
    source, target = (Ends(1, node, sites[node]) for node in (sender, receiver))
    name = f"{KIND} to {parts.plan.tiers[1].name}"
    line = line_between(parts, source, target, name, upward=True, queued=False)
    post = Post(Way(name, line.channel, path_ns(line)), None, np.full(len(sender), np.nan))
    sizes = np.diff(parts.levels[0].starts).astype(np.int64)
    exchange = Exchange(control, Mail([post]), sender, receiver, sizes)
    world.hops.append(Hop(KIND, line, post, HEADER_BYTES, lambda: exchange.sent_bytes))
    world.mails.append(exchange.mail)
    return exchange


def neighbours(graph: str, parent_of: Ints) -> tuple[Ints, Ints]:
    """Who tells whom, as (pairs,) senders and receivers; `parent_of` (nodes,).

    siblings: all nodes of one parent; ring: each the one before and the one after it; all.
    """
    nodes = np.arange(len(parent_of))
    if graph == "ring":
        links = np.abs(nodes[:, np.newaxis] - nodes) == 1
        links[0, -1] = links[-1, 0] = True
    else:
        group = parent_of if graph == "siblings" else np.zeros_like(parent_of)
        links = group[:, np.newaxis] == group
    links &= ~np.eye(len(nodes), dtype=np.bool_)
    sender, receiver = np.nonzero(links)
    return sender.astype(np.int64), receiver.astype(np.int64)
