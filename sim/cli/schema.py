"""``sim schema``: the JSON Schema of a scenario file, for editors."""

from sim.cli.output import say_json


def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    from sim.scenario import json_schema

    say_json(json_schema())
