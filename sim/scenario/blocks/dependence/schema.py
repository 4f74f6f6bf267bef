"""What may be written about dependence in baselines."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.schema.quantities import (
    Block,
    PositiveDuration,
    given,
    parse_positive_duration,
    plain_is_kind,
)

Kind = Literal["all_pairs", "covariance", "mean_correlation"]


class Method(Block):
    """How dependence is summed up."""

    kind: Kind = Field(description="the method")
    lead: PositiveDuration = given(
        "500ms", parse_positive_duration, "how long before a publication the locals send theirs"
    )


Dependence = Annotated[Method, BeforeValidator(plain_is_kind, json_schema_input_type=Method | Kind)]
