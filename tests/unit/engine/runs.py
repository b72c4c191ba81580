"""Runs of the engine on Azure in this process: plans by hand, what was reported of them, and what they left."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.engine.engine import Engine, Outcome, Report
from azext_vnet2vnet.network.desired import Connection, PublicIp, Resource
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, PUBLIC_IP_TYPE, ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.planning.plan import Action, Plan, PlannedPair, Step
from azext_vnet2vnet.readers.pair import find_pair
from tests.armsim import DEFAULTS
from tests.unit.local_azure import InMemoryAzure, LocalAzure

GENERATED = 'Generated.Key'
# What a busy Azure answers a write with, and the seconds that it is waited for then.
_LATER = 'Operation PutVirtualNetworkGatewayOperation (1) is updating it. The call can be retried in 12 seconds.'
REFUSALS = (
    ({'status': 429, 'code': 'RetryableErrorDueToAnotherOperation', 'message': _LATER}, 12),
    ({'status': 429, 'code': 'ReferencedResourceNotProvisioned', 'headers': {'Retry-After': '40'}}, 40),
    ({'status': 409, 'code': 'AnotherOperationInProgress'}, 5),
)
ACCOUNTS = (
    Account(DEFAULTS.subscription_1, 'one', DEFAULTS.tenant_a),
    Account(DEFAULTS.subscription_b, 'other', DEFAULTS.tenant_b),
)


class Recorder(Report):
    """Records what is reported of the steps, each as a word and the name of its resource."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.seconds: dict[str, float] = {}

    def started(self, step: Step) -> None:
        self.events.append(f'started {step.id.name}')

    def finished(self, step: Step, seconds: float) -> None:
        self.events.append(f'finished {step.id.name}')
        self.seconds[step.id.name] = seconds

    def failed(self, step: Step, reason: str = '') -> None:
        self.events.append(f'failed {step.id.name}')

    def left(self, step: Step) -> None:
        self.events.append(f'left {step.id.name}')


@dataclass
class Run:
    """What a run left, what was reported of it, and how many keys it generated."""

    plan: Plan
    outcome: Outcome
    report: Recorder
    generated: int

    @property
    def failure(self) -> Any:
        """The error of the one step that failed."""
        (failure,) = self.outcome.failures.values()
        return failure

    @property
    def done(self) -> list[str]:
        """The names of the steps that wrote something."""
        return [step.id.name for step in self.outcome.done(self.plan)]


def run(
    azure: InMemoryAzure, plan: Plan, timeout: float = 7200.0, meanwhile: Mapping[float, Callable] | None = None
) -> Run:
    """Run a plan; `meanwhile` is done by others after so many seconds."""
    report, keys = Recorder(), Keys()

    async def scenario() -> Outcome:
        for seconds, action in (meanwhile or {}).items():
            asyncio.get_running_loop().call_later(seconds, action)
        return await Engine(azure.arm(timeout), plan, report, keys.generate).run()

    return Run(plan, azure.run(scenario()), report, keys.count)


class Keys:
    """Generates keys: each one is another."""

    def __init__(self) -> None:
        self.count = 0

    def generate(self) -> SharedKey:
        """One more key."""
        self.count += 1
        return SharedKey(f'{GENERATED}.{self.count}')


def write(resource: Resource, action: Action = Action.CREATE, *needs: ResourceId, **changes: Any) -> Step:
    """The step that writes a resource; one of a connection locks its gateways."""
    locks = {}
    if isinstance(resource, Connection):
        locks = {'lock': resource.gateway, 'far_lock': resource.far_gateway}
    return Step(resource.id, action, needs, resource, **locks, **changes)


def half(near: ResourceId, far: ResourceId, name: str = 'there', **changes: Any) -> Connection:
    """A connection from one gateway to another."""
    tenant = DEFAULTS.tenant_a
    sample = Connection(near.sibling(CONNECTION_TYPE, name), 'eastus', near, far, tenant, tenant)
    return replace(sample, **changes)


def public_ip(near: ResourceId, name: str = 'ip9') -> PublicIp:
    """A public IP in the group of a gateway."""
    return PublicIp(near.sibling(PUBLIC_IP_TYPE, name), 'eastus')


def plan_of(*steps: Step, key: str | None = None, key_holder: ResourceId | None = None) -> Plan:
    """The plan with these steps; all their connections are halves of one pair."""
    halves = [step.id for step in steps if step.id.is_a(CONNECTION_TYPE)]
    pair = PlannedPair((*halves, None, None)[:2], SharedKey(key) if key else None, key_holder)
    return Plan(steps, (pair,))


def plan_halves(near: ResourceId, far: ResourceId, **options: Any) -> Plan:
    """The plan that creates the connections `there` and `back`."""
    return plan_of(write(half(near, far)), write(half(far, near, 'back')), **options)


def sites(azure: LocalAzure, count: int = 2) -> list[ResourceId]:
    """The gateways of so many new sites."""
    return [azure.make_site(number) for number in range(1, count + 1)]


def observe(azure: LocalAzure, connection: ResourceId) -> ObservedPair:
    """The pair as it exists now; the journal begins anew."""

    async def read(arm: Arm) -> ObservedPair:
        return await find_pair(arm, ACCOUNTS, connection)

    found = azure.run(read(azure.arm()))
    azure.simulator.journal.clear()
    return found


def record(azure: LocalAzure, resource: ResourceId) -> dict[str, Any]:
    """A resource as the simulator stores it, its key too."""
    azure.simulator.fabric.settle(azure.simulator.clock.now())
    return azure.simulator.world.resources[str(resource).lower()]


def exists(azure: LocalAzure, resource: ResourceId) -> bool:
    """Whether a resource exists."""
    return str(resource).lower() in azure.simulator.world.resources


def sent(azure: LocalAzure, *methods: str) -> list[str]:
    """The requests of these methods, without polls."""
    return [entry for entry in azure.sent if entry.split()[0] in methods and 'operations' not in entry]


def bodies(azure: LocalAzure, method: str = 'PUT') -> list[dict[str, Any]]:
    """The bodies of the requests of a method; keys are redacted in them."""
    return [entry['body'] for entry in azure.simulator.journal if entry.get('method') == method]


def operations(azure: LocalAzure, kind: str) -> list[dict[str, Any]]:
    """The operations of a kind, such as connection-create, that the simulator started."""
    return [one for one in azure.simulator.world.operations.values() if one['kind'] == kind]
