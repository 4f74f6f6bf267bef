"""Basic HotStuff: consensus by a leader, linear in messages; `node.HotStuff` is the protocol.

Yin, Malkhi, Reiter, Gueta, Abraham, "HotStuff: BFT Consensus with Linearity and Responsiveness",
PODC 2019, Algorithm 2, one slot after the other.
"""
