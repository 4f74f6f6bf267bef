"""From pydantic's errors to mistakes that a user can mend.

A path of pydantic's also names the branches of unions that it took; they are left out by walking
the document along with it. For an unknown key, kind or word the nearest right one is offered.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from sim.errors import Mistake
from sim.scenario.document import Document, Path
from sim.scenario.nearest import did_you_mean
from sim.scenario.schema.scenario import Scenario

Error = Mapping[str, Any]


def complaints(
    error: ValidationError, document: Document, root: type[BaseModel] = Scenario
) -> list[tuple[Path, Mistake]]:
    """Every mistake that pydantic found, with the path in the document that it concerns.

    `root` is what the document was held against.
    """
    found: dict[Path, tuple[Path, Mistake]] = {}
    for detail in error.errors(include_url=False):
        path = document_path(detail["loc"], document.data)
        subject = _subject(path, detail)
        problem, hint = _words(_as_written(detail, path, document.data), root)
        if detail["type"] == "model_type" and _is_for_a_list(path, detail):
            problem = f"must be a list of maps, or one map, not {_shown(detail['input'])}"
        if subject in found:
            # Two alternatives of one type, such as "auto" or a whole number.
            told = found[subject][1]
            problem, hint = _either(told.problem, problem), told.hint or hint
        found[subject] = (path, document.mistake(subject, problem, hint))
    return list(found.values())


def _as_written(detail: Error, path: Path, data: Any) -> Error:
    """The same error with what stands in the file, which was converted before it was too large."""
    for step in path:
        data = data[step]
    is_limit = detail["type"] in _LIMITS and isinstance(data, str | int | float)
    return {**detail, "input": data} if is_limit else detail


def _either(one: str, other: str) -> str:
    return f"{one.partition(', not ')[0]}, or {other.removeprefix('must be ')}"


def document_path(loc: Iterable[str | int], data: Any) -> Path:
    """The part of pydantic's path that leads through the document."""
    path: Path = ()
    for step in loc:
        if _has(data, step):
            data = data[step]
            path = (*path, step)
        elif not isinstance(data, dict) or step != data.get("kind"):
            break
    return path


