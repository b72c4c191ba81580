"""`az vnet2vnet verify`: a verdict with every reason, from the halves, the gateways and what surrounds them."""

import re

import pytest

from tests.armsim import DEFAULTS
from tests.armsim.world import READER
from tests.commands.azure import live, requests
from tests.howto import VNET1, VNET4, VNET5, VNET5B, create

THERE, BACK = 'TestVNet1ToTestVNet4', 'TestVNet4ToTestVNet1'
VERIFY = f'vnet2vnet verify -g TestRG1 -n {THERE}'
POLICY = {
    'ikeEncryption': 'AES256',
    'ikeIntegrity': 'SHA384',
    'dhGroup': 'DHGroup24',
    'ipsecEncryption': 'GCMAES256',
    'ipsecIntegrity': 'GCMAES256',
    'pfsGroup': 'PFS24',
    'saLifeTimeSeconds': 7200,
    'saDataSizeKilobytes': 2048,
}
SELECTOR = {'localAddressRanges': ['10.41.0.0/16'], 'remoteAddressRanges': ['10.12.0.0/16']}
ASK_FOR_KEY = 'Ask for the action Microsoft.Network/connections/sharedKey/action'


def id_of(network, far, subscription=DEFAULTS.subscription_1):
    return network.id(subscription, 'connections', f'{network.vnet}To{far.vnet}')


def bend(served, kind, name, **changes):
    """Change properties of a resource, and its `state`, `key` or `carried` bytes."""
    with live(served, kind, name) as record:
        for field, value in changes.items():
            (record if field in ('state', 'key', 'carried') else record['properties'])[field] = value


def gateway_subnet(served, vnet):
    """The simulator's record of the GatewaySubnet of a VNet."""
    return next(
        record
        for record in served.simulator.world.resources.values()
        if record['id'].endswith(f'/{vnet}/subnets/GatewaySubnet')
    )


def codes(verdict, severity=None):
    return [reason['code'] for reason in verdict['reasons'] if severity in (None, reason['severity'])]


def grant(served, *assignments):
    """Give the login these rights alone, each (scope, actions that are left out of reading)."""
    with served.lock:
        served.simulator.world.role_assignments[:] = [
            {'principalId': principal, 'scope': scope, **READER, 'notActions': list(without)}
            for principal in (DEFAULTS.app_object_a, DEFAULTS.app_object_b)
            for scope, *without in assignments
        ]


@pytest.mark.parametrize(
    'far, subscription',
    [(VNET4, DEFAULTS.subscription_1), (VNET5, DEFAULTS.subscription_5), (VNET5B, DEFAULTS.subscription_b)],
)
def test_a_sound_pair_is_healthy_from_either_half(az, simulator, join, far, subscription):
    join(VNET1, far)
    verdict = az.run(['vnet2vnet', 'verify', '--ids', id_of(VNET1, far), '--debug']).json
    assert (verdict['status'], verdict['healthy'], verdict['reasons']) == ('Connected', True, [])
    assert {one.path.rsplit('/', 1)[-1] for one in requests(simulator) if one.method != 'GET'} == {'getikesas'}
    assert len(requests(simulator)) == 14
    [there], [back] = (verdict[end]['ikeSecurityAssociations'] for end in ('end1', 'end2'))
    assert [there['localEndpoint']] == verdict['end1']['gateway']['publicIps'] == [back['remoteEndpoint']]
    assert [there['remoteEndpoint']] == verdict['end2']['gateway']['publicIps'] == [back['localEndpoint']]
    assert (there['encryption'], there['integrity'], there['dhGroup']) == ('AES256', 'SHA1', 'DHGroup2')
    assert there['elapsedSeconds'] > 0 and verdict['end1']['connection']['ingressBytes'] > 0
    assert verdict['end1']['bgpPeers'] is None is verdict['end2']['bgpPeers']
    turned = az.run(['vnet2vnet', 'verify', '--ids', id_of(far, VNET1, subscription), '-o', 'table'])
    header, _, row = turned.stdout.splitlines()
    assert header.split() == ['Name', 'Status', 'Healthy']
    assert row.split() == [f'{far.vnet}ToTestVNet1', 'Connected', 'True']


