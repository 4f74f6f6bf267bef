"""The telemetry plane: columnar tiers in exact vector steps (specified in docs/telemetry.md)."""