def _has(data: Any, step: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(step, int) and step < len(data)
    return isinstance(data, dict) and step in data


def _subject(path: Path, detail: Error) -> Path:
    """What the mistake is about: for a missing key, the key."""
    if detail["type"] == "missing":
        return (*path, detail["loc"][-1])
    if detail["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return (*path, "kind")
    return path


def _is_for_a_list(path: Path, detail: Error) -> bool:
    """Whether one plain value stands where a list belongs, and was taken for its only entry."""
    return (
        bool(detail["loc"])
        and isinstance(detail["loc"][-1], int)
        and path == tuple(detail["loc"][:-1])
    )


def _words(detail: Error, root: type[BaseModel]) -> tuple[str, str]:
    """Problem and hint."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    match kind:
        case "extra_forbidden":
            keys = keys_at(detail["loc"][:-1], root)
            word = (
                "metric"
                if detail["loc"][0] in ("thresholds", "gate", "damage") and len(detail["loc"]) == 2
                else "key"
            )
            return f"unknown {word}", did_you_mean(detail["loc"][-1], keys)
        case "missing":
            return "is missing", ""
        case "union_tag_invalid":
            kinds = [tag.strip().strip("'") for tag in context["expected_tags"].split(",")]
            return f"unknown kind {context['tag']!r}", did_you_mean(context["tag"], kinds)
        case "union_tag_not_found":
            return _without_kind(detail, root)
        case "value_error":
            return str(context["error"]), ""
        case "literal_error":
            return f"must be {context['expected']}, not {_shown(value)}", _near_word(detail)
    told = _PLAIN[kind](context) if kind in _PLAIN else _unforeseen(detail)
    if isinstance(value, float) and value == context.get("lt"):
        return f"{told}, and with 16 digits it is {value:g}", ""  # 0.99999999999999999
    return f"{told}, not {_shown(value)}", ""


def _without_kind(detail: Error, root: type[BaseModel]) -> tuple[str, str]:
    """A map without a kind, which may hold keys that no kind has, either."""
    kinds, keys = kinds_at(detail["loc"], root), keys_at(detail["loc"], root)
    strange = [key for key in detail["input"] if key not in keys]
    if not strange:
        return "is missing", did_you_mean("", kinds)
    near = did_you_mean(strange[0], keys)
    known = f"known kinds: {', '.join(sorted(kinds))}"
    return f"is missing, and no kind has a key {strange[0]}", "; ".join(filter(None, (near, known)))


def _near_word(detail: Error) -> str:
    words = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
    known = did_you_mean(detail["input"], words) if isinstance(detail["input"], str) else ""
    return known if known.startswith("did") else ""


def _unforeseen(detail: Error) -> str:
    return str(detail["msg"]).replace("Input should be", "must be")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if value is None:
        return "empty"
    text = repr(value) if isinstance(value, str) else str(value).lower()
    return text if len(text) <= 60 else f"{text[:57]}..."


def _limit(limit: float) -> str:
    """Whole ones to the last digit, others as they were meant."""
    return f"{limit:.10g}" if isinstance(limit, float) else f"{limit}"


_LIMITS: Final = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
_PLAIN: Final[dict[str, Callable[[Error], str]]] = {
    "model_type": lambda _: "must be a map of keys to values",
    "model_attributes_type": lambda _: "must be a map with a `kind`",
    "dict_type": lambda _: "must be a map of keys to values",
    "list_type": lambda _: "must be a list",
    "int_type": lambda _: "must be a whole number",
    "int_from_float": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "finite_number": lambda _: "must be a finite number",
    "bool_type": lambda _: "must be true or false",
    "string_type": lambda _: "must be text",
    "string_too_short": lambda _: "must not be empty",
    "string_too_long": lambda c: f"must have at most {c['max_length']} letters",
    "string_pattern_mismatch": lambda _: "must be small letters, digits and dashes",
    "greater_than": lambda c: f"must be more than {c['gt']:.10g}",
    "greater_than_equal": lambda c: f"must be at least {c['ge']:.10g}",
    "less_than": lambda c: f"must be less than {c['lt']:.10g}",
    "less_than_equal": lambda c: f"must be at most {_limit(c['le'])}",
    "too_short": lambda c: f"must have {c['min_length']} or more entries",
    "too_long": lambda c: f"must have at most {c['max_length']} entries",
}


def keys_at(loc: Iterable[str | int], root: type[BaseModel] = Scenario) -> list[str]:
    """The keys that the schema knows in the map at pydantic's path."""
    return sorted({key for block in _blocks_at(loc, root) for key in _fields(block)})


def kinds_at(loc: Iterable[str | int], root: type[BaseModel] = Scenario) -> list[str]:
    """The kinds that the schema knows at pydantic's path."""
    return [kind for block in _blocks_at(loc, root) if (kind := _kind(block))]


def _blocks_at(loc: Iterable[str | int], root: type[BaseModel]) -> list[type[BaseModel]]:
    blocks: list[type[BaseModel]] = [root]
    for step in loc:
        fields = [_fields(block)[str(step)] for block in blocks if step in _fields(block)]
        if fields:
            blocks = [block for annotation in fields for block in _blocks_in(annotation)]
        elif any(_kind(block) == step for block in blocks):
            blocks = [block for block in blocks if _kind(block) == step]
    return blocks


def _fields(block: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in block.model_fields.items()}


def _kind(block: type[BaseModel]) -> str | None:
    words = get_args(_fields(block).get("kind"))
    return words[0] if words else None


def _blocks_in(annotation: Any) -> list[type[BaseModel]]:
    """Every block inside a type such as ``list[A | B] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [block for inner in get_args(annotation) for block in _blocks_in(inner)]
