"""Claims and evidence that are made by hand."""

from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence, Row
from sim.claims.finding import Along, Floor, at_most
from sim.claims.measured import Measured

SOURCE = ScenarioSource("cut")
FLOOR = Floor(5.0, "nothing crosses a cut of more than 1 s")


def measured(value, low=None, high=None, unit="s", n=5):
    """A figure with the interval of a count unless another is given."""
    return Measured(value, value if low is None else low, value if high is None else high, unit, n)


def row(figure, length="3", source="cut"):
    """A cell with one figure of age."""
    return Row(source, {"length": length}, {"age": figure}, 7, 5, "sim run cut.yaml")


def judge(of):
    """Ages are to stay at or below 2 s, whatever the length of the cut."""
    for length, age in of.along("cut", "age", "length"):
        along = Along("a cut of", float(length), f"{length} s")
        floor = FLOOR if float(length) > 8 else None
        yield at_most(age, 2.0, "age", "baselines", floor=floor, along=along)


CLAIM = Claim("C99", "Ages stay below 2 s", (SOURCE,), judge, "As measured.")


def evidence(**ages):
    """Evidence with an age for each length: ``evidence(l3=measured(1))``."""
    return Evidence([row(figure, name.removeprefix("l")) for name, figure in ages.items()])