def test_bgp_peers_are_told(az, simulator, join):
    join(VNET1, VNET4, '--enable-bgp', '--asn1', '65010', '--asn2', '65020')
    verdict = az.run(VERIFY).json
    assert verdict['healthy'] and verdict['reasons'] == []
    [peer] = verdict['end1']['bgpPeers']
    assert (peer['address'], peer['asn'], peer['state'], peer['routesReceived']) == (
        '10.42.255.30',
        65020,
        'Connected',
        2,
    )
    assert re.match(r'\d\d:\d\d:', peer['connectedDuration']) and verdict['end2']['bgpPeers'][0]['asn'] == 65010
    bend(simulator, 'virtualNetworkGateways', 'VNet4GW', bgpSettings={'asn': 65010})
    wrong = az.run(VERIFY, expect=4).json
    assert wrong['status'] == 'Connected' and codes(wrong) == ['asn-equal']
    assert [end['bgpPeers'][0]['state'] for end in (wrong['end1'], wrong['end2'])] == ['Connecting'] * 2


def test_active_active_has_four_associations(az, join):
    join(VNET1, VNET4)
    az.run(['vnet2vnet', 'create', *VNET1.place(1), *VNET4.place(2), '--active-active', '--yes', '-o', 'none'])
    verdict = az.run(VERIFY).json
    ends = [(one['localEndpoint'], one['remoteEndpoint']) for one in verdict['end1']['ikeSecurityAssociations']]
    assert len(set(ends)) == 4 and verdict['reasons'] == []


def test_every_reason_comes_at_once(az, simulator, join):
    join(VNET1, VNET4)
    gateway_subnet(simulator, 'TestVNet1')['properties'].update(
        networkSecurityGroup={'id': VNET1.id(DEFAULTS.subscription_1, 'networkSecurityGroups', 'nsg1')},
        routeTable={'id': VNET1.id(DEFAULTS.subscription_1, 'routeTables', 'gone')},
    )
    bend(simulator, 'virtualNetworks', 'TestVNet4', addressSpace={'addressPrefixes': ['10.11.128.0/17']})
    bend(simulator, 'virtualNetworkGateways', 'VNet1GW', sku={'name': 'VpnGw2', 'tier': 'VpnGw2'})
    bend(simulator, 'connections', THERE, key='Another.Key.1', connectionMode='ResponderOnly', enableBgp=True)
    bend(
        simulator,
        'connections',
        BACK,
        connectionMode='ResponderOnly',
        connectionProtocol='IKEv1',
        ipsecPolicies=[POLICY],
        trafficSelectorPolicies=[SELECTOR],
        dpdTimeoutSeconds=45,
    )
    verdict = az.run(VERIFY, expect=4).json
    assert (verdict['status'], verdict['healthy']) == ('NotConnected', False)
    assert codes(verdict, 'error') == [
        'key-mismatch',
        'policy-differs',
        'protocol-differs',
        'bgp-one-sided',
        'mode-deadlock',
        'ranges-overlap',
        'gateway-subnet-nsg',
        'not-connected',
    ]
    assert codes(verdict, 'warning') == ['sku-retired', 'selectors-differ', 'dpd-differs', 'gateway-subnet-route-table']
    assert verdict['reasons'][0] == {
        'code': 'key-mismatch',
        'severity': 'error',
        'message': f'The keys of {id_of(VNET1, VNET4)} and {id_of(VNET4, VNET1)} differ',
        'recommendation': f'Run az vnet2vnet rotate-key --ids {id_of(VNET1, VNET4)}',
    }
    table = az.run(f'{VERIFY} -o table', expect=4).stdout.splitlines()
    assert [line.split()[3:5] for line in table[2:4]] == [['key-mismatch', 'error'], ['policy-differs', 'error']]
    assert len(table) == 2 + 12 and f'The keys of {THERE} and {BACK} differ' in table[2]
    found = az.run([*VERIFY.split(), '--query', "reasons[?severity=='warning'].code", '-o', 'tsv'], expect=4)
    assert found.stdout.split() == codes(verdict, 'warning')


