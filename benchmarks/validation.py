"""docs/validation.md: theory against what the simulator measures, from the figures of the tests.

    pytest tests/theory --validation docs/validation.md

No figure is written by hand: each is told by the test that asserts it (`tests/theory/conftest.py`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SECTIONS: Final = {
    "2.1": "Moments and summation",
    "2.2": "Quantiles",
    "2.3": "Dependence",
    "2.4": "Confidence intervals up the hierarchy",
    "2.5": "Looking all the time",
    "3": "Combination of evidence",
    "4": "Robust aggregation",
    "5": "Attacks",
    "6": "Agreement",
    "7": "Committees, watchers, audits",
    "8.1": "Age of information and reads",
    "8.2": "Clocks and fusion",
    "8.3": "Failure detectors, anti-entropy, recovery",
    "10": "False discoveries",
    "11": "Topology, rebalancing, routing",
}
HEAD: Final = """# Theory against the simulator

Every figure here was measured by a test that drives the code of the simulator, and was written down
by that test; nobody edits this page.

```sh
make validation    # pytest tests/theory --validation docs/validation.md: a few minutes
```

*Theory* is the figure of the literature, of a closed form or of an independent calculation, and
*± s.e.* the standard error of what was measured. *Apart* is how many standard errors lie between
the two (theory's own is added where its figure was measured, too). Where nothing is random there
are none, and the verdict says how much the test allows. Seeds are fixed, so the page is the same
every time; of many right figures one in 370 is beyond 3 standard errors.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its section, what it is, both numbers with their standard errors, and its test.

    `allowed` is the largest difference where nothing is random; `reason`, if there is one, why
    theory's figure could not be reproduced.
    """

    section: str
    what: str
    theory: float
    measured: float
    error: float
    theory_error: float
    allowed: float
    reason: str
    test: str

    @property
    def apart(self) -> float | None:
        """Standard errors between theory and measurement; None where nothing is random."""
        spread = math.hypot(self.error, self.theory_error)
        return (self.measured - self.theory) / spread if spread else None

    @property
    def verdict(self) -> str:
        """In words; "differs" for what no test should have let pass."""
        if self.reason:
            return "**not reproduced**"
        if self.apart is not None:
            return next((f"within {n} s.e." for n in (3, 4) if abs(self.apart) <= n), "differs")
        if math.isclose(self.measured, self.theory):
            return "equal"
        off = abs(self.measured - self.theory)
        return f"within {number(self.allowed)}" if off <= self.allowed else "differs"


def number(value: float, error: float = 0.0) -> str:
    """The digits that mean something: two of the standard error, else six."""
    if error and abs(value) > 1e-3:
        return f"{value:,.{max(1 - math.floor(math.log10(error)), 0)}f}"
    if value == round(value) and abs(value) < 1e12:
        return f"{value:,.0f}"
    return f"{value:.3g}" if error else f"{value:.6g}"


def row(figure: Figure) -> str:
    """A line of a section's table."""
    path, _, name = figure.test.partition("::")
    sentence = name.partition("[")[0].removeprefix("test_").replace("_", " ")
    cells = (
        figure.what,
        number(figure.theory),
        number(figure.measured, figure.error),
        f"± {figure.error:.2g}" if figure.error else "",
        "" if figure.apart is None else f"{figure.apart:+.1f}",
        figure.verdict,
        f"[{sentence}](../{path})",
    )
    return f"| {' | '.join(cells)} |"


def table(figures: Sequence[Figure]) -> list[str]:
    """Lines of a table of some figures, as they came."""
    head = "| figure | theory | measured | ± s.e. | apart | verdict | the test that measures it |"
    return [head, "|---|---|---|---|---|---|---|", *map(row, figures)]


def summary(figures: Sequence[Figure]) -> list[str]:
    """How many there are of each verdict, and why some could not be reproduced."""
    failed = [figure for figure in figures if figure.reason]
    within = [figure for figure in figures if not figure.reason and figure.apart is not None]
    near = sum(abs(figure.apart or 0) <= 3 for figure in within)
    fixed = len(figures) - len(failed) - len(within)
    return [
        f"{len(figures)} figures. {len(failed)} could not be reproduced. Of the others"
        f" {len(within)} have a standard error, of which {near} are within 3 of them, and {fixed}"
        " have none and are equal or within what their test allows. Not reproduced:",
        "",
        *(
            f"- {figure.what}: {number(figure.measured, figure.error)} against"
            f" {number(figure.theory)}."
            f" {figure.reason}"
            for figure in failed
        ),
    ]


def page(figures: Sequence[Figure]) -> str:
    """The page in Markdown, a table for each section of theory."""
    lines = [HEAD, *summary(figures)]
    for section, title in SECTIONS.items():
        chosen = [figure for figure in figures if figure.section == section]
        if chosen:
            lines += ["", f"## {title}", "", *table(chosen)]
    return "\n".join(lines) + "\n"
