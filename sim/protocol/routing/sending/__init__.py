"""When a source sends: one policy a file, by name in `sim.protocol.routing.registry`."""
