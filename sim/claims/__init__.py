"""Which promises of the design hold: what drives each claim, and the verdict that is computed.

A claim (`claim.py`, one file each: ``c01.py`` ...) names its sources, which are scenarios of
``scenarios/claims`` and experiments on pure code. Running them (`run.py`) gives evidence
(`evidence.py`): measured figures with intervals. The claim's `judge` turns evidence into findings
(`finding.py`), each a measured figure against a bound, and `verdict.py` turns findings into one of
five words. Nobody writes a verdict by hand.
"""
