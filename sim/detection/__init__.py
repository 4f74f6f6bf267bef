"""Detection: detectors under one contract, how they are scored, and the public API on arrays."""
