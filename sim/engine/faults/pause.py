"""Nodes stand still (a stopped process, a long collection), then go on where they were."""

from sim.engine.faults.base import OutageFault


class Pause(OutageFault):
    """options: nodes. Nothing is sent meanwhile; what arrives is taken in at the end."""

    loses_messages = False
