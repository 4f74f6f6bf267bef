"""What one node of the explorer can do by itself, each worked out once.

A node's state is a number here, and so is a message. A `Part` is a node with everything that can
still happen to it; a `Move` is what happens to it until somebody else can notice.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sim.protocol.committee import Committee
from sim.protocol.effects import Broadcast, CancelTimer, Effect, Output, Send, SetTimer
from sim.protocol.messages import Message
from sim.protocol.node import Node
from tests.protocol.freezing import Freezer, key

Timers = frozenset[str]
Action = int | str
"""The number of a message to deliver, or the name of a timer to fire."""


class Part(NamedTuple):
    """A node's state, what may be delivered to it, its timers, and what it put out so far."""

    node: int
    inbox: frozenset[int]
    timers: Timers
    outputs: tuple[object, ...] = ()


class Reaction(NamedTuple):
    """What a node does at one message or timer; messages to itself arrive at once."""

    node: int
    timers: Timers
    sends: tuple[tuple[int, int], ...]
    """(member, message)"""
    outputs: tuple[object, ...]

    @property
    def is_noticed(self) -> bool:
        return bool(self.sends or self.outputs)


class Move(NamedTuple):
    """Actions of one node, of which only the last is noticed by anybody else."""

    actions: tuple[Action, ...]
    reaction: Reaction

    @property
    def fires(self) -> int:
        return count_fires(self.actions)


def count_fires(actions: Iterable[Action]) -> int:
    return sum(isinstance(action, str) for action in actions)


class Reactions:
    """Of all nodes of a committee; `messages` gives a message by its number."""

    def __init__(self, committee: Committee) -> None:
        self._committee = committee
        self._freezer = Freezer()
        self._nodes: list[bytes] = []
        self._node_numbers: dict[object, int] = {}
        self.messages: list[Message] = []
        self._message_numbers: dict[Message, int] = {}
        self._known: dict[tuple[int, int, Timers, Action], Reaction] = {}

    def number(self, message: Message) -> int:
        """Equal messages have one number."""
        number = self._message_numbers.setdefault(message, len(self.messages))
        if number == len(self.messages):
            self.messages.append(message)
        return number

    def start(self, member: int, node: Node, told: Iterable[Message]) -> Reaction:
        """A node starts and is told something by its application."""
        return self._settle(member, node, node.start(0), frozenset(), told)

    def act(self, member: int, node: int, timers: Timers, action: Action) -> Reaction:
        """A message is delivered, or a timer fires."""
        known = (member, node, timers, action)
        if known not in self._known:
            self._known[known] = self._act(*known)
        return self._known[known]

    def moves(self, member: int, part: Part, fires_max: int) -> Iterator[Move]:
        """Through states that nobody notices, to each first action that somebody does."""
        seen = {(part.node, part.timers, 0)}
        paths: list[tuple[int, Timers, tuple[Action, ...]]] = [(part.node, part.timers, ())]
        for node, timers, silent in paths:
            may_fire = sorted(timers) if count_fires(silent) < fires_max else []
            for action in (*sorted(part.inbox), *may_fire):
                reaction = self.act(member, node, timers, action)
                actions = (*silent, action)
                where = (reaction.node, reaction.timers, count_fires(actions))
                if reaction.is_noticed:
                    if not any(self._can_wait(member, part, actions, late) for late in silent):
                        yield Move(actions, reaction)
                elif where not in seen:
                    seen.add(where)
                    paths.append((*where[:2], actions))

    def _can_wait(self, member: int, part: Part, actions: tuple, late: Action) -> bool:
        """Whether one of the silent actions might as well come right after the last one."""
        place = actions.index(late)
        moved = (*actions[:place], *actions[place + 1 :], late)
        return self._replay(member, part, actions) == self._replay(member, part, moved)

    def _replay(self, member: int, part: Part, actions: tuple) -> object:
        """Where the actions lead, and what is noticed; None if a timer is not set."""
        node, timers, noticed = part.node, part.timers, []
        for action in actions:
            if isinstance(action, str) and action not in timers:
                return actions  # equal to nothing else
            node, timers, *seen = self.act(member, node, timers, action)
            if any(seen):
                noticed.append((action, seen))
        return node, timers, noticed

    def _act(self, member: int, node: int, timers: Timers, action: Action) -> Reaction:
        one = self._freezer.load(self._nodes[node])
        if isinstance(action, str):
            effects, timers = one.on_timer(action, 0), timers - {action}
        else:
            effects = one.on_message(self.messages[action], 0)
        return self._settle(member, one, effects, timers)

    def _settle(self, member, node, effects, timers, told=()) -> Reaction:
        """Carry out all effects, as a host would."""
        waiting, sends, outputs = list(told), {}, []
        while True:
            for effect in effects:
                match effect:
                    case SetTimer():
                        timers = timers | {effect.name}
                    case CancelTimer():
                        timers = timers - {effect.name}
                    case Output():
                        outputs.append(effect.event)
                    case Send() | Broadcast():
                        others = [one for one in self._receivers(effect) if one != member]
                        number = self.number(effect.message)
                        sends |= {(other, number): None for other in others}
                        waiting += [effect.message] * (member in self._receivers(effect))
            if not waiting:
                return Reaction(self._node(node), timers, tuple(sends), tuple(outputs))
            effects = node.on_message(waiting.pop(0), 0)

    def _receivers(self, effect: Effect) -> tuple[int, ...]:
        names = self._committee.names
        return (names.index(effect.to),) if isinstance(effect, Send) else tuple(range(len(names)))

    def _node(self, node: Node) -> int:
        number = self._node_numbers.setdefault(key(node), len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(self._freezer.dump(node))
        return number
