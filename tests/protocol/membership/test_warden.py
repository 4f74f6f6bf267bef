"""Wards and their warden, message by message."""

import pytest

from sim.protocol.agreement.certify import certificate_of, statement
from sim.protocol.agreement.contract import Decided, Membership, Value
from sim.protocol.agreement.log import Entries, Request
from sim.protocol.agreement.petitioner import RESEND, Petitioner
from sim.protocol.committee import Committee
from sim.protocol.effects import Output, Send
from sim.protocol.membership.aggregator import NewEpoch
from sim.protocol.membership.contract import Alive, Failed, Post
from sim.protocol.membership.epochs import founded
from sim.protocol.membership.heartbeat import Heartbeat
from sim.protocol.membership.ownership import Holding
from sim.protocol.membership.registry import heartbeat
from sim.protocol.membership.succession import Return, Succession, succeeded
from sim.protocol.membership.ward import TELL, Adopted, Due, Knows, Sightings, Ward
from sim.protocol.membership.warden import REPEAT, Believed, Fenced, Warden
from sim.protocol.signatures import Notary, digest

S = 1_000_000_000
NAMES = ("a", "b", "c")
WARDS = {name: f"{name} ward" for name in NAMES}
NOTARY = Notary(b"secret", 1)
LOG = Membership(Committee(("registry",), 0), 0, NOTARY.seal(0), NOTARY)


def _view():
    runs = [((10 * place, 10 * place + 10), name) for place, name in enumerate(NAMES)]
    return founded("root", [("left", "root"), *((name, "left") for name in NAMES)], runs)


def _wish(change, epoch):
    return Value(digest(repr(change), epoch), content=change)


def _warden(detector=None, **more):
    petitioner = Petitioner("warden", LOG, S)
    change_in = lambda value: value.content  # noqa: E731
    return Warden("warden", "left", _view(), WARDS, petitioner, _wish, change_in, detector, **more)


def _logged(slot, change):
    value = _wish(change, slot)
    signed = statement(slot, value.digest)
    certificate = certificate_of(signed, {0: NOTARY.seal(0).sign(signed)})
    return Entries((Decided(slot, value, certificate),))


def _outputs(effects, kind):
    return [one.event for one in effects if isinstance(one, Output) and isinstance(one.event, kind)]


def _sent(effects, kind):
    return [one for one in effects if isinstance(one, Send) and isinstance(one.message, kind)]


def _wanted(effects):
    return [one.message.value.content for one in _sent(effects, Request) if one.message.value]


def _sighted(by, number, *failed):
    return Sightings(by, number, tuple(WARDS[name] for name in failed))


def test_what_most_wards_say_of_one_makes_it_failed_and_its_succession_wanted():
    warden = _warden()
    warden.start(0)
    assert _wanted(warden.on_message(_sighted("c", 1), 0)) == []
    assert _wanted(warden.on_message(_sighted("b", 1, "a"), 0)) == [], "one of two"
    effects = warden.on_message(_sighted("c", 2, "a"), 1)
    assert _outputs(effects, Believed) == [Believed("warden", "a", has_failed=True)]
    (wanted,) = _wanted(effects)
    assert wanted.gone == "a"
    assert wanted.to in ("b", "c")


def test_wards_that_have_been_silent_for_long_have_no_say():
    warden = _warden()
    warden.on_message(_sighted("c", 1), 0)
    effects = warden.on_message(_sighted("b", 1, "a"), 10 * S)
    assert _wanted(effects), "the only one who is heard"


def test_old_sightings_and_those_of_strangers_count_nothing():
    warden = _warden()
    warden.on_message(_sighted("b", 5), 0)
    assert warden.on_message(_sighted("b", 4, "a"), 0) == []
    assert warden.on_message(_sighted("stranger", 1, "a"), 0) == []
    assert not warden.failed


def test_a_petition_is_repeated_until_it_is_logged_and_then_no_more():
    warden = _warden()
    warden.start(0)
    (wanted,) = _wanted(warden.on_message(_sighted("b", 1, "a"), 0))
    assert _wanted(warden.on_timer(RESEND, S)) == [wanted]
    warden.on_message(_logged(1, Succession("a", "b")), S)
    assert _wanted(warden.on_timer(RESEND, 2 * S)) == []


def test_a_petition_for_one_who_is_back_before_it_was_logged_is_dropped():
    warden = _warden()
    warden.on_message(_sighted("b", 1, "a"), 0)
    warden.on_message(_sighted("b", 2), 0)
    assert _wanted(warden.on_timer(RESEND, S)) == []


