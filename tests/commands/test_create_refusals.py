"""What `az vnet2vnet create` refuses because of what is there, or of what the login may not do: before any write."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import grant, refused, resources
from tests.howto import VNET1, VNET4, VNET5, create

GROUP1 = f'/subscriptions/{DEFAULTS.subscription_1}/resourceGroups/TestRG1'
VNET1_ID = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworks', 'TestVNet1')
SUBNET = [
    'network',
    'vnet',
    'subnet',
    'update',
    '-g',
    'TestRG1',
    '--vnet-name',
    'TestVNet1',
    '-n',
    'GatewaySubnet',
    '-o',
    'none',
]


def native(az, *commands):
    for command in commands:
        az.run(command)


@pytest.mark.parametrize(
    'options, text',
    [
        (['--sku', 'Standard', '--allocation-method', 'Static'], 'has no zones; SKU VpnGw2AZ requires them in eastus.'),
        (
            ['--sku', 'Standard', '--allocation-method', 'Static', '-l', 'westus2', '--zone', '1', '2', '3'],
            'is in westus2, the VNet in eastus.',
        ),
    ],
)
def test_a_public_ip_that_does_not_fit(az, simulator, options, text):
    native(
        az,
        ['group', 'create', '-n', 'TestRG1', '-l', 'eastus'],
        ['network', 'public-ip', 'create', '-g', 'TestRG1', '-n', 'VNet1GWIP', *options, '-o', 'none'],
    )
    refused(
        az,
        simulator,
        create(VNET1, VNET4),
        '/publicIPAddresses/VNet1GWIP',
        text,
        'Give another name with --public-ips1',
    )


def test_a_public_ip_that_is_in_use(az, simulator):
    az.run(create(VNET1, VNET4, '-o', 'none'))
    refused(
        az,
        simulator,
        [
            'vnet2vnet',
            'create',
            '--resource-group',
            'TestRG1',
            '--vnet1',
            'Third',
            '--address-prefixes1',
            '10.99.0.0/16',
            '--public-ips1',
            'VNet1GWIP',
            *VNET4.place(2),
        ],
        'VNet1GWIP is in use by ',
        '--public-ips1',
    )


def test_a_gateway_of_another_vnet(az, simulator):
    az.run(create(VNET1, VNET4, '-o', 'none'))
    native(
        az,
        [
            'network',
            'vnet',
            'create',
            '-g',
            'TestRG1',
            '-n',
            'Third',
            '--address-prefixes',
            '10.99.0.0/16',
            '-o',
            'none',
        ],
    )
    refused(
        az,
        simulator,
        [
            'vnet2vnet',
            'create',
            '--resource-group1',
            'TestRG1',
            '--vnet1',
            'Third',
            '--vnet-gateway1',
            'VNet1GW',
            *VNET4.place(2),
        ],
        f'VNet1GW is the gateway of VNet {VNET1_ID}.',
    )


def test_a_connection_name_that_is_taken(az, simulator):
    az.run(create(VNET1, VNET4, '-o', 'none'))
    refused(
        az,
        simulator,
        ['vnet2vnet', 'create', *VNET1.place(1), *VNET5.options(2), '--name', 'TestVNet1ToTestVNet4'],
        'TestVNet1ToTestVNet4 exists and joins other gateways.',
        '--name',
    )


def test_a_range_behind_another_connection(az, simulator):
    az.run(create(VNET1, VNET4, '-o', 'none'))
    refused(
        az,
        simulator,
        [
            'vnet2vnet',
            'create',
            *VNET1.place(1),
            '--resource-group2',
            'Other',
            '--location2',
            'eastus',
            '--vnet2',
            'Like4',
            '--address-prefixes2',
            '10.41.0.0/16',
        ],
        'TestVNet1ToTestVNet4 leads to overlap: 10.41.0.0/16 and 10.41.0.0/16.',
    )


def test_what_else_holds_the_gateway_subnet(az, simulator):
    native(
        az,
        *VNET1.native_network(),
        *VNET4.native_network(),
        ['network', 'nsg', 'create', '-g', 'TestRG1', '-n', 'nsg', '-o', 'none'],
        [*SUBNET, '--network-security-group', 'nsg'],
        ['network', 'route-table', 'create', '-g', 'TestRG1', '-n', 'routes', '-o', 'none'],
        [
            'network',
            'route-table',
            'route',
            'create',
            '-g',
            'TestRG1',
            '--route-table-name',
            'routes',
            '-n',
            'all',
            '--address-prefix',
            '0.0.0.0/0',
            '--next-hop-type',
            'Internet',
            '-o',
            'none',
        ],
        [*SUBNET, '--route-table', 'routes'],
    )
    refused(
        az,
        simulator,
        ['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)],
        '2 findings, and nothing was written',
        'has network security group ',
        'with a route for 0.0.0.0/0',
        '--network-security-group null',
    )


def test_a_vnet_that_uses_a_remote_gateway(az, simulator):
    far = VNET5.id(DEFAULTS.subscription_5, 'virtualNetworks', 'TestVNet5')
    native(
        az,
        *VNET1.native_network(),
        *VNET4.native_network(),
        *VNET5.native_network(),
        *VNET5.native_gateway(),
        [
            'network',
            'vnet',
            'peering',
            'create',
            '-g',
            'TestRG5',
            '--vnet-name',
            'TestVNet5',
            '-n',
            'back',
            '--subscription',
            'Subscription 5',
            '--remote-vnet',
            VNET1_ID,
            '--allow-gateway-transit',
            '-o',
            'none',
        ],
        [
            'network',
            'vnet',
            'peering',
            'create',
            '-g',
            'TestRG1',
            '--vnet-name',
            'TestVNet1',
            '-n',
            'there',
            '--remote-vnet',
            far,
            '--use-remote-gateways',
            '-o',
            'none',
        ],
    )
    refused(
        az,
        simulator,
        ['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)],
        f"VNet {VNET1_ID} uses the gateway of {far} through peering 'there'",
        'useRemoteGateways=false',
    )


@pytest.mark.parametrize(
    'actions, not_actions, missing',
    [
        (['*/read'], [], 'Microsoft.Resources/subscriptions/resourceGroups/write'),
        (['*'], ['Microsoft.Network/*/write'], 'Microsoft.Network/virtualNetworkGateways/write'),
        (['*'], ['microsoft.network/publicipaddresses/JOIN/action'], 'Microsoft.Network/publicIPAddresses/join/action'),
    ],
)
def test_a_right_that_is_missing(az, simulator, actions, not_actions, missing):
    grant(simulator, ('/', actions, not_actions))
    refused(az, simulator, create(VNET1, VNET4), f'The login may not do {missing} on ', 'Network Contributor')


def test_rights_are_looked_for_at_both_ends(az, simulator):
    native(az, *VNET1.native_network(), *VNET5.native_network())
    grant(simulator, ('/', ['*/read'], []), (f'/subscriptions/{DEFAULTS.subscription_1}', ['*'], []))
    refused(
        az,
        simulator,
        ['vnet2vnet', 'create', *VNET1.place(1), *VNET5.place(2)],
        'Microsoft.Network/virtualNetworkGateways/write on '
        f'/subscriptions/{DEFAULTS.subscription_5}/resourceGroups/TestRG5',
    )


def test_a_right_on_the_resource_alone_is_enough(az, simulator):
    """Connections may be written, and the gateways are the login's though their groups are not."""
    az.run(create(VNET1, VNET4, '-o', 'none'))
    gateways = [
        network.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', network.gateway) for network in (VNET1, VNET4)
    ]
    grant(
        simulator,
        ('/', ['*/read', 'Microsoft.Network/connections/*'], []),
        *((gateway, ['Microsoft.Network/virtualNetworkGateways/*'], []) for gateway in gateways),
    )
    assert (
        az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2), '--dpd-timeout', '30', '--yes']).json['status']
        == 'Connected'
    )


