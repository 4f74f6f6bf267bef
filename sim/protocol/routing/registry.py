"""Queueing disciplines and send policies by name. A new one is a file, and a line here."""

from collections.abc import Mapping
from typing import Final

from sim.protocol.routing.contract import Discipline, DisciplineMaker, Setting
from sim.protocol.routing.disciplines.fifo import Fifo
from sim.protocol.routing.disciplines.priority import Priority
from sim.protocol.routing.sending.contract import PolicyMaker
from sim.protocol.routing.sending.on_delta import OnDelta
from sim.protocol.routing.sending.periodic import Periodic


def priority(setting: Setting) -> Discipline:
    """Strict priority; `within` (fifo) names the discipline of those of one class.

    Raises KeyError for a discipline that there is not.
    """
    return Priority(setting, DISCIPLINES[setting.options.get("within", "fifo")])


DISCIPLINES: Final[Mapping[str, DisciplineMaker]] = {
    "fifo": Fifo,
    "priority": priority,
}

POLICIES: Final[Mapping[str, PolicyMaker]] = {
    "periodic": Periodic,
    "on_delta": OnDelta,
}
