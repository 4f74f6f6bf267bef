"""The grow-only set of a keeper: every genuine alert that it has heard of, and all votes for it.

Two ledgers are merged by merging what they know of each alert, in any order and any number of
times; nothing ever leaves. An alert takes bounded room, whatever its raiser and f keepers do: two
contents (the second proves that the raiser lies) with one vote of each keeper, or a certificate.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sim.protocol.agreement.contract import Decided, Value
from sim.protocol.alerts.contract import Alert, AlertId, AlertState, Raisers, retraction, vouched
from sim.protocol.alerts.messages import Content, Knowledge, Retraction
from sim.protocol.committee import Committee
from sim.protocol.signatures import Certificate, Notary, Signature, digest

Proves = Callable[[Decided], bool]
"""Whether what an agreement protocol put out carries the proof that it was decided."""
Fingerprints = tuple[tuple[AlertId, bytes], ...]
"""Of each alert of a ledger what it holds, in 32 bytes."""


def certified_by(committee: Committee, notary: Notary) -> Proves:
    """The plainest proof: a quorum signed the very digest of the value.

    >>> from sim.protocol.agreement.contract import Value
    >>> certified_by(Committee(("a",), 0), Notary(b"", 1))(Decided(1, Value(b"never signed")))
    False
    """

    def proves(decided: Decided) -> bool:
        proof = decided.certificate
        return (
            proof is not None
            and proof.digest == decided.value.digest
            and notary.is_certified(proof, committee.quorum)
        )

    return proves


@dataclass(slots=True)
class Vouching:
    """One content of an alert, and who vouches for it."""

    alert: Alert
    votes: dict[int, Signature] = field(default_factory=dict)

    @property
    def content(self) -> Content:
        """For the wire; votes in the order of members."""
        return Content(self.alert, tuple(vote for _, vote in sorted(self.votes.items())))


@dataclass(slots=True)
class Entry:
    """All that a keeper knows of one alert."""

    held_since_ns: int
    contents: dict[bytes, Vouching] = field(default_factory=dict)
    """By digest, one or two; a keeper vouches for the first alone."""
    committed: Alert | None = None
    certificate: Certificate | None = None
    retraction: Retraction | None = None
    shown: AlertState | None = None
    """What the keeper put out last."""
    is_reported: bool = False
    """Whether the keeper has put out that the raiser lies."""

    @property
    def alert(self) -> Alert:
        """The content that counts: the committed one, else the one that was heard first."""
        if self.committed is not None:
            return self.committed
        return next(iter(self.contents.values())).alert

    @property
    def is_open(self) -> bool:
        """Neither committed nor retracted."""
        return self.certificate is None and self.retraction is None

    @property
    def fingerprint(self) -> bytes:
        """Equal at two keepers if and only if neither can tell the other anything of use.

        Of an alert with two contents nothing more is told than that: its raiser lies.
        """
        if self.retraction is not None:
            return digest("retracted")
        if self.committed is not None:
            return digest("committed", self.committed.digest)
        if len(self.contents) > 1:
            return digest("equivocated")
        ((content, vouching),) = self.contents.items()
        return digest("provisional", content, *sorted(vouching.votes))

    @property
    def knowledge(self) -> Knowledge:
        """For the wire: proofs where there are any, else contents and votes."""
        if self.is_open:
            return Knowledge(tuple(vouching.content for vouching in self.contents.values()))
        return Knowledge((Content(self.alert),), self.certificate, self.retraction)


class Ledger:
    """`raisers` tells genuine alerts, `notary` votes, `proves` retractions."""

    def __init__(
        self, committee: Committee, notary: Notary, raisers: Raisers, proves: Proves
    ) -> None:
        self._committee, self._notary = committee, notary
        self._raisers, self._proves = raisers, proves
        self.entries: dict[AlertId, Entry] = {}
        self._fingerprints: Fingerprints | None = ()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def merge(self, known: Knowledge, now_ns: int) -> Entry | None:
        """Take in what somebody knows of one alert; None if nothing of it is genuine.

        Whatever is wrong in it is left out: signatures and proofs are checked one by one.
        """
        genuine = [part for part in known.contents if self._raisers.is_genuine(part.alert)]
        if not genuine:
            return None
        alert_id = genuine[0].alert.id
        self._fingerprints = None
        entry = self.entries.setdefault(alert_id, Entry(now_ns))
        same = [content for content in genuine if content.alert.id == alert_id]
        if known.certificate is not None:
            self._commit(entry, (content.alert for content in same), known.certificate)
        for content in same:
            self._add(entry, content)
        if known.retraction is not None:
            self._retract(entry, known.retraction)
        return entry

    def vote(self, entry: Entry, vote: Signature) -> None:
        """This keeper's own vote, for the content that it heard first."""
        self._fingerprints = None
        next(iter(entry.contents.values())).votes[vote.member] = vote
        self._assemble(entry)

    @property
    def digest(self) -> bytes:
        """Stands for all that is held, in whatever order it came."""
        return digest("ledger", *(part for _, part in self.fingerprints()))

    def fingerprints(self) -> Fingerprints:
        """Of every alert, in the order of ids; kept until the next change, as many ask for it."""
        if self._fingerprints is None:
            self._fingerprints = tuple(
                (alert_id, digest(*alert_id, self.entries[alert_id].fingerprint))
                for alert_id in sorted(self.entries)
            )
        return self._fingerprints

    def beyond(self, theirs: Mapping[AlertId, bytes]) -> Iterator[Knowledge]:
        """What somebody with these fingerprints does not hold, or holds otherwise."""
        for alert_id, mine in self.fingerprints():
            if theirs.get(alert_id) != mine:
                yield self.entries[alert_id].knowledge

    def _add(self, entry: Entry, content: Content) -> None:
        said = content.alert.digest
        if said not in entry.contents and len(entry.contents) < 2:
            entry.contents[said] = Vouching(content.alert)
        vouching = entry.contents.get(said)
        if vouching is None or entry.certificate is not None:
            return
        signed = vouched(said)
        for vote in content.signatures:
            if self._notary.is_signed(vote, signed):
                vouching.votes[vote.member] = vote
        self._assemble(entry)

    def _assemble(self, entry: Entry) -> None:
        for said, vouching in entry.contents.items():
            if entry.certificate is None and len(vouching.votes) >= self._committee.quorum:
                votes = vouching.content.signatures[: self._committee.quorum]
                self._settle(entry, vouching.alert, Certificate(vouched(said), votes))

    def _commit(self, entry: Entry, alerts: Iterable[Alert], claimed: Certificate) -> None:
        if entry.certificate is None and self._notary.is_certified(claimed, self._committee.quorum):
            for alert in alerts:
                if vouched(alert.digest) == claimed.digest:
                    self._settle(entry, alert, claimed)

    def _retract(self, entry: Entry, claimed: Retraction) -> None:
        wanted = retraction(*entry.alert.id)
        if claimed.decided.value.digest == wanted and self._proves(claimed.decided):
            # Without the value's content, which nobody signed and a liar could make large.
            bare = replace(claimed.decided, value=Value(wanted))
            entry.retraction = entry.retraction or Retraction(bare)

    def _settle(self, entry: Entry, alert: Alert, certificate: Certificate) -> None:
        entry.committed, entry.certificate = alert, certificate
        for vouching in entry.contents.values():
            vouching.votes.clear()
