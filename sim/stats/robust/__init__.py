"""Robust rules: the centre of a group of items of which some are lies.

`needs` and `max_bias` know no arrays and are quick to import; `registry` makes a rule by its name.
"""
