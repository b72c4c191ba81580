"""Pairs of the simulated Azure: their ids, what is asked for, what a test bends, and what was written."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.desired import End, Pair
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.setting_names import CommandLine
from azext_vnet2vnet.network.subscriptions import Account
from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import Client, connection, make_site, network_path
from tests.unit.local_azure import LocalAzure

ACCOUNTS = tuple(
    Account(subscription, name, tenant)
    for subscription, name, tenant in (
        (DEFAULTS.subscription_1, 'Subscription 1', DEFAULTS.tenant_a),
        (DEFAULTS.subscription_2, 'Subscription 2', DEFAULTS.tenant_a),
        (DEFAULTS.subscription_b, 'Subscription B', DEFAULTS.tenant_b),
    )
)
GROUP = ResourceId(DEFAULTS.subscription_1, 'rg')
QUICK = Settings(durations={'gateway-create': 120, 'gateway-delete': 60, 'connection-delete': 30})


def resource(kind: str, name: str, group: str = 'rg', subscription: str = DEFAULTS.subscription_1) -> ResourceId:
    """The id of a network resource."""
    return ResourceId.parse(network_path(kind, name, group, subscription))


THERE, BACK = resource('connections', 'there'), resource('connections', 'back')
GW1, GW2, GW3 = (resource('virtualNetworkGateways', f'gw{number}') for number in (1, 2, 3))
VNET1, VNET2, VNET3 = (resource('virtualNetworks', f'vnet{number}') for number in (1, 2, 3))


def end(number: int, **changes: Any) -> End:
    """The VNet, gateway and public IP that make_site of this number makes, as asked for."""
    sample = End(
        resource('virtualNetworks', f'vnet{number}'),
        DEFAULTS.tenant_a,
        'eastus',
        (f'10.{number}.0.0/16',),
        (),
        f'10.{number}.255.0/27',
        f'gw{number}',
        (f'ip{number}',),
        source=CommandLine(number),
    )
    return replace(sample, **changes)


def pair(**changes: Any) -> Pair:
    """The pair that make_pair makes, as asked for."""
    return replace(Pair(end(1), end(2), 'there', 'back'), **changes)


def join(azure: LocalAzure, number: int, far: int, key: str = 'Sim.Key.1', **properties: Any) -> None:
    """Create both connections, `1to3` and `3to1`, between the gateways of two sites."""
    for one, other in ((number, far), (far, number)):
        gateways = (network_path('virtualNetworkGateways', f'gw{each}') for each in (one, other))
        azure.client.make(
            network_path('connections', f'{one}to{other}'), connection(*gateways, sharedKey=key, **properties)
        )
    azure.simulator.journal.clear()


def account(subscription: str, **changes: Any) -> Account:
    """A subscription of the login."""
    usual = {'name': subscription, 'tenant': DEFAULTS.tenant_a}
    return Account(subscription, **{**usual, **changes})


def join_across(azure: LocalAzure) -> ResourceId:
    """A pair of `there` in the usual group and `far`, whose id it is, in the other tenant."""
    clients = [azure.client, Client(simulator=azure.simulator, tenant=DEFAULTS.tenant_b)]
    subscriptions = (DEFAULTS.subscription_1, DEFAULTS.subscription_b)
    gateways = [
        make_site(client, number, subscription=subscription)
        for number, (client, subscription) in enumerate(zip(clients, subscriptions, strict=True), start=1)
    ]
    back = network_path('connections', 'far', subscription=DEFAULTS.subscription_b)
    for client, url, ends in zip(clients, (str(THERE), back), (gateways, gateways[::-1]), strict=True):
        other = next(one for one in clients if one is not client)
        auxiliary = {'x-ms-authorization-auxiliary': f'Bearer {other.token(other.tenant)}'}
        answer = client.send('PUT', url, connection(*ends, sharedKey='Sim.Key.1'), headers=auxiliary)
        assert answer.status == 201, answer
        client.finish(answer)
    let_pass(azure)
    azure.simulator.journal.clear()
    return ResourceId.parse(back)


def let_pass(azure: LocalAzure, seconds: float = 600) -> None:
    """Let Azure's time pass, so that tunnels are up."""
    azure.client.clock.advance(seconds)


