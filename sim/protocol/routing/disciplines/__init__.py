"""Which message goes next: one discipline a file, by name in `sim.protocol.routing.registry`."""
