"""What PBFT reads from `Membership.options`, checked once."""

from dataclasses import dataclass

from sim.protocol.agreement.contract import Membership
from sim.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class Settings:
    """Options of the same names, each a positive whole number; raises ValueError otherwise."""

    timeout_ns: int = NS_PER_S
    """How long a candidate may be undecided before the member gives its leader up."""
    checkpoint: int = 16
    """After how many slots decisions are signed and the log is cut."""
    history: int = 1024
    """How many decided values are kept for members that missed them."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            given = getattr(self, name)
            if type(given) is not int or given < 1:
                raise ValueError(f"{name} must be a positive whole number, not {given!r}")

    @classmethod
    def of(cls, membership: Membership) -> "Settings":
        """From what the scenario says; options of other names are not looked at."""
        options = membership.options
        return cls(**{name: options[name] for name in cls.__slots__ if name in options})

    @property
    def window(self) -> int:
        """How many slots after a stable checkpoint are open: two checkpoints' worth, so that a
        slow member does not stop the others (OSDI 1999, section 4.3)."""
        return 2 * self.checkpoint
