"""What `az vnet2vnet verify` says to type can be typed, and heals the pair."""

import re

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import keys, live, requests, resources
from tests.commands.test_verify import BACK, POLICY, SELECTOR, THERE, VERIFY, bend, codes, gateway_subnet
from tests.howto import VNET1, VNET4

SUBSCRIPTION = DEFAULTS.subscription_1
BGP = ('--enable-bgp', '--asn1', '65010', '--asn2', '65020')
TUNNEL = (
    '--dpd-timeout',
    '45',
    '--connection-mode',
    'InitiatorOnly',
    '--traffic-selector',
    'local=10.11.0.0/16',
    'remote=10.41.0.0/16',
)
COMMAND = re.compile(r'az (?:vnet2vnet|network) .*?(?=[:;,]|$| in vain| with the options)')


def typed(recommendation):
    """The first command that a recommendation names, and the next one where both are to be run."""
    found = COMMAND.findall(recommendation)
    return found if ', then az ' in recommendation else found[:1]


def break_halves(served):
    bend(
        served,
        'connections',
        BACK,
        key='Another.Key.1',
        ipsecPolicies=[POLICY],
        trafficSelectorPolicies=[SELECTOR],
        usePolicyBasedTrafficSelectors=True,
        dpdTimeoutSeconds=45,
        connectionMode='ResponderOnly',
    )
    bend(served, 'connections', THERE, connectionMode='ResponderOnly')


def break_states(served):
    bend(served, 'connections', BACK, state='Failed')
    bend(served, 'virtualNetworkGateways', 'VNet1GW', state='Failed')


def break_bgp(served):
    bend(served, 'virtualNetworkGateways', 'VNet1GW', bgpSettings={'asn': 65020}, enableBgp=False)


def break_flags(served):
    bend(served, 'connections', THERE, enableBgp=False)


def break_protocol(served):
    bend(served, 'connections', BACK, connectionProtocol='IKEv1')


def break_gateway_subnet(served):
    subnet = gateway_subnet(served, 'TestVNet4')
    group, table = (VNET4.id(SUBSCRIPTION, kind, 'x') for kind in ('networkSecurityGroups', 'routeTables'))
    subnet['properties'].update(networkSecurityGroup={'id': group}, routeTable={'id': table})
    routes = [{'name': 'all', 'properties': {'addressPrefix': '0.0.0.0/0', 'nextHopType': 'Internet'}}]
    for identifier, properties in ((group, {}), (table, {'routes': routes, 'disableBgpRoutePropagation': True})):
        served.simulator.world.resources[identifier.lower()] = {
            **subnet,
            'id': identifier,
            'name': 'x',
            'type': '/'.join(identifier.split('/')[6:8]),
            'properties': properties,
        }


def take_half_away(served):
    with live(served, 'connections', BACK) as half:
        served.simulator.fabric.unindex(half)
        served.simulator.fabric.remove(half['id'])


def replace_gateway(served):
    """The far gateway under another name, with a connection back."""
    fabric = served.simulator.fabric
    with live(served, 'virtualNetworkGateways', 'VNet4GW') as gateway, live(served, 'connections', BACK) as back:
        for user in fabric.users(gateway_subnet(served, 'TestVNet4')['id']):
            fabric.detach(gateway_subnet(served, 'TestVNet4')['id'], user)
            fabric.attach(gateway_subnet(served, 'TestVNet4')['id'], user.replace('VNet4GW', 'VNet4GW2'))
        fabric.unindex(back)
        fabric.remove(gateway['id'])
        gateway.update(id=f'{gateway["id"]}2', name='VNet4GW2')
        fabric.world.resources[gateway['id'].lower()] = gateway
        back['gateway1'] = gateway['id']
        fabric.index(back)


