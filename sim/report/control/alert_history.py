"""What became of an alert as a whole, from what each node shows of it."""

from sim.measure.alerts import COMMITTED, EXPIRED, PROVISIONAL, RETRACTED, states
from sim.measure.tables import Table


def history(alerts: Table, alert: str, end_ns: int) -> list[tuple[str, int, int]]:
    """States of an alert, each with its begin and its end in ns, in order.

    Retracted or committed as soon as anybody shows that; expired while everybody who shows it shows
    it as that; else provisional.
    """
    shown: dict[str, str] = {}
    found: list[tuple[str, int, int]] = []
    alerts = states(alerts)
    for row in (alerts["alert"] == alert).nonzero()[0]:
        at_ns = int(alerts["at_ns"][row])
        shown[str(alerts["node"][row])] = str(alerts["state"][row])
        state = _as_a_whole(shown)
        if not found:
            found.append((state, at_ns, end_ns))
        elif found[-1][0] != state:
            found[-1] = (*found[-1][:2], at_ns)
            found.append((state, at_ns, end_ns))
    return found


def _as_a_whole(shown: dict[str, str]) -> str:
    states = list(shown.values())
    for state in (RETRACTED, COMMITTED):
        if state in states:
            return state
    return EXPIRED if all(state == EXPIRED for state in states) else PROVISIONAL
