"""The types of single values: each knows its unit, its limits and what an editor should show.

`Nanoseconds` marks a type whose value is a span of time: `resolve` gives such an option the name
``<key>_ns``. A default is written as a user would write it (`given`), so that the JSON Schema and
the hover show ``1s`` and not a billion.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    Strict,
    WithJsonSchema,
)
from pydantic_core import CoreSchema

from sim import units

DURATION_NS_MAX: Final = 3650 * 86400 * units.NS_PER_S
"""Ten years: far below the end of int64 (292 years), so that sums of spans never reach it."""
COUNT_MAX: Final = 100_000_000

_NUMBER: Final = r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_TIME_UNITS: Final = "(ns|us|µs|ms|s|min|m|h|d)"
_FREQUENCY_UNITS: Final = "(/h|/min|/s|Hz|kHz|MHz)"


class Block(BaseModel):
    """A map of the file: unknown keys are refused, and nothing changes after reading."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=False
    )


class Nanoseconds:
    """Marks a type that holds a span of time."""


def given(default: str, parse: Callable[[object], Any], about: str) -> Any:
    """A field whose default is written with its unit."""
    return Field(default=parse(default), description=about, json_schema_extra={"default": default})


def parse_duration(value: object) -> int:
    """A span from 0 to ten years, in nanoseconds."""
    return _at_least(0, parse_signed_duration(value), value)


def parse_positive_duration(value: object) -> int:
    """A span of more than nothing and at most ten years, in nanoseconds."""
    return _at_least(1, parse_signed_duration(value), value)


def parse_signed_duration(value: object) -> int:
    """A span of at most ten years, either way, in nanoseconds."""
    try:
        span_ns = units.parse_duration(value)
    except OverflowError:
        span_ns = DURATION_NS_MAX + 1
    if abs(span_ns) > DURATION_NS_MAX:
        raise ValueError(f"must be at most 3650d, not {value}")
    return span_ns


def parse_period(value: object) -> int:
    """The period of a frequency, from 1 us to ten years, in nanoseconds."""
    try:
        period_ns = units.parse_frequency(value)
    except OverflowError:
        period_ns = DURATION_NS_MAX + 1
    if not 1000 <= period_ns <= DURATION_NS_MAX:
        raise ValueError(f"must be from once in ten years to 1MHz, not {value}")
    return period_ns


def parse_bit_rate(value: object) -> int | None:
    """Bits a second, from 1 to a petabit; None for the word ``none``: no limit."""
    if value is None or value == "none":
        return None
    bits_per_s = units.parse_bit_rate(value)
    if not 1 <= bits_per_s <= 10**15:
        raise ValueError(f"must be from 1bps to 1000000Gbps, not {value}")
    return bits_per_s


def none_is_absent(value: object) -> object:
    """The word ``none`` says the same as an empty value."""
    return None if value == "none" else value


def plain_is_kind(value: object) -> object:
    """A word alone says the same as a map with that ``kind``."""
    return {"kind": value} if isinstance(value, str) else value


def as_list(value: object) -> object:
    """One thing is a list of one thing."""
    return value if isinstance(value, list) else [value]


def _at_least(minimum_ns: int, span_ns: int, value: object) -> int:
    if span_ns < minimum_ns:
        raise ValueError(f"must {'be more than 0' if minimum_ns else 'not be negative'}: {value}")
    return span_ns


def _whole(value: object) -> object:
    """A count may be written as 1e6."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _duration_schema(sign: str, *examples: str) -> WithJsonSchema:
    pattern = rf"^\s*{sign}{_NUMBER}{_TIME_UNITS}\s*$"
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


class _ShareSchema:
    """A share as text or as a number, which is within the limits of its field, or 0 and 1."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        number = {"minimum": 0, "maximum": 1, **handler(schema)}
        text = {"type": "string", "pattern": rf"^\s*\+?{_NUMBER}%?\s*$"}
        return {"anyOf": [text, number], "examples": ["0.1%", "20%", 0.2]}


_FREQUENCY_SCHEMA: Final = WithJsonSchema(
    {
        "type": "string",
        "pattern": rf"^\s*\+?{_NUMBER}{_FREQUENCY_UNITS}\s*$",
        "examples": ["10Hz", "1/min"],
    }
)

_BIT_RATE_SCHEMA: Final = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string", "pattern": rf"^\s*\+?{_NUMBER}(bps|kbps|Mbps|Gbps)\s*$"},
            {"const": "none"},
        ],
        "examples": ["10Mbps", "none"],
    }
)

_DEVIATIONS_SCHEMA: Final = WithJsonSchema(
    {"type": "string", "pattern": rf"^\s*[+-]?{_NUMBER}sd\s*$", "examples": ["3sd", "-0.5sd"]}
)

_DEVIATION_RATE_SCHEMA: Final = WithJsonSchema(
    {"type": "string", "pattern": rf"^\s*[+-]?{_NUMBER}sd/s\s*$", "examples": ["0.03sd/s"]}
)

Duration = Annotated[
    int, BeforeValidator(parse_duration), Nanoseconds(), _duration_schema(r"\+?", "20ms", "0s")
]
PositiveDuration = Annotated[
    int, BeforeValidator(parse_positive_duration), Nanoseconds(), _duration_schema(r"\+?", "5s")
]
SignedDuration = Annotated[
    int,
    BeforeValidator(parse_signed_duration),
    Nanoseconds(),
    _duration_schema("[+-]?", "-5ms", "20ms"),
]
OptionalDuration = Annotated[
    Duration | None,
    BeforeValidator(none_is_absent, json_schema_input_type=Duration | Literal["none"] | None),
    Nanoseconds(),
]
Period = Annotated[int, BeforeValidator(parse_period), Nanoseconds(), _FREQUENCY_SCHEMA]
BitRate = Annotated[int | None, BeforeValidator(parse_bit_rate), _BIT_RATE_SCHEMA]
Deviations = Annotated[float, BeforeValidator(units.parse_deviations), _DEVIATIONS_SCHEMA]
DeviationRate = Annotated[
    float, BeforeValidator(units.parse_deviation_rate), _DEVIATION_RATE_SCHEMA
]
Share = Annotated[float, BeforeValidator(units.parse_share), _ShareSchema()]
Number = Annotated[float, Strict()]
Count = Annotated[int, BeforeValidator(_whole), Strict(), Field(ge=1, le=COUNT_MAX)]
OptionalCount = Annotated[
    Count | None,
    BeforeValidator(none_is_absent, json_schema_input_type=Count | Literal["none"] | None),
]
Whole = Annotated[int, BeforeValidator(_whole), Strict(), Field(ge=0, le=COUNT_MAX)]
Seed = Annotated[int, Strict(), Field(ge=0, le=2**63 - 1)]
Flag = Annotated[bool, Strict()]
Text = Annotated[str, Strict(), Field(min_length=1)]
Texts = Annotated[list[Text], BeforeValidator(as_list, json_schema_input_type=Text | list[Text])]
"""Several, or one without a list around it."""
Path = Annotated[
    str, Strict(), Field(min_length=1), WithJsonSchema({"type": "string", "minLength": 1})
]
