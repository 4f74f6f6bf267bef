"""Merkle descent: from the root of two hash trees down to where they differ, level by level.

(Demers et al., "Epidemic Algorithms", PODC 1987, compare checksums; the tree is Merkle's.) For each
node that differs the peer shows the hashes of all b children; below the nodes of the last level but
one it shows the items' numbers instead. So there are as many round trips as the tree has levels,
ceil(log_b N) with the N of the peer, the opening being the first; requests of one level are under
way at the same time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.protocol.antientropy.comparison import Difference, Options, Session
from sim.protocol.antientropy.hash_tree import LEAVES_MAX, HashTree, depth_of
from sim.protocol.antientropy.messages import (
    HASH_BYTES,
    HEAD_BYTES,
    ID_BYTES,
    Ask,
    Compare,
    Hashes,
    Heads,
    InSession,
)
from sim.protocol.antientropy.siphash import Words
from sim.protocol.antientropy.store import Rows, Store

_HEAD = np.dtype(
    [("key", "<u8"), ("version", "<u8"), ("tag", "<u8"), ("epoch", "<u4"), ("place", "<u4")]
)
assert _HEAD.itemsize == HEAD_BYTES


def tree_of(store: Store, fan_out: int, depth: int) -> HashTree:
    """Made once for a state of the store; only one is kept, whatever depths liars claim."""
    made = store.cached(("tree", fan_out), lambda: HashTree(store, fan_out, depth))
    return made if made.depth == depth else HashTree(store, fan_out, depth)


class MerkleComparison:
    """Asks about all nodes of a level that differ; the level is done when all are answered."""

    def __init__(self, session: Session, store: Store, options: Options) -> None:
        self.difference: Difference | None = None
        self.round_trips = self.answers = 0
        self._session, self._store, self._options = session, store, options
        self._tree: HashTree | None = None
        self._level = 0
        self._asked: dict[int, Rows] = {0: np.zeros(1, np.int64)}
        self._asks = 1
        self._differing: list[Rows] = []
        self._wanted: list[Words] = []
        self._offered: list[int] = []

    def take(self, message: InSession) -> Sequence[InSession]:
        """An answer; every request is answered once."""
        if not isinstance(message, Hashes | Heads) or message.ask not in self._asked:
            return []
        if not self._agree_on_shape(message.depth):
            return []
        assert self._tree is not None
        nodes = self._asked[message.ask]
        if self._is_last != isinstance(message, Heads) or not self._is_whole(message, nodes):
            return []
        del self._asked[message.ask]
        self.answers += 1
        if isinstance(message, Heads):
            self._compare_items(nodes, np.frombuffer(message.heads, _HEAD))
        else:
            self._differing.append(self._differing_children(self._tree, nodes, message.hashes))
        return [] if self._asked else self._go_down()

    def pending(self) -> Sequence[InSession]:
        """The requests of this level that have no answer; the first is the opening itself."""
        if self._tree is None:
            return []
        return [self._request(ask, nodes) for ask, nodes in self._asked.items()]

    @property
    def _is_last(self) -> bool:
        return self._tree is not None and self._level == self._tree.depth - 1

    def _agree_on_shape(self, depth: int) -> bool:
        """The first answer says how deep the trees are; a liar may say anything."""
        if self._tree is None:
            fan_out = self._options.fan_out
            if not 1 <= depth <= 32 or (depth > 1 and fan_out**depth > LEAVES_MAX):
                return False
            self._tree = tree_of(self._store, fan_out, depth)
        return self._tree.depth == depth

    def _is_whole(self, message: Hashes | Heads, nodes: Rows) -> bool:
        if isinstance(message, Heads):
            return len(message.heads) % HEAD_BYTES == 0
        return len(message.hashes) == len(nodes) * self._options.fan_out * HASH_BYTES

    def _differing_children(self, tree: HashTree, nodes: Rows, hashes: bytes) -> Rows:
        children = tree.children(nodes)
        theirs = np.frombuffer(hashes, np.uint8).reshape(-1, HASH_BYTES)
        own = tree.hashes(self._level + 1, children)
        differing: Rows = children[(own != theirs).any(axis=1)]
        return differing

    def _go_down(self) -> Sequence[InSession]:
        self.round_trips += 1
        if self._is_last or sum(map(len, self._differing)) == 0:
            wanted = [np.zeros(0, np.uint64), *self._wanted]
            offered = np.asarray(self._offered, np.int64)
            self.difference = Difference(np.concatenate(wanted), offered)
            return []
        nodes = np.concatenate(self._differing)
        if len(nodes) > self._options.nodes_max:
            self.difference = Difference()
            return []
        self._differing, self._level = [], self._level + 1
        for first in range(0, len(nodes), self._nodes_an_ask):
            self._asked[self._asks] = nodes[first : first + self._nodes_an_ask]
            self._asks += 1
        return self.pending()

    @property
    def _nodes_an_ask(self) -> int:
        """As many as have an answer that fits into a message."""
        return max(1, self._options.chunk_bytes // (self._options.fan_out * HASH_BYTES))

    def _request(self, ask: int, nodes: Rows) -> Ask:
        said = self._session.said_by(self._session.initiator)
        return Ask(*said, ask, self._level, nodes.astype("<u8").tobytes())

    def _compare_items(self, nodes: Rows, heads: NDArray[np.void]) -> None:
        """Want what is newer there, offer what is newer here."""
        assert self._tree is not None
        store, rows = self._store, self._tree.rows(self._level, nodes)
        tags = dict(zip(rows.tolist(), self._session.ids(store, rows).tolist(), strict=True))
        wanted: list[int] = []
        for key, version, tag, epoch, place in heads.tolist():
            row = store.find(key, epoch, version)
            tag_here = None if row is None else tags.pop(row, None)
            if row is None or tag_here is None:
                wanted.append(place)
            elif tag_here != tag:
                number, number_here = (epoch, version), store.rank(row)[:2]
                # Two contents under one number: let the store decide at both ends.
                wanted += [place] if number >= number_here else []
                self._offered += [row] if number <= number_here else []
        self._offered += tags
        self._wanted.append(np.asarray(wanted, np.uint64))


class MerkleAnswering:
    """Shows the tree; an item's id in a session is its row."""

    ships_unasked = False

    def __init__(
        self, session: Session, member: int, store: Store, options: Options, opened: Compare
    ) -> None:
        self._session, self._store, self._options = session, store, options
        self._said = session.said_by(member)
        depth = depth_of(len(store), options.fan_out)
        self._tree = tree_of(store, options.fan_out, depth)

    def take(self, message: InSession) -> Sequence[InSession]:
        """Hashes of children, or numbers of items."""
        if isinstance(message, Compare):
            return [self._answer(0, 0, np.zeros(1, np.int64))]
        if not isinstance(message, Ask) or not 0 <= message.level < self._tree.depth:
            return []
        if len(message.nodes) % ID_BYTES or len(message.nodes) > self._options.chunk_bytes:
            return []
        nodes = np.frombuffer(message.nodes, "<u8")
        if len(nodes) == 0 or int(nodes.max()) >= self._options.fan_out**message.level:
            return []
        return [self._answer(message.ask, message.level, nodes.astype(np.int64))]

    def rows(self, ids: Words) -> Rows:
        """See the class."""
        return ids[ids < np.uint64(len(self._store))].astype(np.int64)

    def _answer(self, ask: int, level: int, nodes: Rows) -> InSession:
        tree, said = self._tree, self._said
        if level < tree.depth - 1:
            hashes = tree.hashes(level + 1, tree.children(nodes))
            return Hashes(*said, ask, tree.depth, hashes.tobytes())
        return Heads(*said, ask, tree.depth, self._heads(tree.rows(level, nodes)))

    def _heads(self, rows: Rows) -> bytes:
        heads = np.empty(len(rows), _HEAD)
        records = self._store.records(rows)
        heads["key"], heads["epoch"], heads["version"] = records[:, :3].T
        heads["tag"], heads["place"] = self._session.ids(self._store, rows), rows
        return heads.tobytes()
