"""The plain way: sets of alerts, of votes and of proofs, without any bound or check."""


class SetOfAlerts:
    def __init__(self, quorum):
        self.quorum = quorum
        self.held, self.votes, self.proofs, self.retracted = set(), set(), set(), set()

    def learn(self, known):
        for content in known.contents:
            self.held.add(content.alert.id)
            self.votes |= {(content.alert.id, vote.member) for vote in content.signatures}
            if known.certificate:
                self.proofs.add(content.alert.id)
            if known.retraction:
                self.retracted.add(content.alert.id)

    @property
    def committed(self):
        counts = {key: sum(one == key for one, _ in self.votes) for key in self.held}
        return self.proofs | {key for key, votes in counts.items() if votes >= self.quorum}