def test_several_pairs(az, simulator, join):
    join(VNET1, VNET4)
    command = ['vnet2vnet', 'verify', '--query', '[].[name, healthy]', '-o', 'tsv', '--ids']
    az.run(create(VNET1, VNET5, '-o', 'none'))
    first, second = id_of(VNET1, VNET4), id_of(VNET1, VNET5)
    hub = az.run(['vnet2vnet', 'verify', '--ids', second]).json
    assert hub['healthy'] and codes(hub, 'warning') == ['not-transitive'] == codes(hub)
    assert f'VNet1GW also has {THERE}; without BGP' in hub['reasons'][0]['message']
    found = az.run([*command, first, second])
    assert sorted(found.stdout.split()) == ['TestVNet1ToTestVNet4', 'TestVNet1ToTestVNet5', 'True', 'True']
    bend(simulator, 'connections', THERE, key='Another.Key.1')
    assert 'False' in az.run([*command, first, second], expect=4).stdout.split()
    missing = az.run(['vnet2vnet', 'verify', '--query', 'name', '--ids', f'{first}x', second], expect=1)
    assert f'{THERE}x does not exist.' in missing.stderr and missing.json == 'TestVNet1ToTestVNet5'
    assert 'does not exist.' in az.run(['vnet2vnet', 'verify', '--ids', f'{first}x'], expect=3).stderr


def test_what_azure_is_still_working_on(az, simulator, join):
    join(VNET1, VNET4)
    bend(simulator, 'connections', THERE, state='Updating')
    bend(simulator, 'virtualNetworkGateways', 'VNet4GW', state='Updating')
    verdict = az.run(VERIFY, expect=4).json
    assert verdict['status'] == 'Updating'
    assert codes(verdict) == ['gateway-updating', 'connection-updating', 'not-connected']
    assert 'VNet4GW (Updating)' in verdict['reasons'][0]['message']
    assert verdict['reasons'][1]['recommendation'] == f'Run az vnet2vnet wait --ids {id_of(VNET1, VNET4)}'
    assert [verdict[end]['ikeSecurityAssociations'] for end in ('end1', 'end2')] == [None, None], 'nobody was asked'
    assert not any(
        one.path.endswith(('sharedkey', 'getikesas')) and 'TestRG1' in one.path for one in requests(simulator)
    )


@pytest.mark.azure(status_unknown_for=1e9)
def test_a_status_that_lags_the_tunnel(az, join):
    join(VNET1, VNET4, expect=5)
    verdict = az.run(VERIFY, expect=4).json
    [reason] = verdict['reasons']
    assert (verdict['status'], reason['code']) == ('Unknown', 'not-connected')
    assert f'{BACK} reports Unknown. The IKE security associations are up: the status follows' in reason['message']
    assert verdict['end1']['ikeSecurityAssociations'] and verdict['end2']['ikeSecurityAssociations']


def test_bytes_that_flow_one_way(az, simulator, join):
    join(VNET1, VNET4)
    bend(simulator, 'connections', THERE, carried=[0, 840])
    bend(simulator, 'connections', BACK, carried=[840, 0])
    verdict = az.run(VERIFY, expect=4).json
    [reason] = verdict['reasons']
    assert (verdict['status'], reason['code']) == ('Connected', 'bytes-one-way')
    assert f'{THERE} has sent 840 bytes and received none' in reason['message']
    assert 'virtualNetworks/TestVNet4: az network nic ' in reason['recommendation']


def check_without_keys(az):
    verdict = az.run(VERIFY).json
    assert verdict['healthy'] and verdict['status'] == 'Connected'
    assert [(reason['code'], reason['recommendation']) for reason in verdict['reasons'][:2]] == [
        ('key-unreadable', ASK_FOR_KEY)
    ] * 2
    return verdict


@pytest.mark.parametrize(
    'empty', [False, pytest.param(True, marks=pytest.mark.azure(shared_key_reads_as_empty_array=True))]
)
def test_a_reader_learns_all_but_keys_and_what_gateways_report(az, simulator, join, empty):
    join(VNET1, VNET4, '--enable-bgp', '--asn1', '65010', '--asn2', '65020')
    assert simulator.simulator.settings.shared_key_reads_as_empty_array is empty
    grant(simulator, ('/',))
    verdict = check_without_keys(az)
    assert codes(verdict)[2:] == ['report-missing'] * 4
    assert {reason['recommendation'] for reason in verdict['reasons'][2:]} == {
        f'Ask for the action Microsoft.Network/{action}/action'
        for action in ('connections/getikesas', 'virtualNetworkGateways/getbgppeerstatus')
    }
    assert [verdict['end1'][name] for name in ('ikeSecurityAssociations', 'bgpPeers')] == [None, None]


