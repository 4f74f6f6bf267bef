"""Detection inside a run: watches at the locals, a twin at the source, the node that decides."""

from sim.engine.detection.detection import Detection

__all__ = ["Detection"]