def connected(azure: LocalAzure, **options: Any) -> LocalAzure:
    """Azure with the pair of make_pair, whose halves report Connected."""
    azure.make_pair(**options)
    let_pass(azure)
    return azure


def record(azure: LocalAzure, kind: str, name: str) -> dict:
    """The simulator's own record of a resource, for a test that bends it."""
    [found] = [
        one
        for one in azure.simulator.world.resources.values()
        if one['id'].split('/')[-2].lower() == kind.lower() and one['name'] == name
    ]
    return found


def remove(azure: LocalAzure, target: ResourceId) -> None:
    """Remove a resource without a request."""
    azure.simulator.world.resources.pop(str(target).lower())


def hide(azure: LocalAzure, target: ResourceId) -> Callable[[], None]:
    """Delete a resource; the function that brings it back, as if somebody else created it then."""
    kept = azure.simulator.world.resources[str(target).lower()]
    azure.client.finish(azure.client.send('DELETE', str(target)))
    azure.simulator.journal.clear()
    return lambda: azure.simulator.world.resources.update({str(target).lower(): kept})


def seed(azure: LocalAzure, target: ResourceId, **properties: Any) -> None:
    """Seed a resource of a kind that tests read only."""
    azure.simulator.world.resources[str(target).lower()] = {
        **record(azure, 'virtualNetworks', 'vnet1'),
        'id': str(target),
        'name': target.name,
        'type': target.type,
        'properties': properties,
    }


def add_route_table(azure: LocalAzure, number: int) -> None:
    """Give the GatewaySubnet of a site a route table `rt` that sends all to the Internet and takes no other routes."""
    table = resource('routeTables', 'rt')
    routes = [{'name': 'all', 'properties': {'addressPrefix': '0.0.0.0/0', 'nextHopType': 'Internet'}}]
    seed(azure, table, routes=routes, disableBgpRoutePropagation=True)
    subnet = azure.simulator.world.resources[
        f'{resource("virtualNetworks", f"vnet{number}")}/subnets/gatewaysubnet'.lower()
    ]
    subnet['properties']['routeTable'] = {'id': str(table)}


def copy_connection(azure: LocalAzure, name: str, copy: str, **changes: Any) -> ResourceId:
    """Seed a connection like one that exists but for these changes of its record; its id."""
    made = THERE.sibling(THERE.type, copy)
    new = {**record(azure, 'connections', name), 'id': str(made), 'name': copy, **changes}
    azure.simulator.world.resources[str(made).lower()] = new
    azure.simulator.fabric.by_gateways[str(made), ''] = new
    return made


def names(azure: LocalAzure, kind: str) -> list[str]:
    """The names of all resources of a kind, sorted."""
    found = azure.simulator.state()['resources'].values()
    return sorted(one['name'] for one in found if one['id'].split('/')[-2].lower() == kind.lower())


def key_of(azure: LocalAzure, name: str) -> str:
    """The key that a connection has."""
    return record(azure, 'connections', name)['key']


def writes(azure: LocalAzure) -> list[str]:
    """Method, kind and name of every request that was no read, in order."""
    return [entry.rpartition(' ')[0] for entry in azure.sent if not entry.startswith('GET ')]


def moments(azure: LocalAzure, method: str, text: str) -> list[float]:
    """When requests were sent whose path has this text, in seconds of Azure's clock."""
    return [
        entry['time']
        for entry in azure.simulator.journal
        if entry.get('method') == method and text.lower() in entry['path'].lower()
    ]


def refusal(azure: LocalAzure, task: Coroutine) -> list[str]:
    """The codes that a task is refused with."""
    with pytest.raises(Refused) as caught:
        azure.run(task)
    return [one.code for one in caught.value.diagnostics]


class Events(Report):
    """What a run reports, as `word name`, or the text of a wait."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def started(self, step) -> None:
        self.seen.append(f'started {step.id.name}')

    def finished(self, step, seconds) -> None:
        self.seen.append(f'finished {step.id.name}')

    def failed(self, step, reason='') -> None:
        self.seen.append(f'failed {step.id.name}')

    def left(self, step) -> None:
        self.seen.append(f'left {step.id.name}')

    def waiting(self, text) -> None:
        self.seen.append(text)

    def over(self, text) -> None:
        self.seen.append(text)
