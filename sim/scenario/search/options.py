"""Which options of an attack a search may turn: how far its lies are off, and the words it takes.

Read off the schema, so that a new attack is searched as soon as it exists. All other options stay
at their defaults.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args, get_origin

from sim.scenario.schema.adversaries import Adversary, AnyAdversary, Pushing, Shifting

_KINDS: Final[Mapping[str, type[Adversary]]] = {
    get_args(block.model_fields["kind"].annotation)[0]: block
    for block in get_args(get_args(AnyAdversary)[0])
}


def size_option(kind: str) -> str | None:
    """The option that says how far lies are off; None if a kind has none.

    >>> size_option("push"), size_option("forge"), size_option("silence")
    ('to', 'by', None)
    """
    block = _KINDS[kind]
    return "to" if issubclass(block, Pushing) else "by" if issubclass(block, Shifting) else None


def word_options(kind: str) -> dict[str, tuple[str, ...]]:
    """The options that are one of a few words, the default first.

    >>> word_options("selective_silence")
    {'side': ('low', 'high')}
    """
    fields = _KINDS[kind].model_fields
    return {
        name: tuple(sorted(get_args(field.annotation), key=lambda word: word != field.default))
        for name, field in fields.items()
        if name not in Adversary.model_fields
        and name != "kind"
        and get_origin(field.annotation) is Literal
    }
