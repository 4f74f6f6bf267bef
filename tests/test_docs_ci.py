"""The workflow in docs/ci.md can be copied as it stands: it is YAML, and its commands exist."""

import re
import shlex
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from sim.cli.app import app

PAGE = (Path(__file__).parent.parent / "docs" / "ci.md").read_text(encoding="utf-8")
WORKFLOW = next(text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.S) if "jobs:" in text)
STEPS = YAML(typ="safe").load(WORKFLOW)["jobs"]["gate"]["steps"]
CALLS = [step["run"] for step in STEPS if step.get("run", "").startswith("sim ")]


def test_the_workflow_checks_out_installs_and_checks():
    assert [step.get("uses", "").split("@")[0] for step in STEPS][:2] == [
        "actions/checkout",
        "actions/setup-python",
    ]
    assert len(CALLS) == 2


@pytest.mark.parametrize("call", CALLS)
def test_every_option_of_the_workflow_exists(call):
    name, *words = shlex.split(call)[1:]
    command = get_command(app).commands[name]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_exit_codes_of_the_page_are_those_of_the_program():
    from sim.cli.exits import Exit

    codes = re.findall(r"^\| (\d+) \|", PAGE, re.M)
    assert codes == [str(int(code)) for code in Exit]
