"""Pure protocol logic: state machines that return effects."""
