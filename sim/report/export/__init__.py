"""A stored run in the formats of other programs; see docs/export.md.

A format is one file with a function ``write(run, window, path) -> notes`` and its line in
`formats.FORMATS`. Notes are sentences on what is not in the file, and how to have it.
"""
