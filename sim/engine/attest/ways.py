"""The ways that attestation takes: commitments up, proofs down, acknowledgements up, watchers.

All of it goes over reliable connections: what the network loses is sent again, at no cost that the
model counts, so only cuts and outages lose a message here. Watchers sit at agents' sites and are
reached directly, not through the tree that they watch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.hops import Hop, Line
from sim.engine.lines import line, line_between, path_ns
from sim.engine.parts import Parts
from sim.engine.rules import Ends
from sim.engine.world import World
from sim.protocol.merkle.costs import HEADER_BYTES, entry_bytes, statement_bytes
from sim.protocol.merkle.encoding import HASH_BYTES, SIGNATURE_BYTES
from sim.telemetry.mail import Mail, Passes, Post
from sim.telemetry.tree import Groups
from sim.telemetry.way import Way

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

KIND = "proof"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Who watches the aggregators of one tier: row i is an aggregator and an agent."""

    node: Ints
    watcher: Ints


class Ways:
    """Mail of one run's attestation; versions are the numbers of rounds."""

    def __init__(self, parts: Parts, world: World) -> None:
        self._parts = parts
        self._world = world
        tiers = range(1, parts.top)
        statement = self.statement_bytes()
        self.commits = {tier: self._upward(tier, "commit", statement) for tier in tiers}
        """From each tier of aggregators below the root to its parents."""
        self.acks = {tier: self._upward(tier, "ack", HEADER_BYTES + HASH_BYTES) for tier in tiers}
        """Acknowledgements, put together at each tier."""

    def prove(self, agrees: Passes) -> Mail:
        """From the root down to the agents, and the acknowledgements of those that agree up again.

        The last post is that of the acknowledgements at the locals, a row an agent.
        """
        posts = []
        for tier in range(self._parts.top - 1, -1, -1):
            groups = self._parts.levels[tier - 1] if tier else self._one_each()
            passes = agrees if tier == 0 else None
            size = self._proof_bytes(tier)
            posts.append(self._post("prove", self._down(tier), tier, groups, size, passes))
        ack = line(self._parts, 0, "attest/ack/agent", queued=False, reliable=True)
        posts.append(self._post("ack of", ack, 0, None, HEADER_BYTES + HASH_BYTES, None))
        return self._mail(posts)

    def watch(
        self, what: str, tier: int, sender: Ints, watcher: Ints, size_bytes: int, found: Passes
    ) -> Mail:
        """From senders in a tier to watchers, and from those who found something to the root.

        Both (rows,); the last post is that of proofs at the root.
        """
        sites, rows = self._parts.roster.sites, len(watcher)
        name = f"{what} of {self._parts.plan.tiers[tier].name}"
        agents = Ends(0, watcher, sites[0][watcher])
        to_watcher = self._direct(name, agents, Ends(tier, sender, sites[tier][sender]), up=False)
        to_root = self._direct(f"proof by {name}", agents, self._at_root(rows), up=True)
        posts = [
            self._post(name, to_watcher, 0, Groups(rows, rows), size_bytes, found, rows),
            self._post(f"proof by {name}", to_root, 0, None, size_bytes, None, rows),
        ]
        return self._mail(posts)

    def ask(self, tier: int, audits: int) -> Mail:
        """From the root to the nodes of a tier and back, a row a node: a question and its answer.

        Agents answer with their statement, aggregators with their statement and the entries of the
        children that were drawn.
        """
        nodes = np.arange(self._parts.plan.tiers[tier].count)
        name, groups = self._parts.plan.tiers[tier].name, Groups(len(nodes), len(nodes))
        node, top = Ends(tier, nodes, self._parts.roster.sites[tier]), self._at_root(len(nodes))
        question = self._direct(f"question to {name}", node, top, up=False)
        answer = self._direct(f"answer of {name}", node, top, up=True)
        size = self.statement_bytes(1 + audits if tier else 1)
        asked = self._post("question to", question, tier, groups, HEADER_BYTES + HASH_BYTES, None)
        return self._mail([asked, self._post("answer of", answer, tier, None, size, None)])

    def _at_root(self, rows: int) -> Ends:
        """So many ways that end at the root."""
        root, top = np.zeros(rows, np.int64), self._parts.top
        return Ends(top, root, self._parts.roster.sites[top][root])

    def _direct(self, name: str, agents: Ends, others: Ends, *, up: bool) -> Line:
        """Between agents and others, past the tree."""
        purpose = f"attest/{name}"
        return line_between(
            self._parts, agents, others, purpose, upward=up, queued=False, reliable=True
        )

    def opening_bytes(self) -> int:
        """Size of an opening, of the mean number of children."""
        tree = self._parts.roster.tree
        children = sum(tree.counts[:-1]) / sum(tree.counts[1:])
        statement = statement_bytes(self._parts.layout.features)
        return HEADER_BYTES + round((1 + children) * statement) + SIGNATURE_BYTES

    def statement_bytes(self, statements: int = 1) -> int:
        """Size of a message with so many statements."""
        return HEADER_BYTES + statements * statement_bytes(self._parts.layout.features)

    def _upward(self, tier: int, what: str, size_bytes: int) -> Mail:
        name = f"attest/{what}/{self._parts.plan.tiers[tier].name}"
        up = line(self._parts, tier, name, queued=False, reliable=True)
        return self._mail([self._post(f"{what} of", up, tier, None, size_bytes, None)])

    def _down(self, tier: int) -> Line:
        name = f"attest/prove/{self._parts.plan.tiers[tier].name}"
        return line(self._parts, tier, name, upward=False, reliable=True)

    def _proof_bytes(self, tier: int) -> int:
        """A statement, and the siblings of the largest groups on the way up."""
        siblings = sum(int(np.diff(level.starts).max()) - 1 for level in self._parts.levels[tier:])
        features = self._parts.layout.features
        return HEADER_BYTES + statement_bytes(features) + siblings * entry_bytes(features)

    def _post(
        self,
        what: str,
        over: Line,
        tier: int,
        groups: Groups | None,
        size_bytes: int,
        passes: Passes | None,
        rows: int | None = None,
    ) -> Post:
        count = self._parts.plan.tiers[tier].count if rows is None else rows
        way = Way(f"{what} {self._parts.plan.tiers[tier].name}", over.channel, path_ns(over))
        post = Post(way, groups, np.full(count, np.nan), passes)
        self._world.hops.append(Hop(KIND, over, post, size_bytes))
        return post

    def _mail(self, posts: list[Post]) -> Mail:
        mail = Mail(posts)
        self._world.mails.append(mail)
        return mail

    def _one_each(self) -> Groups:
        agents = self._parts.plan.agents.count
        return Groups(agents, agents)
