"""How long a machine of the control plane is busy with each message, in and out."""

from functools import partial

from sim.engine.host import ServiceFactory
from sim.engine.kernel import Kernel
from sim.engine.service import Service, ServiceTime, signing, verifying
from sim.scenario.plan_control import AgreementPlan


def server(kernel: Kernel, plan: AgreementPlan) -> ServiceFactory | None:
    """A queue in front of a node; None where nothing that it takes in costs time."""
    if not plan.service_ns and not plan.verify_ns:
        return None

    return partial(Service, kernel, verifying(plan.service_ns, plan.verify_ns))


def signer(plan: AgreementPlan) -> ServiceTime | None:
    """What it takes to sign what leaves a node; None where that costs no time."""
    return signing(plan.sign_ns) if plan.sign_ns else None
