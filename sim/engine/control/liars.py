"""Replicas of the root that lie in a run: who they are, and the shims around their nodes.

A liar has a shim in each committee in which its replica sits. Which of several candidates lie is
drawn once for the run. Consensus-free a replica has no node; a liar gets one, to be lied around.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.adversary import sums as rewrite
from sim.adversary.members import SHIMS, Seat, Shim
from sim.engine.component import Rows
from sim.engine.control.replicas import Replicas, Snapshot
from sim.engine.kernel import Kernel, Script
from sim.engine.lies.build import unit
from sim.engine.parts import Advance, Parts
from sim.protocol.agreement.approximate import numeric
from sim.protocol.agreement.contract import Decided, Propose, Value
from sim.protocol.effects import Effect, Output
from sim.protocol.messages import Message
from sim.protocol.node import Node
from sim.scenario.members import candidates, chosen
from sim.scenario.plan_control import LiarPlan
from sim.scenario.selectors import tree_shape
from sim.stats.moments import moments


class MemberLiars:
    """The liars among the replicas of one run; most runs have none."""

    def __init__(self, parts: Parts, replicas: Replicas) -> None:
        self._replicas, self._layout = replicas, parts.layout
        self._sd, self._scale = unit(parts), parts.plan.agents.scale
        self.parts: Mapping[int, LiarPlan] = _cast(parts)
        """The part that each liar has, by replica."""
        self._shims: list[tuple[int, Shim]] = []

    @property
    def correct(self) -> tuple[bool, ...]:
        """Which replicas never lie."""
        return tuple(replica not in self.parts for replica in range(len(self._replicas)))

    def seated(
        self, replica: int, names: Sequence[str], make: Callable[[], Node], bound_ns: int
    ) -> Node:
        """The node of a replica in a committee whose others wait `bound_ns` for it.

        Of a liar that is its shim.
        """
        part = self.parts.get(replica)
        if part is None:
            return make()
        seat = Seat(
            name=names[replica],
            names=tuple(names),
            make=make,
            begin_ns=part.at_ns,
            end_ns=part.until_ns,
            bound_ns=bound_ns,
            falsify=self.falsified,
        )
        shim = SHIMS[part.kind](seat, part.options)
        self._shims.append((replica, shim))
        return shim

    def falsified(self, slot: int, value: Value, by_sd: float) -> Value:
        """A genuine value with all means higher by so many sd between correct agents."""
        snapshot = value.content
        if not isinstance(snapshot, Snapshot):
            more = np.asarray(value.numbers) + by_sd * self._sd / self._scale
            return numeric(tuple(more.tolist()))
        by = rewrite.quanta(by_sd * self._sd)
        row = rewrite.shifted(snapshot.row[None], self._layout, by)[0]
        found = replace(snapshot, row=row, moments=moments(row, self._layout.features))
        return self._replicas.candidate(slot, found)

    # As a component

    def scripts(self, kernel: Kernel, advance: Advance) -> list[Script]:  # noqa: ARG002
        """None: shims act by themselves."""
        return []

    def rows(self) -> Rows:
        """What each of them has changed, message by message."""
        return {
            "member_lies": [
                {
                    "adversary": part.path,
                    "kind": part.kind,
                    "replica": replica,
                    "deeds": self._deeds(replica),
                }
                for replica, part in sorted(self.parts.items())
            ]
        }

    def idle(self) -> list[str]:
        """Adversaries of whom nobody ever changed anything."""
        busy = {part.path for replica, part in self.parts.items() if self._deeds(replica)}
        paths = dict.fromkeys(part.path for part in self.parts.values())
        return [path for path in paths if path not in busy]

    def _deeds(self, replica: int) -> int:
        return sum(shim.deeds for one, shim in self._shims if one == replica)


def honest(node: object) -> object:
    """The protocol's own node, inside a shim if there is one."""
    return node.node if isinstance(node, Shim) else node


class Alone:
    """The node of a replica that asks nobody: what it proposes is decided."""

    def start(self, now_ns: int) -> list[Effect]:  # noqa: ARG002
        """Nothing to begin with."""
        return []

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:  # noqa: ARG002
        """Decide at once."""
        if not isinstance(message, Propose):
            return []
        return [Output(Decided(message.slot, message.value))]

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:  # noqa: ARG002
        """There are no timers."""
        return []


def bound_ns(options: Mapping[str, Any], publish_ns: int) -> int:
    """How long members wait for each other: a timeout, a round, or until the next publication."""
    return int(options.get("timeout_ns", options.get("round_ns", publish_ns)))


def _cast(parts: Parts) -> dict[int, LiarPlan]:
    tree = tree_shape(parts.plan)
    found: dict[int, LiarPlan] = {}
    for liar in parts.plan.control.liars:
        stream = parts.streams.stream("control", "liars", liar.path)
        order = stream.permutation(candidates(liar, tree)).tolist()
        found |= dict.fromkeys(order[: chosen(liar, tree)], liar)
    return found
