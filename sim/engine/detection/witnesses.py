"""Witnesses: agents that report to further locals too, so that no local alone speaks for them.

An agent has k witnesses: its own local, and k - 1 others of the same regional, drawn by seed. Its
report goes to each of them as a message of its own, at the same instant; each scores what it has
heard, and all send their scores up. The deciding node merges the k scores of an agent so that up to
(k - 1) / 2 liars among them cannot make up an alarm (`sim.detection.panel`).
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.detection.watch import Watch
from sim.engine.detection.baselines import Baselines
from sim.engine.hops import Hop
from sim.engine.lines import line_between, path_ns
from sim.engine.parts import Parts
from sim.engine.rules import Ends
from sim.engine.world import World
from sim.telemetry.emission import NEVER, Emission
from sim.telemetry.mail import Post, newer_than_all_before
from sim.telemetry.tree import Tree
from sim.telemetry.way import Way

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KIND: Final = "copy"


@dataclass(slots=True)
class _Report:
    """What all agents said in one of their reports; rows of agents that said nothing are unused."""

    born_ns: Floats
    vectors: Floats


@dataclass(slots=True)
class Witness:
    """The witnesses number j of all agents, for some j."""

    at: Ints
    """The local that is one, of each agent; (agents,)."""
    watch: Watch
    baselines: Baselines | None
    post: Post
    """Reports on their way; versions are the numbers of reports."""
    _under_way: dict[int, _Report] = field(default_factory=dict)

    def report(self, first: int, part: Emission, vectors: Floats) -> None:
        """Agents first ... send what they say, (reports, agents, features)."""
        post, count = self.post, part.sent_ns.shape[1]
        if first == 0:
            post.way.channel.open_step()
        arrival_ns = post.way.carry(part, first)
        post.sent += part.count()
        for row, born_ns in enumerate(part.sent_ns):
            version, coming = part.first_tick + row, np.flatnonzero(arrival_ns[row] < NEVER)
            post.node = np.append(post.node, first + coming)
            post.version = np.append(post.version, np.full(len(coming), version))
            post.arrival_ns = np.append(post.arrival_ns, arrival_ns[row, coming])
            said = self._said(version, vectors.shape[2])
            said.born_ns[first : first + count] = born_ns
            said.vectors[first : first + count] = vectors[row]

    def advance(self, until_ns: int) -> None:
        """Take in what arrives before `until_ns`, the newest of each agent."""
        nodes, versions, known_ns = self.post.take(until_ns)
        newer = newer_than_all_before(nodes, versions, self.post.version_held)
        nodes, versions, known_ns = nodes[newer], versions[newer], known_ns[newer]
        for version in np.unique(versions).tolist():
            rows, said = versions == version, self._under_way[version]
            agents = nodes[rows]
            self.post.version_held[agents] = version
            born_ns = said.born_ns[agents]
            self.watch.take(agents, said.vectors[agents], born_ns, known_ns[rows])
        self._drop_old()

    def reseat(self, rows: Ints) -> None:
        """Other agents sit in these rows than before; what was said of them is lost."""
        self.watch.forget(rows)
        self.post.refuse(np.isin(np.arange(len(self.at)), rows), np.inf)

    def _said(self, version: int, features: int) -> _Report:
        if version not in self._under_way:
            agents = len(self.at)
            self._under_way[version] = _Report(np.zeros(agents), np.zeros((agents, features)))
        return self._under_way[version]

    def _drop_old(self) -> None:
        """Forget what was said in reports that are all there, or lost."""
        oldest = self.post.version.min(initial=np.iinfo(np.int64).max)
        newest = max(self._under_way, default=0)
        for version in [key for key in self._under_way if key < min(oldest, newest)]:
            del self._under_way[version]


def draw_witnesses(tree: Tree, others: int, stream: np.random.Generator) -> list[Ints]:
    """The locals beside its own that an agent reports to, `others` arrays (agents,).

    All are different, and below the regional of its own. Every regional must have more than
    `others` locals.
    """
    local, levels = tree.ancestor_of(0, 1).astype(np.int64), tree.levels
    first = levels[1].starts[levels[1].parent_of[local]]
    siblings = levels[1].starts[levels[1].parent_of[local] + 1] - first
    # The places of siblings, counted on from one's own, in an order of their own for each agent.
    order = stream.random((len(local), int(siblings.max()) - 1))
    order[np.arange(order.shape[1]) >= siblings[:, np.newaxis] - 1] = np.inf
    steps = 1 + np.argsort(order, axis=1)[:, :others]
    chosen = first[:, np.newaxis] + (local - first)[:, np.newaxis] + steps
    beyond = chosen >= (first + siblings)[:, np.newaxis]
    return list(np.where(beyond, chosen - siblings[:, np.newaxis], chosen).T.astype(np.int64))


def way_of_copies(parts: Parts, world: World, number: int, at: Ints) -> Post:
    """The ways on which agents report to witness number `number`."""
    agents, sites = np.arange(len(at)), parts.roster.sites
    source, target = Ends(0, agents, sites[0]), Ends(1, at, sites[1][at])
    name = f"{KIND} {number} to {parts.plan.tiers[1].name}"
    line = line_between(parts, source, target, name, upward=True, queued=False)
    post = Post(Way(name, line.channel, path_ns(line)), None, np.full(len(at), np.nan))
    world.hops.append(Hop(KIND, line, post, parts.layout.wire_bytes(panes=2)))
    return post
