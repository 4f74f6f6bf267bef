"""What no correct source could have sent, whatever it measures: refused before it is looked at.

A liar fills in the fields of a message as it likes; nothing that it puts there may stop a receiver
or be kept at a size that the message did not have on the wire.
"""

from typing import Final, TypeGuard

from sim.protocol.routing.contract import Ranked

_INT64: Final = 1 << 63
_LARGEST: Final = 1e300


def is_possible(message: Ranked) -> bool:
    """Whether its numbers are whole and fit into the 8 bytes that each of them has."""
    numbers = (message.epoch, message.version, message.born_ns, message.padding_bytes)
    return (
        all(isinstance(number, int) and -_INT64 < number < _INT64 for number in numbers)
        and message.padding_bytes >= 0
        and isinstance(message.state, tuple)
    )


def is_vector(state: tuple[object, ...], features: int) -> bool:
    """Whether these are so many finite numbers."""
    return len(state) == features and all(map(_is_number, state))


def is_bound(silence: object) -> bool:
    """Whether this bounds anything: a finite number that is not negative."""
    return _is_number(silence) and silence >= 0


def _is_number(value: object) -> TypeGuard[float]:
    # Python compares whole numbers of any length with floats; to convert them could overflow.
    return isinstance(value, int | float) and -_LARGEST < value < _LARGEST
