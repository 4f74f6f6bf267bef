"""What helps to write a scenario is complete, current and good."""

import json
from pathlib import Path
from typing import get_args

import pytest

from sim.scenario import authoring, catalogue, json_schema, kinds, template
from sim.scenario.schema import agents, anomalies, detection, detectors, faults, latency, topology
from tests.scenario.texts import mistakes_in

PUBLISHED = Path(__file__).parents[2] / "docs" / "scenario.schema.json"


def test_the_published_schema_is_current():
    message = "run `sim schema > docs/scenario.schema.json`"
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json_schema(), message


def test_the_schema_names_its_dialect():
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_has_a_description():
    schema = json_schema()
    blocks = {"Scenario": schema, **schema["$defs"]}
    silent = [
        f"{name}.{key}"
        for name, block in blocks.items()
        for key, field in block.get("properties", {}).items()
        if "description" not in field
    ]
    assert silent == []


def test_a_quantity_shows_its_default_with_its_unit():
    fields = json_schema()["$defs"]["Baseline"]["properties"]
    assert fields["publish"]["default"] == "1s"


def maps_in(schema):
    """Every map of a JSON Schema, at any depth."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, dict | list):
            yield from maps_in(inner)


def test_limits_have_the_names_that_editors_know():
    own = [one for one in maps_in(json_schema()) if {"ge", "gt", "le", "lt"} & set(one)]
    assert own == []


@pytest.mark.parametrize(
    ("block", "key", "limits"),
    [
        ("BenjaminiHochberg", "alpha", {"exclusiveMinimum": 0, "exclusiveMaximum": 1}),
        ("BenjaminiHochberg", "quota", {"minimum": 1, "maximum": 100_000_000}),
        ("Qute", "rounds", {"minimum": 1, "maximum": 2048}),
        ("Confidence", "level", {"minimum": 0.01, "maximum": 0.999999}),
        ("Evolution", "start", {"exclusiveMinimum": 0, "maximum": 1}),
    ],
)
def test_limits_of_numbers_are_in_the_schema(block, key, limits):
    field = json_schema()["$defs"][block]["properties"][key]
    (number,) = [one for one in maps_in(field) if one.get("type") in ("integer", "number")]
    named = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    assert {name: number[name] for name in named if name in number} == limits


def test_the_template_is_a_good_scenario():
    assert mistakes_in(template()) == []


@pytest.mark.parametrize(
    ("union", "names"),
    [
        (latency.AnyLaw, catalogue.LATENCY_LAWS),
        (topology.AnyLoss, catalogue.LOSS_LAWS),
        (topology.Topology, catalogue.TOPOLOGIES),
        (agents.Behaviour, catalogue.BEHAVIOURS),
        (faults.AnyFault, catalogue.FAULTS),
        (anomalies.AnyAnomaly, catalogue.ANOMALIES),
        (detectors.AnyDetector, catalogue.DETECTORS),
        (detection.AnyControl, catalogue.CONTROLS),
    ],
)
def test_the_schema_knows_the_kinds_of_the_catalogue(union, names):
    blocks = get_args(get_args(union)[0])
    known = [get_args(block.model_fields["kind"].annotation)[0] for block in blocks]
    assert sorted(known) == sorted(names)


@pytest.mark.parametrize("subject", authoring._UNIONS)
def test_every_kind_is_described(subject):
    assert all(about for _, about in kinds(subject))
