"""Timers with one event each on the kernel's queue."""

from sim.engine.kernel import Order, cancel


class PlainTimers:
    """What `sim.engine.timers.Timers` has to do."""

    def __init__(self, kernel, fire):
        self.kernel, self.fire = kernel, fire
        self.scheduled = {}

    def set(self, name, due_ns):
        self.cancel(name)
        self.scheduled[name] = self.kernel.at(due_ns, self.due, name, order=Order.TIMER)

    def cancel(self, name):
        if name in self.scheduled:
            cancel(self.scheduled.pop(name))

    def clear(self):
        for name in list(self.scheduled):
            self.cancel(name)

    def due(self, name):
        del self.scheduled[name]
        self.fire(name)
