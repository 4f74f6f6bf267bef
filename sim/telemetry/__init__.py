"""The telemetry plane: columnar tiers, advanced in vector steps that are exact (docs/telemetry.md)."""
