"""What helps to write a scenario: a first file, and the schema that an editor completes from."""

from typing import Any, Final, get_args

from sim.scenario.blocks.dependence.schema import AnyMethod as AnyDependence
from sim.scenario.blocks.dependence.schema import AnySketch
from sim.scenario.blocks.routing.schema import AnyDiscipline, AnySending
from sim.scenario.schema.adversaries import AnyAdversary
from sim.scenario.schema.agents import Behaviour
from sim.scenario.schema.anomalies import AnyAnomaly
from sim.scenario.schema.control import AnyMethod, AnyProtocol, AnyWatcher
from sim.scenario.schema.detection import AnyControl
from sim.scenario.schema.detectors import AnyDetector
from sim.scenario.schema.faults import AnyFault
from sim.scenario.schema.latency import AnyLaw
from sim.scenario.schema.robust import AnyEstimator
from sim.scenario.schema.scenario import Scenario

_TEMPLATE: Final = """\
schema: 1
name: first-run
about: A region is cut off for five seconds.
seed: 1
duration: 30s

# A hundred agents, each sending four numbers ten times a second.
agents: {count: 100, features: 4, rate: 10Hz, behaviour: {kind: synthetic, drift: 0.1}}

# They sit at the sites of a real network (sim list topologies).
topology:
  kind: topohub
  name: topozoo/Abilene
  jitter: {kind: lognormal, median: 1ms, sigma: 0.5}
  loss: 0.1%

# 10 agents report to a local, 5 locals to a regional, the regionals to the root.
tree: {local: 10, regional: 5, levels: 3, forward: 10Hz}
baseline: {publish: 1s, pane: 5s}
staleness: {baseline: 5s, anomaly: 1s}

# region-1 is the root's second child and everything below it.
faults:
  - {kind: partition, groups: [region-1, rest], at: 10s, until: 15s}

# What must hold for the run to be good (sim list metrics).
thresholds:
  recovery.fresh.max: {max: 2s}
  coverage.mean: {min: 80%}
"""


_UNIONS: Final[dict[str, Any]] = {
    "adversaries": AnyAdversary,
    "anomalies": AnyAnomaly,
    "behaviours": Behaviour,
    "controls": AnyControl,
    "dependence": AnyDependence,
    "detectors": AnyDetector,
    "disciplines": AnyDiscipline,
    "failure-detectors": AnyWatcher,
    "faults": AnyFault,
    "latency": AnyLaw,
    "policies": AnySending,
    "protocols": AnyProtocol,
    "quantiles": AnySketch,
    "rules": AnyEstimator,
    "sync-methods": AnyMethod,
}


def kinds(subject: str) -> list[tuple[str, str]]:
    """Each ``kind`` of anomalies, detectors, faults and so on, and what it is."""
    union = get_args(_UNIONS[subject])[0]
    fields = [block.model_fields["kind"] for block in get_args(union)]
    return [(get_args(field.annotation)[0], field.description or "") for field in fields]


_LIMITS: Final[dict[str, tuple[str, str]]] = {
    "ge": ("minimum", "exclusiveMinimum"),
    "gt": ("exclusiveMinimum", "minimum"),
    "le": ("maximum", "exclusiveMaximum"),
    "lt": ("exclusiveMaximum", "maximum"),
}
"""What pydantic calls limits of a value that was converted first: how a JSON Schema calls them, and
what they stand in place of."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario",
        **_with_limits(Scenario.model_json_schema(by_alias=True, mode="validation")),
    }


def _with_limits(schema: Any) -> Any:
    """The same with every limit under the name that editors know.

    >>> _with_limits({"minimum": 0, "maximum": 1, "gt": 0, "lt": 1})
    {'exclusiveMinimum': 0, 'exclusiveMaximum': 1}
    """
    if isinstance(schema, list):
        return [_with_limits(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    limits = {key: schema[key] for key in _LIMITS if isinstance(schema.get(key), int | float)}
    replaced = {name for key in limits for name in _LIMITS[key]}
    kept = {
        key: _with_limits(inner)
        for key, inner in schema.items()
        if key not in limits and key not in replaced
    }
    return kept | {_LIMITS[key][0]: limit for key, limit in limits.items()}


def template() -> str:
    """A small scenario that runs as it is and shows every block."""
    return _TEMPLATE
