"""docs/validation.md is of these tests: whoever measures a figure is on it, and nobody else."""

import ast
import re
from pathlib import Path

from benchmarks.validation import Figure, page

HERE = Path(__file__).parent
PAGE = (HERE.parent.parent / "docs" / "validation.md").read_text("utf-8")


def measuring():
    """(file, name as a sentence) of every test that takes the fixture `figure`."""
    for path in HERE.glob("test_*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "figure" in [
                one.arg for one in node.args.args
            ]:
                yield path.name, node.name.removeprefix("test_").replace("_", " ")


def test_the_page_has_every_test_that_measures_a_figure():
    shown = {(file, name) for name, file in re.findall(r"\[([^]]*)\]\(.*?/(test_\w+\.py)\)", PAGE)}
    assert shown == set(measuring())


def test_no_figure_differs_from_theory_without_a_reason():
    assert "| differs |" not in PAGE
    assert PAGE.count("**not reproduced**") == PAGE.count("\n- ")


def test_a_figure_is_judged_by_its_standard_errors_or_by_what_is_allowed():
    told = dict.fromkeys(("error", "theory_error", "allowed"), 0.0) | {"reason": "", "test": "a::b"}
    verdicts = [
        Figure("4", "x", 1.0, 1.2, **{**told, "error": 0.1}).verdict,
        Figure("4", "x", 1.0, 1.5, **{**told, "error": 0.1}).verdict,
        Figure("4", "x", 1.0, 1.5, **{**told, "error": 0.1, "theory_error": 0.2}).verdict,
        Figure("4", "x", 1.0, 1.0, **told).verdict,
        Figure("4", "x", 1.0, 1.2, **{**told, "allowed": 0.2}).verdict,
        Figure("4", "x", 1.0, 1.3, **{**told, "allowed": 0.2}).verdict,
    ]
    within, differs = "within 3 s.e.", "differs"
    assert verdicts == [within, differs, within, "equal", "within 0.2", differs]


def test_figures_come_below_the_heading_of_their_section():
    figure = Figure("2.2", "x", 1.0, 1.0, 0.0, 0.0, 0.0, "", "tests/theory/test_a.py::test_b_c[1]")
    assert "## Quantiles\n" in page([figure])
    assert "| x | 1 | 1 |  |  | equal | [b c](../tests/theory/test_a.py) |" in page([figure])
