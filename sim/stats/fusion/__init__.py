"""Making one estimate of several that may rest on the same sources.

`last_version` keeps the newest, `inverse_variance` believes that errors are independent,
`covariance_intersection` believes nothing about it; `registry` makes a rule by its name and
`consistency` tells whether an estimate claims more than it knows.
"""
