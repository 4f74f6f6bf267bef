"""The engine: clock, streams, hosts, faults, and the one place where plan and planes meet."""