@pytest.mark.parametrize(
    'options, break_pair, expected',
    [
        (
            (),
            break_halves,
            ['key-mismatch', 'policy-differs', 'mode-deadlock', 'not-connected', 'selectors-differ', 'dpd-differs'],
        ),
        ((), break_states, ['gateway-failed', 'connection-failed', 'not-connected']),
        (BGP, break_bgp, ['asn-equal', 'bgp-gateway-off']),
        (BGP, break_flags, ['bgp-one-sided']),
        ((), break_protocol, ['protocol-differs', 'not-connected']),
        (
            (),
            break_gateway_subnet,
            ['gateway-subnet-nsg', 'gateway-subnet-default-route', 'gateway-subnet-propagation-off'],
        ),
        (TUNNEL, take_half_away, ['half-missing', 'not-connected']),
        ((), replace_gateway, ['gateway-replaced', 'not-connected']),
    ],
    ids=lambda value: value.__name__ if callable(value) else '',
)
def test_what_is_recommended_heals(az, simulator, join, options, break_pair, expected):
    join(VNET1, VNET4, *options)
    with simulator.lock:
        break_pair(simulator)
    verdict = az.run(VERIFY, expect=4).json
    assert codes(verdict) == expected
    commands = [
        command
        for reason in verdict['reasons']
        if reason['code'] != 'not-connected'
        for command in typed(reason['recommendation'])
    ]
    for command in dict.fromkeys(commands):
        az.run(f'{command[3:]} -o none' + (' --yes' if ' vnet2vnet ' in command else ''))
    healed = az.run(VERIFY).json
    assert (healed['status'], healed['reasons']) == ('Connected', [])
    halves = [one['properties'] for one in resources(simulator, 'connections').values()]
    assert len(set(keys(simulator).values())) == 1 and len(halves) == 2
    if options:
        assert {half.get('dpdTimeoutSeconds') or 0 for half in halves} == {45 if options is TUNNEL else 0}
        assert {bool(half.get('enableBgp')) for half in halves} == {options is BGP}


def test_a_pair_that_native_az_made_with_two_keys(az, join_natively):
    join_natively('Native.Key.1', 'Native.Key.2')
    verify = 'vnet2vnet verify -g TestRG4 -n back'
    [differ, down] = az.run(f'{verify} --debug', expect=4).json['reasons']
    assert (differ['code'], down['code']) == ('key-mismatch', 'not-connected')
    assert 'connections/back reports ' in down['message'] and ' and ' in down['message']
    [command] = typed(differ['recommendation'])
    az.run(f'{command[3:]} --yes -o none')
    assert az.run(verify).json['healthy']


def test_warnings_can_be_mended_too(az, simulator, join):
    join(VNET1, VNET4)
    bend(simulator, 'virtualNetworkGateways', 'VNet1GW', sku={'name': 'VpnGw2', 'tier': 'VpnGw2'})
    vnet4 = VNET4.id(SUBSCRIPTION, 'virtualNetworks', 'TestVNet4')
    az.run(
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
            'shortcut',
            '--remote-vnet',
            vnet4,
            '--allow-vnet-access',
            '-o',
            'none',
        ]
    )
    verdict = az.run(VERIFY).json
    assert verdict['healthy'] and codes(verdict) == ['sku-retired', 'vnets-peered']
    for reason in verdict['reasons']:
        [command] = typed(reason['recommendation'].partition('run ')[2])
        az.run(f'{command[3:]} -o none')
    assert az.run(VERIFY).json['reasons'] == []
    assert resources(simulator, 'virtualNetworkGateways')['VNet1GW']['properties']['sku']['name'] == 'VpnGw2AZ'


def test_what_is_under_way_can_be_waited_for(az, simulator, join, wait_for):
    join(VNET1, VNET4)
    [key] = set(keys(simulator).values())
    bend(simulator, 'connections', THERE, key='Another.Key.1')
    [_, down] = az.run(VERIFY, expect=4).json['reasons']
    waiting, resetting = COMMAND.findall(down['recommendation'])
    assert waiting == f'az vnet2vnet wait --ids {VNET1.id(SUBSCRIPTION, "connections", THERE)}'
    before = len(requests(simulator))
    running = az.start(f'{waiting[3:]} --interval 60 --timeout 1000000')
    wait_for(lambda: sum(one.path.endswith(THERE) for one in requests(simulator)[before:]) > 1, running)
    bend(simulator, 'connections', THERE, key=key)
    assert running.wait().stdout == ''
    az.run(f'{resetting[3:]} --yes -o none')
    bend(simulator, 'virtualNetworkGateways', 'VNet1GW', state='Updating')
    [updating] = [reason for reason in az.run(VERIFY, expect=4).json['reasons'] if reason['code'] == 'gateway-updating']
    bend(simulator, 'virtualNetworkGateways', 'VNet1GW', state='Succeeded')
    assert az.run(updating['recommendation'].removeprefix('Run az ')).stdout == ''
