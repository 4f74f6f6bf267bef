"""The scenario language: a YAML file in, a frozen and fully resolved plan out.

The public functions load what they need (pydantic, ruamel.yaml) when they are first asked for, so
that importing `sim.scenario.plan` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.scenario.authoring import json_schema, kinds, template
    from sim.scenario.loader import Scenario, load_scenario, parse_scenario
    from sim.scenario.writer import resolved_document, resolved_yaml

_HOME: Final = {
    "Scenario": "loader",
    "json_schema": "authoring",
    "kinds": "authoring",
    "load_scenario": "loader",
    "parse_scenario": "loader",
    "resolved_document": "writer",
    "resolved_yaml": "writer",
    "template": "authoring",
}

__all__ = [
    "Scenario",
    "json_schema",
    "kinds",
    "load_scenario",
    "parse_scenario",
    "resolved_document",
    "resolved_yaml",
    "template",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
