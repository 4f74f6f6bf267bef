"""A switch with one event, one row and one question to the fabric for each message."""

from sim.engine.journal import Delivered, Dropped, Sent


class PlainSwitch:
    """What `sim.engine.switch.Switch` has to look like from outside; hosts need no `broadcast`."""

    def __init__(self, kernel, judge, journal):
        self.kernel, self.judge, self.journal = kernel, judge, journal
        self.receivers = {}

    def join(self, receiver):
        self.receivers[receiver.node_id] = receiver

    def transmit(self, sender, receiver, message):
        now_ns, kind = self.kernel.now_ns, type(message).__name__
        self.journal.append(now_ns, Sent(sender, receiver, kind))
        verdict = self.judge(sender, receiver, message, now_ns)
        if isinstance(verdict, str):
            self.journal.append(now_ns, Dropped(sender, receiver, kind, verdict))
        else:
            host = self.receivers[receiver]
            self.kernel.at(now_ns + verdict, self.deliver, host, sender, message, now_ns)

    def deliver(self, host, sender, message, sent_ns):
        now_ns, kind = self.kernel.now_ns, type(message).__name__
        if host.is_up:
            self.journal.append(now_ns, Delivered(sender, host.node_id, kind, sent_ns))
            host.arrive(message)
        else:
            row = Dropped(sender, host.node_id, kind, "receiver down")
            self.journal.append(now_ns, row)
