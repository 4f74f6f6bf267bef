"""What the pages point at is there: files, headings, scenarios, commands and their options."""

import re
from functools import cache
from pathlib import Path

import pytest
import typer

from sim.cli.app import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands
OF_THE_READER = ("scenarios/my-scenario.yaml", "scenarios/wan-cut.yaml")
"""Files of a project that uses the simulator, on the page about its build."""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@cache
def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def is_there(page, link):
    """Whether a link of a page leads to a file of the repository, and to a heading in it."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def calls(page):
    """Calls of `sim` on a page: in the text between backticks, and lines of blocks."""
    text = page.read_text("utf-8")
    for inline in re.findall(r"`(sim [^`\n]+)`", text):
        yield from re.split(r" · (?=sim )", inline)
    yield from re.findall(r"^(?:\$ )?(sim [^#\n]*)", text, re.M)


def unknown(call):
    """What is wrong with a call: a command or an option that does not exist."""
    words = re.findall(r"[^\s'\"=]+", call)[1:]
    command = COMMANDS.get(words[0])
    while command and getattr(command, "commands", None) and words[1:]:
        words, command = words[1:], command.commands.get(words[1])
    if command is None:
        return [words[0]] if not words[0].startswith("-") else []
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    options = {word for word in words if re.fullmatch(r"--[a-z][a-z-]*", word)}
    return sorted(options - known - {"--help"})


@each_page
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    assert [one for one in links if "://" not in one and not is_there(page, one)] == []


@each_page
def test_every_scenario_that_is_named_exists(page):
    named = re.findall(r"(?<![\w/])scenarios/[\w./-]+\.yaml", page.read_text("utf-8"))
    missing = [path for path in named if not (ROOT / path).is_file()]
    assert [path for path in missing if path not in OF_THE_READER] == []


@each_page
def test_every_command_and_option_that_is_named_exists(page):
    wrong = {call: unknown(call) for call in calls(page)}
    assert {call: words for call, words in wrong.items() if words} == {}


def test_a_command_or_an_option_that_does_not_exist_is_noticed():
    assert unknown("sim fly FILE") == ["fly"]
    assert unknown("sim run FILE --sett a=1 --jobs 2") == ["--sett"]
    assert unknown("sim baseline update FILE --yes") == []
