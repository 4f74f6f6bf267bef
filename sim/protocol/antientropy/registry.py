"""The methods by name. A new one is a file with both ends, and a line here."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from sim.protocol.antientropy.comparison import Answering, Comparison, Options, Session
from sim.protocol.antientropy.full import FullAnswering, FullComparison
from sim.protocol.antientropy.merkle_descent import MerkleAnswering, MerkleComparison
from sim.protocol.antientropy.messages import Compare
from sim.protocol.antientropy.rateless import RatelessAnswering, RatelessComparison
from sim.protocol.antientropy.store import Store


class Method(NamedTuple):
    """Makes the end that asks, and the end that is asked (of the number of the one asked)."""

    compare: Callable[[Session, Store, Options], Comparison]
    answer: Callable[[Session, int, Store, Options, Compare], Answering]


METHODS: Final[Mapping[str, Method]] = {
    "full": Method(FullComparison, FullAnswering),
    "merkle": Method(MerkleComparison, MerkleAnswering),
    "riblt": Method(RatelessComparison, RatelessAnswering),
}