def test_a_view_is_told_to_all_wards_and_again_to_those_who_do_not_answer():
    warden = _warden()
    effects = warden.on_message(_logged(1, Succession("a", "b")), 0)
    assert [one.to for one in _sent(effects, NewEpoch)] == list(WARDS.values())
    (adopted,) = _outputs(effects, Adopted)
    warden.on_message(Knows("b", adopted.view.epoch), 0)
    again = _sent(warden.on_timer(REPEAT, S), NewEpoch)
    assert [one.to for one in again] == ["a ward", "c ward"]


def test_who_is_back_is_readmitted_with_its_own_sources_by_who_saw_it_fail():
    warden, other = _warden(), _warden()
    warden.on_message(_sighted("b", 1, "a"), 0)
    for one in (warden, other):
        one.on_message(_logged(1, Succession("a", "b")), 0)
    assert _wanted(warden.on_message(_sighted("b", 2), 0)) == [Return("a", "left", ((0, 10),))]
    assert _wanted(other.on_message(_sighted("b", 2), 0)) == []


def test_without_consequences_nothing_is_wanted():
    warden = _warden(rehome=False)
    effects = warden.on_message(_sighted("b", 1, "a"), 0)
    assert _outputs(effects, Believed)
    assert _wanted(effects) == []


def test_reports_under_an_ownership_that_is_over_are_refused():
    warden = _warden()
    old = Holding("a", 0, 0, 1, 10, None)
    assert not _outputs(warden.on_message(old, 0), Fenced)
    warden.on_message(_logged(1, Succession("a", "b")), 0)
    assert _outputs(warden.on_message(old, 0), Fenced) == [Fenced("warden", "a", 10)]
    assert _outputs(warden.on_message(Holding("b", 0, 0, 1, 10, None), 0), Fenced)
    since = warden.view.member("b").since
    assert not _outputs(warden.on_message(Holding("b", since, 0, 1, 20, None), 0), Fenced)


def test_a_parent_that_watches_by_itself_goes_by_its_own_detector():
    options = {"period_ns": S, "timeout_ns": 3 * S}
    warden = _warden(heartbeat(Post("warden", tuple(WARDS.values()), options=options)))
    warden.start(0)
    warden.on_message(Heartbeat("b ward", 0, 1), S)
    warden.on_message(Heartbeat("c ward", 0, 1), S)
    effects = warden.on_timer("quiet a ward", 3 * S)
    assert _outputs(effects, Failed)
    assert [wanted.gone for wanted in _wanted(effects)] == ["a"]
    effects = warden.on_message(Heartbeat("a ward", 0, 1), 3 * S + 1)
    assert _outputs(effects, Alive)
    assert not warden.failed


class _Inner:
    """A detector whose opinions a test chooses."""

    def __init__(self):
        self.effects = []

    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        return self.effects

    on_timer = on_message


@pytest.fixture
def ward():
    return Ward("a", _Inner(), ("left warden", "right warden"), _view(), tells=True)


def test_parents_hear_at_once_of_what_changes_and_again_later(ward):
    ward._detector.effects = [Output(Failed("b ward", "a ward"))]
    told = _sent(ward.on_timer("any", 0), Sightings)
    assert [one.to for one in told] == ["left warden", "right warden"]
    assert told[0].message.failed == ("b ward",)
    assert _sent(ward.on_timer("any", 0), Sightings) == [], "nothing new"
    assert _sent(ward.on_timer(TELL, 0), Sightings)[0].message.failed == ("b ward",)
    ward._detector.effects = [Output(Alive("b ward", "a ward"))]
    assert _sent(ward.on_timer("any", 0), Sightings)[0].message.failed == ()


def test_a_ward_adopts_newer_views_alone_and_answers_to_all(ward):
    newer = succeeded(_view(), Succession("b", "c"))
    effects = ward.on_message(NewEpoch(newer), 0)
    assert _outputs(effects, Adopted) == [Adopted("a", newer)]
    effects = ward.on_message(NewEpoch(_view()), 0)
    assert not _outputs(effects, Adopted)
    assert _sent(effects, Knows)[0].message == Knows("a", newer.epoch)


def test_a_ward_reports_under_the_epoch_that_it_knows(ward):
    (first, _) = _sent(ward.on_message(Due(1, 10, 100), 0), Holding)
    assert (first.message.owner, first.message.epoch, first.message.sources) == ("a", 0, 10)
    assert first.message.size_bytes > 100
    ward.on_message(NewEpoch(succeeded(_view(), Succession("a", "b"))), 0)
    assert ward.on_message(Due(2, 10, 100), 0) == []


def test_a_ward_in_its_second_life_does_not_report_before_it_knows_the_epoch():
    ward = Ward("a", _Inner(), ("warden",), _view(), life=1)
    assert ward.on_message(Due(1, 10, 100), 0) == []
    assert _outputs(ward.on_message(NewEpoch(_view()), 0), Adopted)
    assert ward.on_message(Due(2, 10, 100), 0)
