"""The reference says what the schema says: each key once, links that lead to headings."""

import re
from pathlib import Path

from sim.scenario import json_schema
from sim.scenario.reference import reference

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference.md"
PAGE = reference()


def test_the_published_page_is_what_the_schema_gives():
    assert PUBLISHED.read_text(encoding="utf-8") == PAGE, (
        "run `sim schema --markdown > docs/reference.md`"
    )


def test_every_link_leads_to_a_heading():
    """GitHub's anchors: small letters, blanks become dashes, other signs go."""
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
    assert set(re.findall(r"\(#([^)]*)\)", PAGE)) <= anchors


def test_every_definition_has_one_heading_and_every_key_of_it_a_line():
    for name, definition in json_schema()["$defs"].items():
        sections = re.findall(
            rf"^### {name}(?: \([^\n]*)?\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL
        )
        assert len(sections) == 1, name
        keys = [key for key in definition.get("properties", {}) if key != "kind"]
        assert re.findall(r"^\| `([^`]*)` \|", sections[0], re.MULTILINE) == keys


def test_what_has_no_default_is_required():
    assert (
        "| `count` | integer ≥ 1 ≤ 100,000,000 | *required* | how many agents there are |" in PAGE
    )