def test_the_right_to_read_the_key_is_looked_for_before_a_gateway_is_changed(az, simulator):
    az.run(create(VNET1, VNET4, '-o', 'none'))
    grant(simulator, ('/', ['*'], ['Microsoft.Network/connections/sharedKey/action']))
    refused(
        az,
        simulator,
        ['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2), '--asn1', '65013', '--dpd-timeout', '34', '--yes'],
        'The login may not do Microsoft.Network/connections/sharedKey/action on ',
    )


def test_a_right_on_the_vnet_is_enough_for_its_gateway_subnet(az, simulator):
    native(az, *VNET1.native_network()[:-1], *VNET4.native_network()[:-1])
    networks = [network.id(DEFAULTS.subscription_1, 'virtualNetworks', network.vnet) for network in (VNET1, VNET4)]
    others = [f'Microsoft.Network/{kind}/*' for kind in ('publicIPAddresses', 'virtualNetworkGateways', 'connections')]
    grant(
        simulator,
        ('/', ['*/read', *others], []),
        *((network, ['Microsoft.Network/virtualNetworks/*'], []) for network in networks),
    )
    assert az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)]).json['status'] == 'Connected'


def test_rights_that_cannot_be_read_are_a_warning(az, simulator):
    grant(simulator, ('/', ['*'], ['Microsoft.Authorization/permissions/read']))
    result = az.run(create(VNET1, VNET4, '--what-if'))
    assert {finding['code'] for finding in result.json['findings']} == {'rights-unknown'}
    assert 'cannot be read, and is not checked' in result.stderr and len(result.json['changes']) == 10


