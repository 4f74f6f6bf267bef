"""Sybil: one owner, many identities.

Everything that counts identities can be bought by making more of them (Douceur 2002). What stops it
is a price of admission; the share of liars is then a share of what it is paid with.
"""

import numpy as np

from sim.adversary.contract import Ints
from sim.adversary.push import Push


class Sybil(Push):
    """Identities that join at the begin and claim `to` sd; options: to (sd), identities (of each
    owner).
    """

    expects = (
        "outvotes every rule that counts identities once they are enough; one identity for each "
        "owner at admission leaves as many liars as there are owners"
    )
    silent_from_begin = True

    def owners(self) -> Ints:
        """See `Strategy.owners`: `identities` liars in a row have the same owner."""
        return np.arange(len(self.liars.nodes)) // int(self.options["identities"])
