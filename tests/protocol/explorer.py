"""A small model checker: what can pure nodes do if the network may do anything?

Whatever was sent to a member stays with it and may be delivered at any time, again and again, or
never: so one search covers all orders, losses, duplicates and replays, and any partition. Timers
may fire whenever they are set, so many times in all. Members are correct, silent (not there), or
liars: *twins*, correct nodes with one identity and seal that tell different stories (Bano et al.,
"Twins: BFT systems made robust", OPODIS 2021), other nodes, or mere *lies*, messages that are there
from the beginning. The search is breadth first: the first counterexample is one of fewest moves.

What keeps it small, without losing any set of decisions that can be reached:
- Equal states are one, and what a node does is worked out once for each of its own states.
- A delivery that nobody else can notice (nothing sent, nothing put out) commutes with all that
  others do. So it is made together with the node's next one that is noticed, and only if that one
  would be different without it, or would leave the node in another state than if it came after.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass

from sim.protocol.agreement.contract import Membership, NodeMaker, Propose, Value
from sim.protocol.committee import Committee
from sim.protocol.messages import Message
from sim.protocol.signatures import Notary
from tests.protocol.reactions import Action, Move, Part, Reaction, Reactions

Outputs = Mapping[int, tuple[object, ...]]
"""What each correct member has put out, in its order."""
Check = Callable[[Outputs], str | None]
"""What is wrong, or None."""
State = tuple[tuple[int, ...], int]
"""The numbers of all parts, and how many timers have fired."""


@dataclass(frozen=True)
class Actor:
    """A node that takes part, with the candidates that its application has from the beginning."""

    member: int
    make: NodeMaker
    candidates: Mapping[int, Value] = field(default_factory=dict)
    is_correct: bool = True


def twins(member: int, make: NodeMaker, *values: Value) -> list[Actor]:
    """A liar: as many correct nodes as values for slot 1, all with the identity of one member."""
    return [Actor(member, make, {1: value}, is_correct=False) for value in values]


@dataclass(frozen=True)
class Explored:
    """`violation` is None if nothing is wrong in any state; else `schedule` leads there."""

    states: int
    moves: int
    is_complete: bool
    violation: str | None = None
    schedule: tuple[str, ...] = ()

    def __str__(self) -> str:
        extent = "all" if self.is_complete else "the first"
        first = f"{extent} {self.states} states, {self.moves} moves: {self.violation or 'good'}"
        return "\n  ".join([first, *self.schedule])


class Explorer:
    """All states that these actors can reach. `options` are those of `Membership`."""

    def __init__(
        self,
        actors: Iterable[Actor],
        n: int = 4,
        f: int = 1,
        *,
        lies: Iterable[tuple[int, Message]] = (),
        **options: object,
    ) -> None:
        self._actors = tuple(actors)
        self._committee = Committee(tuple(f"root-0/{member}" for member in range(n)), f)
        self._options, self._notary = options, notary_of(n)
        self._reactions = Reactions(self._committee)
        self._parts: list[Part] = []
        self._part_numbers: dict[Part, int] = {}
        self._moves: dict[tuple[int, int, int], list[Move]] = {}
        self._start = self._begin(tuple((to, self._reactions.number(lie)) for to, lie in lies))

    def lead_in(self, members: Iterable[int], until: Callable[[Outputs], bool]) -> None:
        """Begin later: all goes well, first come first served, among these members alone.

        What was sent meanwhile to others, or twice, may still be delivered. Raises StopIteration
        if nothing is left to deliver.
        """
        places = [place for place, actor in enumerate(self._actors) if actor.member in members]
        (numbers, fired), done = self._start, set()
        while not until(self._outputs(numbers)):
            waiting = ((one, place) for place in places for one in self._part(numbers, place).inbox)
            one, place = next(iter(sorted(set(waiting) - done)))
            done.add((one, place))
            part = self._part(numbers, place)
            reaction = self._reactions.act(self._actors[place].member, part.node, part.timers, one)
            numbers = self._after(numbers, place, reaction)
        self._start = (numbers, fired)

    def run(
        self,
        check: Check,
        *,
        at_end: Check = lambda outputs: None,
        cut_off: Container[int] = (),
        fires_max: int = 0,
        states_max: int = 100_000,
    ) -> Explored:
        """Search. `check` holds in every state, `at_end` where nothing more can happen.

        Nothing is delivered to members that are `cut_off`.
        """
        self._movers = [
            place for place, actor in enumerate(self._actors) if actor.member not in cut_off
        ]
        found: dict[State, tuple[State, int, Move] | None] = {self._start: None}
        queue, moves = [self._start], 0
        for state in queue:
            is_end = True
            for after, place, move in self._successors(state, fires_max):
                moves += 1
                is_end = is_end and after == state
                if after not in found:
                    found[after] = (state, place, move)
                    queue.append(after)
                    wrong = check(self._outputs(after[0])) if move.reaction.outputs else None
                    if wrong is not None:
                        return Explored(len(found), moves, False, wrong, self._path(found, after))
            wrong = at_end(self._outputs(state[0])) if is_end else None
            if wrong is not None:
                return Explored(len(found), moves, False, wrong, self._path(found, state))
            if len(found) >= states_max:
                return Explored(len(found), moves, False)
        return Explored(len(found), moves, True)

    # States of the whole

    def _begin(self, lies: tuple[tuple[int, int], ...]) -> State:
        begun = [self._begin_one(actor) for actor in self._actors]
        parts = [Part(one.node, frozenset(), one.timers, one.outputs) for one in begun]
        numbers = tuple(self._number(part) for part in parts)
        for one in begun:
            numbers = self._sent(numbers, one.sends)
        return self._sent(numbers, lies), 0

    def _begin_one(self, actor: Actor) -> Reaction:
        membership = Membership(
            self._committee,
            actor.member,
            self._notary.seal(actor.member),
            self._notary,
            options=self._options,
        )
        proposals = [Propose(slot, value) for slot, value in sorted(actor.candidates.items())]
        return self._reactions.start(actor.member, actor.make(membership), proposals)

    def _successors(self, state: State, fires_max: int) -> Iterator[tuple[State, int, Move]]:
        numbers, fired = state
        for place in self._movers:
            for move in self._moves_of(place, numbers[place], fires_max - fired):
                after = self._after(numbers, place, move.reaction)
                yield (after, fired + move.fires), place, move

    def _moves_of(self, place: int, number: int, fires_max: int) -> list[Move]:
        known = (place, number, fires_max)
        if known not in self._moves:
            part, member = self._parts[number], self._actors[place].member
            self._moves[known] = list(self._reactions.moves(member, part, fires_max))
        return self._moves[known]

    def _after(self, numbers: tuple[int, ...], place: int, reaction: Reaction) -> tuple[int, ...]:
        node, timers, sends, outputs = reaction
        part = self._part(numbers, place)
        new = self._number(Part(node, part.inbox, timers, part.outputs + outputs))
        return self._sent((*numbers[:place], new, *numbers[place + 1 :]), sends)

    def _sent(self, numbers: tuple[int, ...], sends: Iterable[tuple[int, int]]) -> tuple[int, ...]:
        after = list(numbers)
        for member, message in sends:
            for place, actor in enumerate(self._actors):
                part = self._parts[after[place]]
                if actor.member == member and message not in part.inbox:
                    after[place] = self._number(part._replace(inbox=part.inbox | {message}))
        return tuple(after)

    def _part(self, numbers: tuple[int, ...], place: int) -> Part:
        return self._parts[numbers[place]]

    def _number(self, part: Part) -> int:
        number = self._part_numbers.setdefault(part, len(self._parts))
        if number == len(self._parts):
            self._parts.append(part)
        return number

    def _outputs(self, numbers: tuple[int, ...]) -> Outputs:
        return {
            actor.member: self._part(numbers, place).outputs
            for place, actor in enumerate(self._actors)
            if actor.is_correct
        }

    # For people

    def _path(self, found: Mapping, state: State) -> tuple[str, ...]:
        told = []
        while found[state] is not None:
            state, place, move = found[state]
            told.append(self._tell(self._actors[place], move.actions))
        return tuple(reversed(told))

    def _tell(self, actor: Actor, actions: Iterable[Action]) -> str:
        liar = "" if actor.is_correct else " (liar)"
        messages = self._reactions.messages
        told = [f"timer {one}" if isinstance(one, str) else brief(messages[one]) for one in actions]
        return f"{actor.member}{liar}: {', then '.join(told)}"


def notary_of(n: int) -> Notary:
    """The notary of an explorer's committee, for those who make lies."""
    return Notary(b"a secret of the explorer", n)


def brief(thing: object) -> str:
    """A message on one line, digests cut short, signatures left out."""
    if isinstance(thing, bytes):
        return thing.hex()[:4]
    if isinstance(thing, Value):
        return brief(thing.digest)
    if not is_dataclass(thing):
        return str(thing)
    shown = {one.name: getattr(thing, one.name) for one in fields(thing)}
    names = [name for name in shown if name not in ("proof", "signature", "certificate")]
    return f"{type(thing).__name__}({', '.join(brief(shown[name]) for name in names)})"
