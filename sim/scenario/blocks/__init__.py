"""The younger blocks of the scenario file, a folder each: all that the scenario layer knows of one.

In each folder: `plan` (what is resolved), `schema` (what may be written), `resolve` (from one to
the other), `written` (and back), `checks` (mistakes that need more than the block), and `metrics`
(what a run with it reports).
"""
