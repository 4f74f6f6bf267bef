"""What ``sim explain`` says about what nodes can hold."""

import pytest

from sim.cli.explain.capacity import about_capacity
from tests.scenario.texts import GOOD, plan_of


@pytest.mark.parametrize(
    ("memory", "words"),
    [
        ("{local: 1GB}", "what each local holds fits into its 1 GB: "),
        ("{root: 1B}", "what the root holds does not fit into its 1 B: "),
    ],
)
def test_the_nodes_of_a_memory_are_named_as_one_or_as_many(memory, words):
    assert words in "\n".join(about_capacity(plan_of(GOOD + f"capacity: {{memory: {memory}}}\n")))


@pytest.mark.parametrize(("memory", "unit"), [("1GB", " % of it"), ("10B", " times as much")])
def test_what_fits_is_told_in_per_cent_and_what_does_not_as_a_multiple(memory, unit):
    plan = plan_of(GOOD + f"capacity: {{memory: {{root: {memory}}}}}\n")
    (line,) = [one for one in about_capacity(plan) if "what the root holds" in one]
    assert line.endswith(unit)
