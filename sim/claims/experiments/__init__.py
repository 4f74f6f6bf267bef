"""Pure code that is measured for a claim without a simulator, a module each.

A module has ``run(seed, **settings)``, which gives figures by metric, and ``UNITS``, their units by
metric. The same seed and settings give the same figures in any process, except for times that a
machine takes.
"""
