"""Which replicas of the root are judged: those that never lie in the run.

What an algorithm promises it promises to correct members (Cachin, Guerraoui and Rodrigues,
Introduction to Reliable and Secure Distributed Programming, 2011, section 2.2). What a liar shows
is whatever it likes, so it counts neither for nor against.
"""

import numpy as np

from sim.measure.tables import Table, Tables, pick


def of_correct(rows: Table, tables: Tables) -> Table:
    """The rows whose `replica` does not lie; those of no replica (-1) are kept."""
    return pick(rows, ~np.isin(rows["replica"], tables.member_lies["replica"]))
