"""All claims by id. A new claim is a file of its own and one name here."""

from typing import Final

from sim.claims import (
    c01,
    c02,
    c03,
    c04,
    c05,
    c06,
    c07,
    c08,
    c09,
    c10,
    c11,
    c12,
    c13,
    c14,
    c15,
    c16,
    c17,
    c18,
    c19,
)
from sim.claims.claim import Claim
from sim.errors import SimError
from sim.scenario.nearest import did_you_mean

CLAIMS: Final[dict[str, Claim]] = {
    claim.id: claim
    for claim in (
        c01.CLAIM,
        c02.CLAIM,
        c03.CLAIM,
        c04.CLAIM,
        c05.CLAIM,
        c06.CLAIM,
        c07.CLAIM,
        c08.CLAIM,
        c09.CLAIM,
        c10.CLAIM,
        c11.CLAIM,
        c12.CLAIM,
        c13.CLAIM,
        c14.CLAIM,
        c15.CLAIM,
        c16.CLAIM,
        c17.CLAIM,
        c18.CLAIM,
        c19.CLAIM,
    )
}


def claims_named(ids: list[str]) -> list[Claim]:
    """The claims with these ids, in the order of the registry; all if there are none.

    Raises SimError with the nearest right name.
    """
    wanted = [_written(one) for one in ids]
    wrong = [one for one in wanted if one not in CLAIMS]
    if wrong:
        raise SimError("\n".join(f"there is no claim {one}; {_hint(one)}" for one in wrong))
    return [claim for claim in CLAIMS.values() if not wanted or claim.id in wanted]


def _written(one: str) -> str:
    """c6 is C06."""
    letter, digits = one[:1].upper(), one[1:]
    return f"{letter}{int(digits):02}" if digits.isdecimal() else one.upper()


def _hint(wrong: str) -> str:
    """Numbers are near to no other number."""
    digits = wrong[1:].isdecimal()
    return f"they are {min(CLAIMS)} to {max(CLAIMS)}" if digits else did_you_mean(wrong, CLAIMS)
