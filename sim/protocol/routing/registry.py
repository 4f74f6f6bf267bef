"""Queueing disciplines by name. A new one is a file in `disciplines`, and a line here."""

from collections.abc import Mapping
from typing import Final

from sim.protocol.routing.contract import Discipline, DisciplineMaker, Setting
from sim.protocol.routing.disciplines.fifo import Fifo
from sim.protocol.routing.disciplines.priority import Priority


def priority(setting: Setting) -> Discipline:
    """Strict priority; `within` (fifo) names the discipline of those of one class.

    Raises KeyError for a discipline that there is not.
    """
    return Priority(setting, DISCIPLINES[setting.options.get("within", "fifo")])


DISCIPLINES: Final[Mapping[str, DisciplineMaker]] = {
    "fifo": Fifo,
    "priority": priority,
}
