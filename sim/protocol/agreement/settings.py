"""What the protocols of this folder read from `Membership.options`, checked once."""

from sim.protocol.agreement.contract import Membership


def writer_of(membership: Membership) -> int:
    """The member whose values count in a broadcast: option `writer`, by default member 0.

    Raises ValueError if there is no such member.
    """
    writer = membership.options.get("writer", 0)
    if type(writer) is not int or not 0 <= writer < membership.committee.n:
        raise ValueError(f"writer {writer!r} is none of the {membership.committee.n} members")
    return writer


def rounds_of(membership: Membership, contraction: float) -> int:
    """How many rounds bring the correct values within epsilon of each other; at least one.

    Option `rounds`, or what it takes from `spread` (the correct values are at most so far apart in
    each coordinate; default 1.0) to `epsilon` (default 0.01) if a round leaves `contraction` of the
    spread. At a half that is ceil(log2(spread / epsilon)).

    Raises ValueError for a number that is not positive, and where no number of rounds is enough.
    """
    options = membership.options
    rounds = options.get("rounds")
    if rounds is not None:
        if type(rounds) is not int or rounds < 1:
            raise ValueError(f"rounds must be a positive number, not {rounds!r}")
        return rounds
    return rounds_for(float(options.get("spread", 1.0)), options.get("epsilon", 0.01), contraction)


def rounds_for(spread: float, epsilon: float, contraction: float) -> int:
    """The least number of rounds, at least one, after which spread * contraction^r <= epsilon.

    >>> rounds_for(100.0, 1.0, 0.5), rounds_for(0.1, 0.01, 0.5)
    (7, 4)
    """
    if not (epsilon > 0 and 0 < spread < float("inf") and 0 <= contraction < 1):
        raise ValueError(f"no rounds bring {spread} to {epsilon} at {contraction} a round")
    rounds = 1
    left = spread * contraction
    while left > epsilon * (1 + 1e-12):  # 0.8 / 0.1 is three halvings, whatever floats say
        left *= contraction
        rounds += 1
    return rounds
