"""The reference workload: this simulator against a stock SimPy program, in one run.

    python -m benchmarks.reference_workload                # ratios at 10,000 and 100,000 agents
    python -m benchmarks.reference_workload --growth       # exponent of the loop, 1e3 to 1e6 agents
    python -m benchmarks.reference_workload --memory       # peak bytes per agent at a million

Each agent sends 8 features at 10 Hz from its own phase to one of 20 agents' local aggregator, 7
locals to a regional, all regionals to the root; log-normal latency per message with medians of 2, 5
and 20 ms by tier and sigma 0.5; loss 0.1 %; aggregators forward every 0.1 s. Ours runs with all of
versions, panes, exact moments, ages, invariants, publications and samples every second.

Only ratios within one run mean anything: machines differ, and differ from minute to minute.
"""

import argparse
import math
import resource
import subprocess
import sys
import time

import numpy as np

from benchmarks.stock_simpy import run_stock
from sim.engine.kernel import frozen_garbage
from sim.engine.simulation import Simulation
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

SCENARIO = """
schema: 1
name: reference-workload
seed: 1
duration: {seconds}s
agents: {{count: {agents}, features: 8, rate: 10Hz, behaviour: {{kind: synthetic, drift: none}}}}
topology: {{kind: point, jitter: {{kind: constant, value: 0ms}}, loss: 0.1%}}
tree:
  local: 20
  regional: 7
  links:
    - {{kind: lognormal, median: 2ms, sigma: 0.5}}
    - {{kind: lognormal, median: 5ms, sigma: 0.5}}
    - {{kind: lognormal, median: 20ms, sigma: 0.5}}
baseline: {{publish: 1s, pane: 10s}}
measure: {{every: 1s}}
"""


def plan(agents: int, seconds: int) -> Plan:
    text = SCENARIO.format(agents=agents, seconds=seconds)
    return parse_scenario(text, "reference-workload.yaml")


def run_ours(agents: int, seconds: int) -> tuple[int, float]:
    """Messages sent and seconds of the simulation loop."""
    simulation = Simulation(plan(agents, seconds), seed=1)
    simulation.prepare()
    with frozen_garbage():
        begin = time.perf_counter()
        simulation.play()
        took = time.perf_counter() - begin
    return simulation.finish().messages, took


def compare(agents: int, seconds: int, stock_seconds: int, rounds: int) -> None:
    ours, stock = [], []
    for _ in range(rounds):
        messages, took = run_ours(agents, seconds)
        ours.append(messages / took)
        messages, took = run_stock(agents, stock_seconds)
        stock.append(messages / took)
    ratios = [one / other for one, other in zip(ours, stock, strict=True)]
    print(
        f"{agents:>9,} agents: ours {np.median(ours) / 1e6:6.2f} M messages/s, stock SimPy "
        f"{np.median(stock) / 1e6:6.3f} M/s, ratio {np.median(ratios):5.1f} "
        f"({min(ratios):.1f} to {max(ratios):.1f} in {rounds} rounds)"
    )


def growth(sizes: list[int], seconds: int, rounds: int) -> None:
    """Fit the exponent of the loop's time against the number of agents."""
    took = {}
    for agents in sizes:
        repeats = rounds if agents < 1_000_000 else 1
        took[agents] = min(run_ours(agents, seconds)[1] for _ in range(repeats))
        print(f"{agents:>9,} agents: {took[agents]:8.3f} s of loop for {seconds} s")
    exponent = np.polyfit([math.log(n) for n in sizes], [math.log(took[n]) for n in sizes], 1)[0]
    print(f"growth exponent {exponent:.3f} from {sizes[0]:,} to {sizes[-1]:,} agents")


def memory(agents: int, seconds: int) -> None:
    """Peak memory of a fresh process, less that of one that only imports and runs ten agents."""
    base, peak = (_peak_bytes(count, seconds) for count in (10, agents))
    print(
        f"{agents:>9,} agents: peak {peak / 2**20:.0f} MiB, {base / 2**20:.0f} MiB of it imports: "
        f"{(peak - base) / agents:.0f} bytes per agent"
    )


def _peak_bytes(agents: int, seconds: int) -> int:
    command = [sys.executable, "-m", "benchmarks.reference_workload", "--alone"]
    command += [str(agents), str(seconds)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _alone(agents: int, seconds: int) -> None:
    run_ours(agents, seconds)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--alone", nargs=2, type=int, metavar=("AGENTS", "SECONDS"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.alone:
        _alone(*options.alone)
    elif options.growth:
        growth([1_000, 10_000, 100_000, 1_000_000], 10, options.rounds)
    elif options.memory:
        memory(1_000_000, 10)
    else:
        compare(10_000, 10, 10, options.rounds)
        compare(100_000, 10, 2, options.rounds)


if __name__ == "__main__":
    main()
