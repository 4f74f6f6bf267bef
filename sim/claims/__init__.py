"""Which promises of the design hold: each claim, what drives it, and the verdict that is computed."""
