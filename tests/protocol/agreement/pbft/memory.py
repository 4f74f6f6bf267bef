"""How many bytes a node holds: all that can be reached from it, without what all nodes share."""

import sys
from dataclasses import fields, is_dataclass
from types import FunctionType, MethodType, ModuleType

from sim.protocol.agreement.contract import Membership

SHARED = (type, FunctionType, MethodType, ModuleType, Membership)


def bytes_of(thing, seen=None):
    """`sys.getsizeof` of an object and of everything that it refers to, each counted once."""
    seen = set() if seen is None else seen
    if id(thing) in seen or isinstance(thing, SHARED):
        return 0
    seen.add(id(thing))
    return sys.getsizeof(thing) + sum(bytes_of(part, seen) for part in parts_of(thing))


def parts_of(thing):
    if isinstance(thing, dict):
        return [*thing.keys(), *thing.values()]
    if isinstance(thing, list | tuple | set | frozenset):
        return list(thing)
    if is_dataclass(thing):
        return [getattr(thing, field.name) for field in fields(thing)]
    slots = [getattr(thing, name) for name in getattr(thing, "__slots__", ()) if name != "__dict__"]
    return slots + list(getattr(thing, "__dict__", {}).values())
