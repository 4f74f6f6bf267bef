"""Messages one by one, against theory 11: n times the depth of the tree."""

import pytest

from sim.claims.experiments.unbatched import run


@pytest.mark.parametrize(
    ("agents", "messages"), [(1_000, 3_000), (10_000, 40_000), (100_000, 500_000)]
)
def test_a_report_that_goes_by_itself_takes_a_message_a_hop(agents, messages):
    assert run(1, agents=agents) == {"messages": messages}


def test_as_many_hops_are_taken_where_the_last_nodes_have_few_children():
    assert run(1, agents=1_001) == {"messages": 3_003}
