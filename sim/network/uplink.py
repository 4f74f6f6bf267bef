"""The line on which a node sends: a rate, and a first-in-first-out queue in front of it.

A message leaves when the line has finished the one before and then takes its own transmission time
(Lindley's recursion, a step a report). What is lost later on its way has occupied the line all the
same. Lines are the senders' own; the network between the sites is not congested.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Uplink:
    """The lines on which the senders of one tier send.

    Where each sends `copies` of every message to as many receivers, one after the other, this is
    how the copy number `place` fares; the others take their time on the line, too.
    """

    def __init__(
        self, transmission_ns: float, senders: int, copies: int = 1, place: int = 0
    ) -> None:
        self.transmission_ns = transmission_ns
        self._copies, self._place = copies, place
        self.free_ns = np.zeros(senders)
        """When each line has sent everything that was given to it; shape (senders,)."""

    def wait(
        self, senders: slice, sent_ns: Floats, sent: Bools | None, rate_factor: Floats | float
    ) -> Floats:
        """Waiting and transmission of each message in ns; shape of `sent_ns`, reports in order.

        `sent` says which messages are sent (None = all); `rate_factor` (a scalar or one for each
        sender) is the share of the rate that is left.
        """
        free_ns = self.free_ns[senders]
        transmission_ns = self.transmission_ns / rate_factor
        waits = np.empty(sent_ns.shape)
        for row, instant_ns in enumerate(sent_ns):
            begin_ns = np.maximum(instant_ns, free_ns)
            waits[row] = begin_ns + transmission_ns * (self._place + 1) - instant_ns
            used = slice(None) if sent is None else sent[row]
            free_ns[used] = (begin_ns + transmission_ns * self._copies)[used]
        return waits
