"""Basic HotStuff: consensus by a leader, linear in messages, with a view synchroniser.

Yin, Malkhi, Reiter, Gueta, Abraham, "HotStuff: BFT Consensus with Linearity and Responsiveness",
PODC 2019, Algorithm 2, one slot after the other.
"""

from sim.protocol.agreement.hotstuff.node import HotStuff

__all__ = ["HotStuff"]
