"""What is known of each metric: its unit, what it says, and which way is better.

Those of a block with a room of its own are in its room (`sim.scenario.blocks`); `catalogue` lists
all. The figures themselves are worked out in `sim.measure`, by functions under the same names.
"""
