"""Critical alerts: raised without coordination, committed by a quorum, never lost, never twice.

In the order of reading: `contract` (what an alert is and what it goes through), `messages`,
`raising` (who raises one), `ledger` (the grow-only set of a keeper), `keeper` (a member of the
committee that commits them), `domains` (over how many failure domains a committee is spread).

Raising is monotone, so it needs no coordination (CALM; Hellerstein and Alvaro, CACM 63(9), 2020):
any node that has an alert shows it, at least as provisional, and sets of alerts are merged by
union. That an alert is *committed* takes signatures of a quorum, and two quorums share a correct
member, who signs one content for one alert; so of two contents at most one is ever committed. That
an alert is *taken back* is not monotone and is decided by the agreement protocol alone.
"""
