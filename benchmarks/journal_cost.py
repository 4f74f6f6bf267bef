"""What looking closer costs: single messages kept, and a report and exports of the run.

    python -m benchmarks.journal_cost               # scenarios/05-partition-recovery.yaml

CPU time of one process, each ratio against the plain run beside it. The messages are written and
read again by the report, so their cost is in both lines.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median

from sim.cli.app import main as sim

SCENARIO = "scenarios/05-partition-recovery.yaml"
WINDOWS = {
    "no messages": (),
    "messages of 2 s": ("--set", "journal.messages={from: 34s, until: 36s}"),
    "all messages": ("--set", "journal.messages=true"),
}
CALLS = {
    "report": ("report",),
    "perfetto, 2 s": ("export", "--to", "perfetto", "--window", "34s..36s"),
}


def seconds(call: Callable[[], object]) -> float:
    """CPU time of a call."""
    started = time.process_time()
    call()
    return time.process_time() - started


def quietly(*arguments: str) -> None:
    """A call of the command line that must end well; nothing is printed."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        code = sim(arguments)
    assert not code, (arguments, code)


def measure(kept: tuple[str, ...], out: Path) -> tuple[float, dict[str, float], float]:
    """CPU seconds of a run, and of what is then made of it; MiB of the run's folder."""
    common = ("--set", "replications=1", "--no-plot", "--out", str(out))
    took = seconds(lambda: quietly("run", SCENARIO, *common, *kept))
    folder = next(path.parent for path in out.rglob("manifest.json"))
    size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
    after = {}
    for name, (command, *rest) in CALLS.items():
        after[name] = seconds(lambda c=command, r=rest: quietly(c, str(folder), *r))
    return took, after, size


def main(rounds: int = 3) -> None:
    """Print ratios to the plain run, the median of some rounds."""
    found = {name: [] for name in WINDOWS}
    for number in range(rounds + 1):
        for name, kept in WINDOWS.items():
            with tempfile.TemporaryDirectory() as folder:
                one = measure(kept, Path(folder))
            if number:  # the first imports and warms up
                found[name].append(one)
    plain = median(took for took, _, _ in found["no messages"])
    for name, some in found.items():
        run = median(took for took, _, _ in some) / plain
        made = {call: median(after[call] for _, after, _ in some) / plain for call in CALLS}
        rest = ", ".join(f"{call} {ratio:.2f}" for call, ratio in made.items())
        print(f"{name:16} run {run:.2f}, {rest} (plain runs); {some[0][2]:.1f} MiB on disk")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
