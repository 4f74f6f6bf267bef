"""Colours of the report: what is text can be read, in the light and in the dark."""

import re
from importlib.resources import files

import pytest

CSS = files("sim.report.html").joinpath("templates/report.css").read_text(encoding="utf-8")
LIGHT, DARK = (dict(re.findall(r"--([\w-]+): (#\w{6});", block))
               for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL))  # fmt: skip
TEXTS = ("ink", "soft", "first", "second", "third", "fourth", "good", "bad", "unsure")


def luminance(colour):
    """Relative luminance (WCAG 2.2, section "relative luminance")."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_has_the_contrast_that_level_aa_asks_for(colours, text):
    assert contrast(colours[text], colours["paper"]) >= 4.5
    assert contrast(colours[text], colours["pale"]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_written_in_a_mark_can_be_read(colours):
    assert contrast(colours["ink"], colours["open"]) >= 4.5
    assert contrast(colours["paper"], colours["down"]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_ring_of_the_focus_stands_out(colours):
    assert contrast(colours["focus"], colours["paper"]) >= 3


def test_black_on_white_has_the_contrast_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
