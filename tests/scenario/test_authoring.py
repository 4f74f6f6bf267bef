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
