"""The report in headless Chromium: opened from a file, moved by keys, narrow, and without scripts.

One browser and one page serve all tests; each puts back what it changes. Without Chromium they are
skipped, but not where CI is set.
"""

import os
import shutil
from dataclasses import replace

import pytest

from sim.report.html.facts import Run
from sim.report.html.page import write_page
from tests.report.export.exported import stored

pytestmark = pytest.mark.slow

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
SERVICE = "/usr/bin/chromedriver"
NAME = "</script><b>bold</b>"


def chromium():
    """Where it is; a test cannot go on without it."""
    found = shutil.which("chromium")
    if found is None or not os.path.exists(SERVICE):
        if os.environ.get("CI"):
            pytest.fail("the report is tested in Chromium, and there is none on this machine")
        pytest.skip("there is no Chromium (with chromedriver) on this machine")
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium with the report of a run of two seconds, of which all messages were kept."""
    from selenium import webdriver

    folder = tmp_path_factory.mktemp("browser")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium()
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    kept = stored()
    kept = replace(kept, plan=replace(kept.plan, about=NAME))
    write_page([Run("run", {"scenario": NAME, "seed": 1}, kept, [])], folder / "report.html")
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(SERVICE))
    try:
        driver.get((folder / "report.html").as_uri())
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def plain(browser):
    """What is on the page while scripts are off."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.refresh()
    tables = browser.find_elements("css selector", ".chart table")
    found = {
        "now": text(browser, ".now"),
        "states": text(browser, ".states tbody"),
        "charts": len(tables),
        "hidden": sum(not table.is_displayed() for table in tables),
        "cut": len(browser.find_elements("css selector", ".map .spot.cut[data-member]")),
        "slider": browser.find_element("css selector", ".scrub").is_displayed(),
    }
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    browser.refresh()
    return found


def text(browser, selector):
    return browser.find_element("css selector", selector).text


def looks(browser):
    """Letter and look of every mark on the map."""
    return browser.execute_script(
        "return [...document.querySelectorAll('.map .spot[data-member]')]"
        ".map(spot => spot.className + spot.querySelector('b').textContent)"
    )


def press(browser, selector, *keys):
    element = browser.find_element("css selector", selector)
    element.send_keys(*keys)


def put(browser, selector, value):
    """Set a control as a hand would, and tell the page."""
    browser.execute_script(
        "const it = document.querySelector(arguments[0]); it.value = arguments[1];"
        "it.dispatchEvent(new Event('input', {bubbles: true}))",
        selector,
        value,
    )


def test_the_page_opens_without_a_complaint_and_draws_its_charts(browser):
    browser.execute_script("document.querySelector('.plot').scrollIntoView()")
    wait_for(browser, "return document.querySelector('.plot .main-svg') !== null")
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def wait_for(browser, script):
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, 5, 0.05).until(lambda driver: driver.execute_script(script))


def test_what_a_scenario_is_called_is_shown_as_it_is_written(browser):
    assert text(browser, ".about") == NAME


def test_the_script_says_what_the_page_was_written_with(browser, plain):
    put(browser, ".at", browser.find_element("css selector", ".at").get_attribute("value"))
    assert plain["now"] == text(browser, ".now")
    assert plain["states"] == text(browser, ".states tbody")


def test_a_set_value_changes_the_map_its_words_and_its_table(browser):
    put(browser, ".at", 0)
    before = looks(browser), text(browser, ".now"), text(browser, ".states tbody")
    put(browser, ".at", 5)
    after = looks(browser), text(browser, ".now"), text(browser, ".states tbody")
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert "spot cutC" in after[0]
    assert "cut off (region-0)" in after[1]


def test_arrow_page_home_and_end_keys_move_the_instant(browser):
    from selenium.webdriver.common.keys import Keys

    told = []
    for key in (Keys.HOME, Keys.ARROW_RIGHT, Keys.PAGE_UP, Keys.END, Keys.ARROW_LEFT):
        press(browser, ".at", key)
        told.append(text(browser, ".scrub output"))
    assert told[0] == "0.2 s"
    assert told[1] == "0.4 s"
    assert told[3] == "2 s"
    assert told[4] == "1.8 s"
    assert text(browser, ".now").startswith("At 1.8 s:")


def test_the_next_event_is_the_begin_of_the_cut(browser):
    put(browser, ".at", 0)
    for _ in range(3):
        browser.find_element("css selector", ".after").click()
        if text(browser, ".scrub output") == "0.8 s":
            return
    pytest.fail("no event at 0.8 s")


def test_the_window_of_messages_changes_the_diagram_and_what_is_told_of_it(browser):
    def shown():
        arrows = "return document.querySelector('.diagram').innerHTML"
        return browser.execute_script(arrows), text(browser, ".told")

    put(browser, ".from", 100)
    before = shown()
    put(browser, ".from", 800)
    assert all(one != other for one, other in zip(before, shown(), strict=True))


def test_only_messages_of_a_kind_are_drawn_if_that_is_asked_for(browser):
    count = "return document.querySelectorAll('.diagram .sent').length"
    every = browser.execute_script(count)
    put(browser, ".kind", "0")
    assert 0 <= browser.execute_script(count) < every
    put(browser, ".kind", "")


def test_focus_can_be_seen_on_what_has_it(browser):
    from selenium.webdriver.common.keys import Keys

    press(browser, ".at", Keys.TAB)
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert browser.execute_script(outline) == "solid"


def test_a_phone_has_nothing_to_scroll_sideways(browser):
    metrics = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        wait_for(browser, "return document.documentElement.scrollWidth === 360")
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_nothing_was_asked_of_the_network(browser):
    names = "return performance.getEntriesByType('resource').map(one => one.name)"
    assert browser.execute_script(names) == []


def test_without_scripts_every_table_and_the_map_are_there_and_no_dead_control(plain):
    assert "cut off" in plain["states"]
    assert plain["charts"] >= 3
    assert plain["hidden"] == 0
    assert plain["cut"] == 1
    assert not plain["slider"]
