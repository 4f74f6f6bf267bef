"""What tests of theory measure, gathered for docs/validation.md.

A test tells `figure` what it holds against theory, beside its assertion; nothing comes of it unless
pytest is called with ``--validation FILE``, which writes the page there if every test has passed.
Figures travel with the reports of tests, so this also works with several processes.
"""

from pathlib import Path

import pytest

from benchmarks.validation import Figure, page


@pytest.fixture
def figure(request):
    """``figure(section, what, theory, measured, error)``: a figure that this test has measured.

    `error` is the standard error of what was measured, `theory_error` that of theory's own figure
    where that was measured, too. Where nothing is random `allowed` is what may be between them.
    With a `reason` the figure of theory could not be reproduced, and that is why.
    """

    def tell(
        section, what, theory, measured, error=0.0, *, theory_error=0.0, allowed=0.0, reason=""
    ):
        numbers = [float(one) for one in (theory, measured, error, theory_error, allowed)]
        request.node.user_properties.append(("figure", [section, what, *numbers, reason]))

    return tell


class Gathering:
    """Collects the figures of tests that passed; writes the page at the end."""

    def __init__(self, path: Path) -> None:
        self.path, self.figures = path, []

    def pytest_runtest_logreport(self, report):
        if report.when == "call" and report.passed:
            told = [value for name, value in report.user_properties if name == "figure"]
            self.figures += [Figure(*values, test=report.nodeid) for values in told]

    def pytest_sessionfinish(self, exitstatus):
        if exitstatus == pytest.ExitCode.OK:
            self.path.write_text(page(self.figures), encoding="utf-8")


def pytest_addoption(parser):
    parser.addoption("--validation", metavar="FILE", help="theory against what was measured")


def pytest_configure(config):
    path = config.getoption("--validation", None)
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gathering(Path(path)))
