"""YAML text to plain Python values, each with its place in the file.

Only what YAML 1.2 calls the JSON types comes out: maps with text keys, lists, text, numbers, true,
false and null. The tree of nodes is walked by hand, because a constructor would forget where a key
stood and would silently let the last of two equal keys win.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sim.errors import Mistake

Path = tuple[str | int, ...]
NODES_MAX: Final = 100_000
"""More values than any real scenario has; nested aliases reach it from a few lines of text."""
_TAG: Final = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written: a file, with line and column from 1, or an override (0, 0)."""

    file: str
    line: int
    column: int


@dataclass(slots=True)
class Document:
    """The values of a scenario file, and where each was written (for a map entry: its key)."""

    file: str
    data: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    moved: dict[Path, Path] = field(default_factory=dict)
    """Entries of lists that stood elsewhere in the file (see `salvage`): here -> there."""
    unsure: set[Path] = field(default_factory=set)
    """Blocks in which something was wrong and is left out: not to blame for what they lack."""
    left_out: frozenset[Path] = frozenset()
    """What was wrong and is left out, by its path in the file; a default stands in its place."""

    def place(self, path: Path) -> Place:
        """The place of `path`, or of the nearest thing around it that was written."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1, 1))

    def mistake(self, path: Path, problem: str, hint: str = "") -> Mistake:
        """A mistake about the value at `path`."""
        place = self.place(path)
        name = self.name(path)
        return Mistake(place.file, place.line, place.column, name, problem, hint)

    def name(self, path: Path) -> str:
        """The path as it is in the file, as a user writes it."""
        return path_text(self.original(path))

    def lacks(self, path: Path) -> bool:
        """Whether the value at `path`, or what is around it, was written and is left out."""
        there = self.original(path)
        return any(there[: len(one)] == one for one in self.left_out)

    def original(self, path: Path) -> Path:
        """The path as it is in the file, where things in front of it were taken out here."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.moved:
                return (*self.moved[path[:end]], *path[end:])
        return path


def path_text(path: Path) -> str:
    """The path as a user writes it.

    >>> path_text(("faults", 0, "groups", 1))
    'faults[0].groups[1]'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def read_document(text: str, file: str) -> Document:
    """The document in `text`; all that is wrong with it as YAML is in its `mistakes`."""
    document = Document(file)
    try:
        root = _compose(text)
    except (YAMLError, ValueError, RecursionError) as error:
        document.mistakes.append(_syntax_mistake(error, file))
        return document
    if root is None:
        document.mistakes.append(Mistake(file, 1, 1, "", "the file is empty", _TRY_TEMPLATE))
        return document
    _Reader(document).read(root)
    return document


_TRY_TEMPLATE: Final = "start from `sim new FILE`"


def _compose(text: str) -> Node | None:
    with warnings.catch_warnings():
        # Naming two anchors alike is legal in YAML 1.2; ruamel warns about it.
        warnings.simplefilter("ignore")
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    return root


def _syntax_mistake(error: Exception, file: str) -> Mistake:
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context).strip()
        if "'\\t'" in problem:
            problem = "a tab; YAML is indented with spaces"
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Mistake(file, line, column, "", f"is not YAML: {problem}")
    if isinstance(error, RecursionError):
        return Mistake(file, 1, 1, "", "is nested too deeply")
    return Mistake(file, 1, 1, "", f"is not YAML: {str(error).splitlines()[0]}")


def parse_value(text: str) -> Any:
    """The plain value of a piece of YAML, as given to ``--set``. Raises ValueError."""
    document = read_document(text, "")
    if document.mistakes:
        raise ValueError(document.mistakes[0].problem)
    return document.data


class _Reader:
    """Walks the nodes and fills the document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.open: list[Node] = []
        self.nodes_left = NODES_MAX

    def read(self, root: Node) -> None:
        try:
            self.document.data = self._value(root, ())
        except RecursionError:
            self._report((), "is nested too deeply")

    def _value(self, node: Node, path: Path) -> Any:
        self.document.places.setdefault(path, self._place(node))
        self.nodes_left -= 1
        if self.nodes_left < 0:
            if self.nodes_left == -1:
                self._report((), f"has more than {NODES_MAX} values")
            return None
        if any(node is outer for outer in self.open):
            return self._report(path, "an alias stands inside what it repeats")
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        self.open.append(node)
        value = (
            dict(self._entries(node, path))
            if isinstance(node, MappingNode)
            else [self._value(item, (*path, i)) for i, item in enumerate(_items(node))]
        )
        self.open.pop()
        return value

    def _entries(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            here = self._place(key_node)
            if not isinstance(key_node, ScalarNode):
                self._report(path, "a key must be plain text", here)
                continue
            key = str(key_node.value)
            if key in seen:
                first = f"it stands already in line {seen[key]}"
                self._report((*path, key), "the key is there twice", here, first)
                continue
            seen[key] = here.line
            self.document.places[(*path, key)] = here
            yield key, self._value(value_node, (*path, key))

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        kind = str(node.tag).removeprefix(_TAG)
        if kind not in _SCALARS:
            return str(node.value)
        try:
            return _SCALARS[kind](str(node.value))
        except (ValueError, KeyError):
            return self._report(path, f"is not a value: {str(node.value)[:40]!r}")

    def _place(self, node: Node) -> Place:
        mark = node.start_mark
        return Place(self.document.file, mark.line + 1, mark.column + 1)

    def _report(self, path: Path, problem: str, place: Place | None = None, hint: str = "") -> None:
        where = place or self.document.place(path)
        mistake = Mistake(where.file, where.line, where.column, path_text(path), problem, hint)
        self.document.mistakes.append(mistake)


def _items(node: Node) -> list[Node]:
    assert isinstance(node, SequenceNode), type(node)
    return list(node.value)


def _integer(text: str) -> int:
    plain = text.replace("_", "").lower()
    return int(plain, 0) if "x" in plain or "o" in plain else int(plain)


def _float(text: str) -> float:
    plain = text.replace("_", "").lower()
    return float(plain.replace(".inf", "inf").replace(".nan", "nan"))


_SCALARS: Final[dict[str, Callable[[str], Any]]] = {
    "null": lambda _: None,
    "bool": lambda text: {"true": True, "false": False}[text.lower()],
    "int": _integer,
    "float": _float,
}
