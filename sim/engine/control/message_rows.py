"""Single messages of the control plane as a table, for those who asked for them.

Names are those of hosts, ``root-0/1 pbft``: the machine, and what runs there.
"""

from collections.abc import Callable

import numpy as np

from sim.engine.control.fabric import Place
from sim.engine.journal import Table
from sim.engine.kept import Kept
from sim.engine.switch import Switch


class MessageRows:
    """What `kept` asks for of what goes through a switch; made before anything is sent."""

    def __init__(
        self,
        kept: Kept,
        switch: Switch,
        place: Callable[[str], Place],
        part_of: Callable[[str], str],
    ) -> None:
        self._kept, self._switch = kept, switch
        self._place, self._part_of = place, part_of
        self._known: dict[str, bool] = {}
        switch.keep(self._is_wanted)

    def table(self) -> Table:
        """sent_ns, arrived_ns, sender, receiver, kind, part; rows in the order of sending.

        `arrived_ns` is -1 for what never arrives, and may lie behind the end of the run for what is
        on its way then; `part` is that of the sender.
        """
        table = self._switch.messages()
        if self._kept.nodes is not None:
            rows = self._is_chosen(table["sender"]) | self._is_chosen(table["receiver"])
            table = {name: column[rows] for name, column in table.items()}
        names, which = np.unique(table["sender"], return_inverse=True)
        parts = np.array([self._part_of(name) for name in names.tolist()] or [""])
        return {**table, "part": parts[which]}

    def _is_wanted(self, sent_ns: int, sender: str, receivers: tuple[str, ...]) -> bool:
        if not self._kept.is_due(sent_ns):
            return False
        return self._kept.nodes is None or any(map(self._is_of, (sender, *receivers)))

    def _is_of(self, host: str) -> bool:
        """Whether a host is on a machine that is asked for."""
        if host not in self._known:
            place = self._place(host)
            self._known[host] = self._kept.is_of(place.tier, place.node)
        return self._known[host]

    def _is_chosen(self, hosts: np.ndarray) -> np.ndarray:
        names, which = np.unique(hosts, return_inverse=True)
        return np.array([self._is_of(name) for name in names.tolist()], np.bool_)[which]
