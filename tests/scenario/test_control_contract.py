"""What the schema accepts of a control plane can be built: the same kinds, the same options."""

import pytest

from sim.protocol.agreement.contract import Membership
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.registry import METHODS
from sim.protocol.committee import Committee
from sim.protocol.membership.contract import Post
from sim.protocol.membership.registry import DETECTORS
from sim.protocol.signatures import Notary
from sim.scenario import catalogue, kinds
from tests.scenario.texts import GOOD, plan_of

SIX = GOOD + "tree: {replicas: {root: 6}}\n"
OPTIONS = {
    "approximate": "epsilon: 0.1, spread: 2, rule: select_mean, round: 50ms",
    "witness": "epsilon: 0.1, spread: 2",
    "pbft": "timeout: 2s, checkpoint: 4",
    "hotstuff": "timeout: 2s",
    "heartbeat": "period: 2s, timeout: 5s",
    "phi": "period: 2s, threshold: 3, law: exponential, window: 9",
    "swim": "period: 2s, timeout: 1s, proxies: 2, suspicion: 3",
    "merkle": "fan_out: 4",
}


def texts(names) -> list[str]:
    """Each kind with its defaults, and with all of its options."""
    chosen = [f"{{kind: {name}, {OPTIONS[name]}}}" for name in names if name in OPTIONS]
    return [*names, *chosen]


@pytest.mark.parametrize("text", texts(catalogue.PROTOCOLS))
def test_every_protocol_is_built_with_its_options(text):
    agreement = plan_of(SIX + f"agreement: {{protocol: {text}}}\n").control.agreement
    protocol, names = agreement.protocol, tuple("abcdef")
    notary = Notary(bytes(32), len(names))
    committee = Committee(names, agreement.f)
    membership = Membership(committee, 1, notary.seal(1), notary, options=protocol.options)
    assert isinstance(PROTOCOLS[protocol.kind].make(membership).start(0), list)


@pytest.mark.parametrize("text", texts(catalogue.FAILURE_DETECTORS))
def test_every_failure_detector_is_built_with_its_options(text):
    membership = plan_of(SIX + f"membership: {{detector: {text}}}\n").control.membership
    detector = membership.detector
    post = Post("a", ("b", "c"), ("d",), options=detector.options)
    assert isinstance(DETECTORS[detector.kind](post).start(0), list)


@pytest.mark.parametrize("text", texts(catalogue.SYNC_METHODS))
def test_every_method_of_anti_entropy_is_built_with_its_options(text):
    block = plan_of(SIX + f"anti_entropy: {{method: {text}}}\n").control.anti_entropy
    options = Options(block.method.kind, block.every_ns, **block.method.options)
    assert options.method in METHODS


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("protocols", catalogue.PROTOCOLS),
        ("failure-detectors", catalogue.FAILURE_DETECTORS),
        ("sync-methods", catalogue.SYNC_METHODS),
    ],
)
def test_the_schema_has_the_names_of_the_catalogue(subject, names):
    assert sorted(name for name, _ in kinds(subject)) == sorted(names)
