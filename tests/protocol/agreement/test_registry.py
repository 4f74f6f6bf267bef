"""The registry: every protocol by its name, with its bound, and quick to import."""

import subprocess
import sys

import pytest

from sim.protocol.agreement.registry import PROTOCOLS
from tests.protocol.net import Net

BROADCASTS_AND_AVERAGES = (
    "versions",
    "consistent_broadcast",
    "bracha",
    "imbs_raynal",
    "approximate",
    "witness",
)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_protocol_is_made_by_its_name_for_as_many_liars_as_it_says(name):
    protocol = PROTOCOLS[name]
    assert protocol.name == name
    f = min(protocol.most_liars(16), 5)
    node = Net(protocol.make, 16, f).hosts[0].node
    assert type(node).__name__ == protocol.target.split(":")[1]


@pytest.mark.parametrize(
    ("name", "n", "most"),
    [("versions", 4, 3), ("bracha", 4, 1), ("bracha", 6, 1), ("imbs_raynal", 31, 6)],
)
def test_one_liar_more_is_refused_with_the_bound(name, n, most):
    protocol = PROTOCOLS[name]
    protocol.check(n, most)
    match = f"{name} needs n > {protocol.liars_cost}f: {n} members tolerate {most}, not {most + 1}"
    with pytest.raises(ValueError, match=match):
        protocol.check(n, most + 1)
    with pytest.raises(ValueError, match="tolerate"):
        protocol.check(n, -1)


def test_all_broadcasts_and_averages_are_there():
    assert [name for name in PROTOCOLS if name in BROADCASTS_AND_AVERAGES] == list(
        BROADCASTS_AND_AVERAGES
    )


@pytest.mark.slow
def test_the_registry_imports_neither_numpy_nor_a_protocol():
    code = (
        "import sys; import sim.protocol.agreement.registry; "
        "print([m for m in sys.modules if m == 'numpy' or m.startswith('sim.protocol.agreement.')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['sim.protocol.agreement.registry']"
