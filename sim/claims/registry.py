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
    from sim.scenario.nearest import did_you_mean

    wanted = [one.upper() for one in ids]
    for one in wanted:
        if one not in CLAIMS:
            raise SimError(f"there is no claim {one}; {did_you_mean(one, CLAIMS)}")
    return [claim for claim in CLAIMS.values() if not wanted or claim.id in wanted]
