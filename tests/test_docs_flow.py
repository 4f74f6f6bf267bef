"""docs/flow.md names every folder of the package once, and the module to begin with exists."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINKED = re.findall(r"\]\(\.\./(sim/[^)]*)\)", (ROOT / "docs" / "flow.md").read_text("utf-8"))


def packages():
    found = [init.parent.relative_to(ROOT) for init in (ROOT / "sim").rglob("__init__.py")]
    return sorted(str(path) for path in found if path != Path("sim"))


def test_every_folder_of_the_package_is_met_once():
    folders = Counter(path for path in LINKED if not path.endswith(".py"))
    assert folders == dict.fromkeys(packages(), 1)


def test_a_module_to_begin_with_is_named_for_every_folder():
    """The blocks of a scenario are built alike, so one sentence has the names for all of them."""
    named = {str(Path(path).parent) for path in LINKED if path.endswith(".py")}
    unnamed = [path for path in packages() if path not in named]
    assert all(path.startswith("sim/scenario/blocks") for path in unnamed)
