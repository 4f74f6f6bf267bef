"""The names of OpenTelemetry's semantic conventions that exports use, and their version.

The conventions for agents are still in development: when they change, they change here. Names of
our own begin with ``sim.``.
"""

from typing import Final

VERSION: Final = "1.41.0"
SCHEMA_URL: Final = f"https://opentelemetry.io/schemas/{VERSION}"

SERVICE_NAMESPACE: Final = "service.namespace"
SERVICE_NAME: Final = "service.name"
SERVICE_INSTANCE: Final = "service.instance.id"
AGENT_NAME: Final = "gen_ai.agent.name"
"""Of the node that a span is about (GenAI agent spans, status: development)."""
ERROR_TYPE: Final = "error.type"

NODE: Final = "sim.node"
"""Of the aggregator that a point of a gauge is about."""
RECEIVER: Final = "sim.receiver"
SENDER: Final = "sim.sender"
KIND: Final = "sim.message.kind"
DETAIL: Final = "sim.message.detail"
RUN: Final = "sim.run"
REPLICATION: Final = "sim.replication"
SEED: Final = "sim.seed"
LOST: Final = "lost"
"""`error.type` of a message that never arrives."""
