"""Importance flood: claim top priority, many times over.

What is sent is true and useless. It takes the time of who must look at it, and of those behind it.
"""

from typing import ClassVar, Literal

from sim.adversary.contract import Strategy


class ImportanceFlood(Strategy):
    """Lets `times` copies follow each report; options: times."""

    tiers: ClassVar[Literal["both"]] = "both"
    expects = (
        "makes its siblings' reports wait where a receiver needs time for each, and nothing else, "
        "since repeats bring no news; a token bucket for each sender stops it"
    )

    def copies(self) -> int:
        """See `Strategy.copies`."""
        return 1 + int(self.options["times"])
