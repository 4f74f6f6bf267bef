"""Account of first-come-first-served queues: what was asked of each server, and who waited.

A message of k services (a flood of copies) counts as k messages that come together. Sojourn is wait
plus service, so time that a server stands still is wait of everybody who is there. What is lost
with a server has waited until then.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Meter:
    """Account of the queues of a tier; arrays (servers,)."""

    def __init__(self, servers: int, service_ns: int) -> None:
        self.messages = np.zeros(servers, np.int64)
        """Accepted, whether they still wait or not."""
        self.work_ns = np.zeros(servers)
        """Service of all of them."""
        self.lost_ns = np.zeros(servers)
        """Service of those that were lost with their server before they got it."""
        self.waited_ns = np.zeros(servers)
        """From their arrivals to the begins of their services, those still to come included."""
        self._service_ns = service_ns

    def note(self, server: int, arrival_ns: Floats, service_ns: Floats, finish_ns: Floats) -> None:
        """Messages of one server, in the order of service, (messages,)."""
        copies = np.rint(service_ns / self._service_ns)
        first_ns = finish_ns - service_ns - arrival_ns
        self.messages[server] += int(copies.sum())
        self.work_ns[server] += service_ns.sum()
        behind_ns = self._service_ns * copies * (copies - 1) / 2
        self.waited_ns[server] += (copies * first_ns + behind_ns).sum()

    def give_up(self, servers: NDArray[np.bool_], left_ns: Floats) -> None:
        """All that waits at these `servers` is lost, with its service; (servers,) of all."""
        left_ns = np.where(servers, left_ns, 0.0)
        later = np.maximum(self.waiting(left_ns) - 1, 0)
        # The i-th behind the one in service would have waited for its rest and for i - 1 others.
        rest_ns = left_ns - later * self._service_ns
        self.waited_ns -= later * rest_ns + self._service_ns * later * (later - 1) / 2
        self.lost_ns += left_ns

    def put_off(self, left_ns: Floats, off_ns: Floats) -> None:
        """Servers stand still for `off_ns`, with so much work left; (servers,) each."""
        self.waited_ns += self.waiting(left_ns) * off_ns

    def waiting(self, left_ns: Floats) -> Floats:
        """Messages that are there, the one in service included, given the work that is left."""
        return np.asarray(np.ceil(left_ns / self._service_ns))