def test_a_key_that_azure_answers_with_a_500_is_unreadable(az, simulator, join):
    join(VNET1, VNET4)
    simulator.simulator.faults = [{'match': 'GET */sharedkey', 'every': True, 'do': 'status'}]
    assert codes(check_without_keys(az)) == ['key-unreadable'] * 2


def test_ends_that_may_not_be_read(az, simulator, join):
    join(VNET1, VNET5)
    command = VERIFY.replace('4', '5')
    near, far = (f'/subscriptions/{one}' for one in (DEFAULTS.subscription_1, DEFAULTS.subscription_5))
    grant(
        simulator,
        (near, 'Microsoft.Network/virtualNetworks/read', 'Microsoft.Network/virtualNetworkGateways/connections/read'),
        (far,),
    )
    hidden = az.run(command).json
    assert [code for code in codes(hidden) if code not in ('key-unreadable', 'report-missing')] == ['vnet-unreadable']
    grant(simulator, (near, 'Microsoft.Network/virtualNetworkGateways/*'), (far,))
    hidden = az.run(command).json
    assert 'gateway-unreadable' in codes(hidden) and hidden['end1']['gateway'].keys() - {'resourceGroup'} == {'id'}
    grant(simulator, (near,), (far, 'Microsoft.Network/connections/read'))
    hidden = az.run(command).json
    assert (hidden['status'], hidden['healthy'], hidden['end2']['connection']) == ('FarEndUnreadable', True, None)
    grant(simulator, (near,))
    hidden = az.run(command).json
    assert (hidden['status'], codes(hidden)[0]) == ('FarEndUnreadable', 'far-end-unreadable')
    assert 'this login may not read it, or its gateway' in hidden['reasons'][0]['message']
    grant(simulator, (far,))
    assert 'AuthorizationFailed' in az.run(command, expect=1).stderr


def test_a_far_end_in_a_tenant_without_a_login(az, join):
    join(VNET1, VNET5B)
    az.run('logout --username ' + DEFAULTS.app_id)
    az.login(DEFAULTS.app_id, DEFAULTS.secret, [DEFAULTS.tenant_a])
    verdict = az.run(['vnet2vnet', 'verify', '--ids', id_of(VNET1, VNET5B)]).json
    assert verdict['status'] == 'FarEndUnreadable' and verdict['healthy']
    assert verdict['reasons'][0]['recommendation'] == 'Run az login --tenant TENANT for the tenant that it is in'


def test_broken_and_busy_answers_are_waited_out(az, simulator, join):
    join(VNET1, VNET4)
    simulator.simulator.faults = [
        {'match': 'GET */connections/*', 'do': 'reset-before'},
        {'match': 'GET */sharedkey', 'do': 'reset-after'},
        {'match': 'GET */virtualNetworks/*', 'do': 'status', 'status': 503},
        {'match': 'GET */VNet1GW/connections', 'do': 'html-404'},
        {'match': 'POST */getikesas', 'do': 'status', 'status': 429, 'headers': {'Retry-After': '1'}},
        {'match': 'GET */operationResults/*', 'do': 'status', 'status': 502},
    ]
    verdict = az.run(VERIFY).json
    assert verdict['healthy'] and verdict['reasons'] == []
    assert all(verdict[end]['ikeSecurityAssociations'] for end in ('end1', 'end2'))
    assert sum(1 for one in requests(simulator) if one.fault) == 6


def test_answers_that_stay_broken(az, simulator, join):
    join(VNET1, VNET4)
    simulator.simulator.faults = [{'match': 'POST */getikesas', 'every': True, 'do': 'status'}]
    verdict = az.run(VERIFY).json
    assert verdict['healthy'] and codes(verdict) == ['report-missing'] * 2
    assert verdict['reasons'][0]['message'].endswith('are not known: no answer came')
    simulator.simulator.faults = [{'match': f'GET */{BACK}', 'every': True, 'do': 'status', 'status': 503}]
    failed = az.run(VERIFY, expect=1)
    assert f'connections/{BACK} could not be read: InternalServerError' in failed.stderr and failed.stdout == ''
