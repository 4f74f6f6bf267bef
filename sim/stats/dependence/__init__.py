"""How features, and agents, move together: what a tree can merge, and what it cannot.

`contract` says what every method promises, `registry` makes one by its name. Samples of features
are split by rows and merge exactly; agents' series are split by columns, so their n (n - 1) / 2
correlations can only be summed up, projected, or left out.
"""
