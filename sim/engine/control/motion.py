"""What must hold of everything that moves on the control plane and below it.

* Causality: no control message is faster than the shortest way between its two places.
* Monotone versions: what a node holds of the baseline never goes back to an older version.

A violation is a bug of the simulator.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine.control.fabric import Fabric
from sim.engine.world import World
from sim.errors import InvariantViolated
from sim.protocol.messages import Message

Ints = NDArray[np.int64]
Verdict = int | str


class Watched:
    """A fabric whose every verdict is checked against the world's own delays."""

    def __init__(self, fabric: Fabric, world: World) -> None:
        self._fabric, self._world = fabric, world

    def judge(self, sender: str, receiver: str, message: Message, now_ns: int) -> Verdict:
        """As the fabric's own. Raises InvariantViolated for a message that is too fast."""
        verdict = self._fabric.judge(sender, receiver, message, now_ns)
        self._check(sender, receiver, message, verdict)
        return verdict

    def judge_all(
        self, sender: str, receivers: tuple[str, ...], message: Message, now_ns: int
    ) -> list[Verdict]:
        """The same for a broadcast."""
        verdicts = self._fabric.judge_all(sender, receivers, message, now_ns)
        for receiver, verdict in zip(receivers, verdicts, strict=True):
            self._check(sender, receiver, message, verdict)
        return verdicts

    def _check(self, sender: str, receiver: str, message: Message, verdict: Verdict) -> None:
        if isinstance(verdict, str):
            return
        one, other = self._fabric.place(sender).site, self._fabric.place(receiver).site
        least_ns = self._world.delay_ns[one, other]
        # A way that is cut has no delay at all (infinite); half a nanosecond is rounding.
        if not verdict > least_ns - 1:
            kind = type(message).__name__
            raise InvariantViolated(
                f"causality: a {kind} from {sender} to {receiver} takes {verdict} ns "
                f"on a way of {least_ns:.0f} ns"
            )


class Monotone:
    """Remembers which version each node held when it was last looked at."""

    def __init__(self, world: World) -> None:
        downlink = world.downlink
        # The end of a spur only brings; what its nodes hold stands in the post of replica 0.
        spurs = [post for spur in downlink.spurs for post in spur.posts[:-1]]
        self._posts = [*downlink.posts, *spurs]
        self._before: list[Ints] = [post.version_held.copy() for post in self._posts]

    def check(self) -> None:
        """Raises InvariantViolated if some node holds an older version than before."""
        for hop, (post, before) in enumerate(zip(self._posts, self._before, strict=True)):
            back = np.flatnonzero(post.version_held < before)
            if back.size:
                node = int(back[0])
                held, had = int(post.version_held[node]), int(before[node])
                raise InvariantViolated(
                    f"monotone versions: {post.way.name}, node {node} holds {held} after {had}"
                )
            self._before[hop] = post.version_held.copy()
