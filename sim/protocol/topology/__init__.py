"""A tree that changes while it runs: who reports to whom; nodes that split, merge and borrow."""
