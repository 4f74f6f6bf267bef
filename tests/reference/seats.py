"""What is measured in seats, one seat at a time: the obvious version of `sim.workload.seated`."""

import numpy as np


def measured_in_seats(behaviour, phase_ns, period_ns, reseat_ns, agent_at, ticks):
    """Values (ticks, seats, features): whoever sits there when the report is born measures."""
    seats, out = len(phase_ns), np.empty((ticks, len(phase_ns), behaviour.features))
    for tick in range(ticks):
        born_ns = [phase + tick * period_ns for phase in phase_ns]
        for epoch in sorted({int(born // reseat_ns) for born in born_ns}):
            agents = agent_at(epoch).tolist()
            born_of_agents = np.array([born_ns[agents.index(agent)] for agent in range(seats)])
            values = np.empty((seats, behaviour.features))
            behaviour.fill(tick, born_of_agents, 0, values)
            for seat in range(seats):
                if born_ns[seat] // reseat_ns == epoch:
                    out[tick, seat] = values[agents[seat]]
    return out
