"""Practical Byzantine fault tolerance; `node.PBFT` is the protocol."""
