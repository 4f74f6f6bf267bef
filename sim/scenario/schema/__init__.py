"""What a scenario file may say: one pydantic model for each block of it.

A model holds parsed values (nanoseconds, shares from 0 to 1); the text of a quantity ends here.
Descriptions are written for the user: they become the hovers of an editor that reads
``docs/scenario.schema.json``. The file as a whole is `scenario.Scenario`. What depends on more than
one block is checked in `checks`.
"""
