"""Which messages a protocol sends, by the names of their kinds, so that they can be counted."""

from functools import cache
from importlib import import_module
from inspect import getmembers, isclass
from types import ModuleType
from typing import Final

from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.messages import Message

CERTIFY: Final = "sim.protocol.agreement.certify"
"""Certificates that members make of what a protocol without any has decided."""
BUILT_ON: Final = {"witness": "bracha"}
"""A protocol that says most of what it says through another one."""


@cache
def kinds(protocol: str) -> tuple[str, ...]:
    """The kinds of messages of a protocol of the registry, sorted."""
    home = PROTOCOLS[protocol].target.partition(":")[0]
    modules = [home, CERTIFY]
    package = home.rpartition(".")[0]
    if not package.endswith(".agreement"):
        modules.append(f"{package}.messages")
    if protocol in BUILT_ON:
        modules.append(PROTOCOLS[BUILT_ON[protocol]].target.partition(":")[0])
    return tuple(sorted(name for one in modules for name in _kinds(import_module(one))))


def _kinds(module: ModuleType) -> list[str]:
    """The messages that a module defines itself, without those that others only derive from."""
    return [
        name
        for name, found in getmembers(module, isclass)
        if issubclass(found, Message)
        and found.__module__ == module.__name__
        and not found.__subclasses__()
    ]
