"""What must hold of alerts in every run, at correct nodes. A violation is a bug of the simulator.

* No double commit: of one alert at most one content is committed, and a quorum signed it.
* No way back: states follow each other as the contract says.
* No lost alert: once messages get through again, what one keeper holds all of them hold. To be
  asked for only after a heal, and three summaries and as many delays later.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sim.errors import InvariantViolated
from sim.protocol.alerts.contract import AlertId, AlertState, State, vouched
from sim.protocol.alerts.ledger import Ledger
from sim.protocol.committee import Committee
from sim.protocol.signatures import Notary

NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.PROVISIONAL: frozenset(State),
    State.EXPIRED: frozenset({State.COMMITTED, State.RETRACTED}),
    State.COMMITTED: frozenset({State.RETRACTED}),
    State.RETRACTED: frozenset(),
}
"""What may follow what at one node; a provisional alert may also change its side."""


def check_commitments(
    shown: Mapping[str, Sequence[AlertState]], committee: Committee, notary: Notary
) -> None:
    """`shown` is what each correct node put out, in order. Raises InvariantViolated."""
    committed: dict[AlertId, tuple[bytes, str]] = {}
    for node, states in shown.items():
        for state in states:
            if state.state is not State.COMMITTED:
                continue
            _check_certificate(node, state, committee, notary)
            said = state.alert.digest
            first, elsewhere = committed.setdefault(state.alert.id, (said, node))
            if first != said:
                raise InvariantViolated(
                    f"alert {state.alert.id} is committed with two contents: "
                    f"at {elsewhere} and at {node}"
                )


def check_transitions(shown: Mapping[str, Sequence[AlertState]]) -> None:
    """Nobody takes back what it said of an alert. Raises InvariantViolated."""
    for node, states in shown.items():
        last: dict[AlertId, State] = {}
        for state in states:
            before = last.get(state.alert.id)
            if before is not None and state.state not in NEXT[before]:
                raise InvariantViolated(
                    f"{node} shows alert {state.alert.id} as {state.state.value} "
                    f"after {before.value}"
                )
            last[state.alert.id] = state.state


def check_nothing_lost(ledgers: Mapping[str, Ledger]) -> None:
    """All correct keepers hold the same, to the digest. Raises InvariantViolated."""
    held = {name: dict(ledger.fingerprints()) for name, ledger in ledgers.items()}
    everything = {alert_id for one in held.values() for alert_id in one}
    for alert_id in sorted(everything):
        known = {name: one.get(alert_id) for name, one in held.items()}
        if len(set(known.values())) > 1:
            without = [name for name, fingerprint in known.items() if fingerprint is None]
            problem = f"is lost at {', '.join(without)}" if without else "differs between keepers"
            raise InvariantViolated(f"alert {alert_id} {problem}")


def _check_certificate(node: str, state: AlertState, committee: Committee, notary: Notary) -> None:
    proof = state.certificate
    if (
        proof is None
        or proof.digest != vouched(state.alert.digest)
        or not notary.is_certified(proof, committee.quorum)
    ):
        raise InvariantViolated(f"{node} commits alert {state.alert.id} without a quorum")
