"""Adversaries inside a run: who they are, where they stand, what they see, and what they did.

`sim.adversary` says what a lie is; this folder only puts it between the nodes and the network.
"""