def test_locations_that_cannot_be_read_are_a_warning(az, simulator):
    native(az, *VNET1.native_network(), *VNET4.native_network())
    grant(
        simulator,
        *(
            (f'/subscriptions/{DEFAULTS.subscription_1}/resourceGroups/{network.group}', ['*'], [])
            for network in (VNET1, VNET4)
        ),
    )
    result = az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2), '--what-if'])
    assert 'zones-unknown' in {finding['code'] for finding in result.json['findings']}


@pytest.mark.parametrize('scope', [['--resource-group', 'TestRG4'], []])
def test_a_read_only_lock_on_either_side(az, simulator, scope):
    native(
        az,
        *VNET1.native_network(),
        *VNET4.native_network(),
        ['lock', 'create', '-n', 'keep', '--lock-type', 'ReadOnly', *scope, '-o', 'none'],
    )
    refused(
        az,
        simulator,
        ['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)],
        '/providers/Microsoft.Authorization/locks/keep makes ',
        ' read-only',
        'az lock delete --ids',
    )


def test_a_lock_against_deletion_is_no_hindrance(az, simulator):
    native(
        az,
        *VNET1.native_network(),
        *VNET4.native_network(),
        ['lock', 'create', '-n', 'keep', '--lock-type', 'CanNotDelete', '--resource-group', 'TestRG4', '-o', 'none'],
    )
    assert az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)]).json['status'] == 'Connected'


def test_a_subscription_that_is_not_registered(az, simulator):
    simulator.simulator.world.subscriptions[DEFAULTS.subscription_5]['registered'] = []
    refused(
        az,
        simulator,
        create(VNET1, VNET5),
        f'Subscription {DEFAULTS.subscription_5} is not registered to use Microsoft.Network.',
        'az provider register --namespace Microsoft.Network --wait',
    )


def test_vnets_that_are_peered_are_a_warning(az, simulator):
    native(
        az,
        *VNET1.native_network(),
        *VNET4.native_network(),
        [
            'network',
            'vnet',
            'peering',
            'create',
            '-g',
            'TestRG1',
            '--vnet-name',
            'TestVNet1',
            '-n',
            'there',
            '--remote-vnet',
            VNET4.id(DEFAULTS.subscription_1, 'virtualNetworks', 'TestVNet4'),
            '-o',
            'none',
        ],
    )
    result = az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2)])
    assert 'The two VNets are peered' in result.stderr and result.json['status'] == 'Connected'
    assert len(resources(simulator, 'connections')) == 2
