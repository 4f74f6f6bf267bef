"""Keepers with one mistake each, which the checkers of ownership must catch."""

from sim.protocol.membership.ownership import Keeper


class NoFence(Keeper):
    """Believes whoever is newer by version, of whatever epoch."""

    def _is_fenced(self, holding):
        return False

    def _is_ready(self, name):
        return not self._target(name) or name in self._newest


class DropsFirst(Keeper):
    """Stops to count who lost sources when it hears of the epoch."""

    def adopt(self, view):
        lost = [name for name in self._counted if view.load(name) < self.view.load(name)]
        for name in lost:
            del self._counted[name]
        return super().adopt(view)


class Adds(Keeper):
    """Counts the new owner, and lets the old one stay if it is no member any more."""

    def _replace(self, names):
        super()._replace([name for name in names if self._target(name)])


class AcceptsIncomplete(Keeper):
    """Takes the new owner's first holding for all that it owns."""

    def _is_ready(self, name):
        newest, member = self._newest.get(name), self.view.member(name)
        return not self._target(name) or (newest is not None and newest.epoch == member.since)


MUTANTS = [NoFence, DropsFirst, Adds, AcceptsIncomplete]
