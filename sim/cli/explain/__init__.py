"""``sim explain``: what a scenario says, with every default filled in, and what it amounts to.

`command` is the command, `summary` the page; every block of a scenario has a file that says in
sentences what the block comes to in this scenario.
"""

from sim.cli.explain.command import explain

__all__ = ["explain"]
