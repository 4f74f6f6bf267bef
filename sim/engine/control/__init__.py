"""The control plane of a run: real protocol nodes on hosts, joined by the network of the world."""
