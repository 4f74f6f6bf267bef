"""Nothing that a scenario says can break out of the page."""

import base64
import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from sim.report.html.embed import as_json, numbers, policy


@given(st.lists(st.text('<>&/!-s\u2028\u2029"', max_size=9), max_size=3))
def test_data_is_read_back_as_it_was_and_has_no_character_that_begins_a_tag(value):
    text = as_json(value)
    assert json.loads(text) == value
    assert not set(text) & {"<", ">", "&", "\u2028", "\u2029"}


def test_what_is_undefined_or_infinite_is_a_gap():
    assert numbers([1.0, float("nan"), float("inf"), 0.00012345]) == [1, None, None, 0.0001234]


def test_the_policy_names_each_script_by_its_hash_and_loads_nothing():
    digest = base64.b64encode(hashlib.sha256(b"let x = 1").digest()).decode()
    rules = policy(["let x = 1"]).split("; ")
    assert "default-src 'none'" in rules
    assert f"script-src 'sha256-{digest}'" in rules
