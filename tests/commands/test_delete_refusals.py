"""What `az vnet2vnet delete` refuses: all of it before the first deletion, each with what to type instead."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import live, resources, writes
from tests.howto import VNET1, VNET4, VNET5, VNET5B, create

NEAR = 'vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet5'
GATEWAY = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'VNet1GW')
VNET = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworks', 'TestVNet1')
HALF = VNET1.id(DEFAULTS.subscription_1, 'connections', 'TestVNet1ToTestVNet5')
FAR_GROUP = f'/subscriptions/{DEFAULTS.subscription_5}/resourceGroups/TestRG5'


def refused(az, served, command, *texts, expect=1):
    """The command ends with these texts, writes nothing and shows no trace; its stderr."""
    before = writes(served)
    result = az.run(f'{command} --yes', expect=expect)
    assert [text for text in texts if text not in result.stderr] == [], result
    assert 'Traceback' not in result.stderr and result.stdout == '' and writes(served) == before
    return result.stderr


def grant(served, *assignments):
    """Give the service principal these rights alone, each (scope, actions, notActions)."""
    with served.lock:
        served.simulator.world.role_assignments[:] = [
            {'principalId': principal, 'scope': scope, 'actions': actions, 'notActions': not_actions}
            for principal in (DEFAULTS.app_object_a, DEFAULTS.app_object_b)
            for scope, actions, not_actions in assignments
        ]


def lock(served, scope, level='CanNotDelete'):
    """Put a lock on a scope; its id."""
    identifier = f'{scope}/providers/Microsoft.Authorization/locks/keep'
    with served.lock:
        served.simulator.world.locks[identifier.lower()] = {
            'id': identifier,
            'name': 'keep',
            'properties': {'level': level},
        }
    return identifier


def type_advice(az, stderr):
    """Type what each recommendation of a refusal says is to be run first."""
    commands = [
        part.partition(', or omit --gateways')[0].rstrip(')')
        for part in stderr.split('az ')[1:]
        if part.startswith(('vnet2vnet delete', 'network vnet-gateway update', 'network vnet peering update'))
    ]
    for command in commands:
        az.run(f'{command} {"--yes" if command.startswith("vnet2vnet") else "-o none"}')
    return len(commands)


def test_what_else_needs_a_gateway(az, simulator, join):
    join(VNET1, VNET4)
    az.run([*create(VNET1, VNET5), '-o', 'none'])
    az.run('network vnet-gateway update -g TestRG1 -n VNet1GW --address-prefixes 172.16.0.0/24 -o none')
    az.run('network vnet create -g TestRG1 -n Spoke --address-prefixes 10.99.0.0/16 -o none')
    az.run(
        'network vnet peering create -g TestRG1 --vnet-name TestVNet1 -n lend --remote-vnet Spoke '
        '--allow-gateway-transit -o none'
    )
    az.run(
        'network vnet peering create -g TestRG1 --vnet-name Spoke -n use --remote-vnet TestVNet1 '
        '--use-remote-gateways -o none'
    )
    other = VNET1.id(DEFAULTS.subscription_1, 'connections', 'TestVNet1ToTestVNet4')
    said = refused(
        az,
        simulator,
        f'{NEAR} --gateways',
        '3 findings, and nothing was written: ',
        f'(1) Gateway {GATEWAY} also has {other};',
        f'(1) Delete those first (az vnet2vnet delete --ids {other}), or ',
        f'(2) Gateway {GATEWAY} has point-to-site settings: clients dial in to it;',
        f'(2) Remove them first with az network vnet-gateway update --remove vpnClientConfiguration --ids {GATEWAY}',
        f"(3) VNet {VNET} lends its gateway to {VNET.replace('TestVNet1', 'Spoke')} through peering 'lend'.",
        f'(3) Switch that off first: az network vnet peering update --set allowGatewayTransit=false --ids {VNET}'
        '/virtualNetworkPeerings/lend, or omit --gateways.',
    )
    assert type_advice(az, said) == 3
    assert len(az.run(f'{NEAR} --gateways --what-if').json['changes']) == 6


def test_what_needs_a_gateway_does_not_need_the_connections(az, simulator, join):
    join(VNET1, VNET5)
    with live(simulator, 'virtualNetworkGateways', 'VNet5GW') as gateway:
        pool = {'addressPrefixes': ['172.16.0.0/24']}
        gateway['properties']['vpnClientConfiguration'] = {'vpnClientAddressPool': pool}
    refused(az, simulator, f'{NEAR} --gateways', 'VNet5GW has point-to-site settings')
    assert len(az.run(f'{NEAR} --yes').json['changes']) == 2


@pytest.mark.parametrize(
    'level, scope, what',
    [
        ('CanNotDelete', f'/subscriptions/{DEFAULTS.subscription_1}', 'undeletable'),
        ('ReadOnly', FAR_GROUP, 'read-only'),
        ('CanNotDelete', HALF, 'undeletable'),
    ],
)
def test_a_lock_on_either_side(az, simulator, join, level, scope, what):
    join(VNET1, VNET5)
    identifier = lock(simulator, scope, level)
    refused(
        az,
        simulator,
        NEAR,
        f'ERROR: Lock {identifier} makes {scope} {what}.',
        f'Remove it with az lock delete --ids {identifier}, and put it back afterwards.',
    )


@pytest.mark.parametrize(
    'kind, name',
    [
        ('virtualNetworkGateways', 'VNet5GW'),
        ('publicIPAddresses', 'VNet5GWIP'),
        ('virtualNetworkGateways', 'VNet5GW/natRules/rule'),
    ],
)
def test_a_lock_on_what_stays_is_no_hindrance(az, simulator, join, kind, name):
    join(VNET1, VNET5)
    identifier = lock(simulator, VNET5.id(DEFAULTS.subscription_5, kind, name))
    refused(az, simulator, f'{NEAR} --gateways', f'Lock {identifier} makes ')
    assert len(az.run(f'{NEAR} --yes').json['changes']) == 2


def test_a_right_on_either_side(az, simulator, join):
    join(VNET1, VNET5)
    subscription = f'/subscriptions/{DEFAULTS.subscription_1}'
    grant(simulator, ('/', ['*/read'], []), (subscription, ['*'], []))
    refused(
        az,
        simulator,
        NEAR,
        'ERROR: The login may not do Microsoft.Network/connections/delete on '
        f'{FAR_GROUP}/providers/Microsoft.Network/connections/TestVNet5ToTestVNet1.',
        'Ask for a role that has this action, such as Network Contributor, and log in again with az login.',
    )
    grant(simulator, ('/', ['*'], ['Microsoft.Network/publicIPAddresses/delete']), (subscription, ['*'], []))
    said = refused(az, simulator, f'{NEAR} --gateways', 'may not do Microsoft.Network/publicIPAddresses/delete on ')
    assert 'VNet5GWIP' in said and 'VNet1GWIP' not in said
    assert len(az.run(f'{NEAR} --yes').json['changes']) == 2


def test_what_cannot_be_looked_at_is_a_warning(az, simulator, join):
    join(VNET1, VNET5)
    grant(simulator, ('/', ['*'], ['Microsoft.Authorization/*/read', 'Microsoft.Network/virtualNetworks/read']))
    preview = az.run(f'{NEAR} --gateways --what-if')
    codes = [finding['code'] for finding in preview.json['findings']]
    assert sorted(set(codes)) == ['locks-unknown', 'peerings-unknown', 'rights-unknown']
    assert f'WARNING: The VNet of gateway {GATEWAY} cannot be read: whether a peering uses' in preview.stderr
    grant(
        simulator,
        ('/', ['*'], ['Microsoft.Network/virtualNetworkGateways/read']),
        (f'/subscriptions/{DEFAULTS.subscription_5}', ['*'], []),
    )
    refused(
        az,
        simulator,
        f'{NEAR} --gateways',
        f'ERROR: Gateway {GATEWAY} cannot be read.',
        'Ask for the role Reader on its group, or omit --gateways.',
    )
    assert len(az.run(f'{NEAR} --yes').json['changes']) == 2


def test_a_far_end_that_may_not_be_read(az, simulator, join):
    join(VNET1, VNET5)
    grant(simulator, (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], []))
    said = refused(
        az,
        simulator,
        NEAR,
        f'ERROR: The other half beside {HALF} cannot be seen: this login may not read '
        f'it, or its gateway {FAR_GROUP}/providers/Microsoft.Network/virtualNetworkGateways/VNet5GW.',
        'Ask for the role Reader on its group; to delete this half alone, run az network vpn-connection '
        f'delete --ids {HALF}.',
    )
    az.run(said.strip().rpartition('run az ')[2].rstrip('.'))
    assert resources(simulator, 'connections').keys() == {'TestVNet5ToTestVNet1'}


def test_a_far_end_whose_subscription_is_gone(az, simulator, join):
    join(VNET1, VNET5)
    with simulator.lock:
        del simulator.simulator.world.subscriptions[DEFAULTS.subscription_5]
    result = az.run(f'{NEAR} --gateways --what-if')
    assert [change['id'].rpartition('/')[2] for change in result.json['changes']] == [
        'TestVNet1ToTestVNet5',
        'VNet1GW',
        'VNet1GWIP',
    ]


def test_a_far_end_of_another_login(az, simulator, join):
    join(VNET1, VNET5B)
    az.run(f'logout --username {DEFAULTS.app_id}')
    az.login(DEFAULTS.app_id, DEFAULTS.secret, [DEFAULTS.tenant_a])
    refused(
        az,
        simulator,
        f'{NEAR} --gateways',
        f'this login has no subscription {DEFAULTS.subscription_b}.',
        'Run az login --tenant TENANT for the tenant that it is in; to delete this half alone, run az network '
        f'vpn-connection delete --ids {HALF}.',
    )


def test_what_is_no_pair(az, simulator, join):
    join(VNET1, VNET5)
    with live(simulator, 'connections', 'TestVNet1ToTestVNet5') as half:
        half['gateway2'] = None
        half['properties']['connectionType'] = 'IPsec'
    refused(az, simulator, NEAR, f'Connection {HALF} is of type IPsec, which joins no two VNets.')
