"""`az vnet2vnet update`: both halves get what is asked for, become alike, and keep everything else."""

import json
import re

import pytest

from tests.armsim import DEFAULTS
from tests.azcli import terminal
from tests.commands.azure import keys, live, requests, resources, writes
from tests.commands.terminal import CTRL_C
from tests.commands.terminal import answer as answer_at_terminal
from tests.howto import POLICY, POLICY_BODY, VNET1, VNET4, VNET5, VNET5B

THERE, BACK = 'TestVNet1ToTestVNet4', 'TestVNet4ToTestVNet1'
UPDATE = ['vnet2vnet', 'update', '-g', 'TestRG1', '-n', THERE]
PUTS = [('connections', THERE), ('connections', BACK)]
NOTHING = 'Nothing to do: everything exists as asked for.'
TUNNEL = (
    'ipsecPolicies',
    'dpdTimeoutSeconds',
    'connectionMode',
    'usePolicyBasedTrafficSelectors',
    'trafficSelectorPolicies',
)


def half_id(near, far, subscription=DEFAULTS.subscription_1):
    return near.id(subscription, 'connections', f'{near.vnet}To{far.vnet}')


def held(served, name):
    """What Azure holds of a connection: its properties, with its tags."""
    record = resources(served, 'connections')[name]
    return {**record['properties'], 'tags': record['tags'] or {}}


def tunnel(served, name):
    """The fields of the tunnel, None or empty where Azure chooses."""
    return tuple(held(served, name).get(field) or None for field in TUNNEL)


def contains(whole, part):
    """Whether everything of a part is in the whole, which Azure may have filled up."""
    if isinstance(part, dict):
        return all(name in whole and contains(whole[name], value) for name, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return whole == part


def selector(local, remote):
    return {'localAddressRanges': local, 'remoteAddressRanges': remote}


@pytest.mark.parametrize(
    'far, subscription, auxiliary',
    [(VNET4, DEFAULTS.subscription_1, 0), (VNET5, DEFAULTS.subscription_5, 0), (VNET5B, DEFAULTS.subscription_b, 1)],
)
def test_every_option_from_either_half(az, simulator, join, far, subscription, auxiliary):
    join(VNET1, far)
    kept = keys(simulator)
    there, back = f'TestVNet1To{far.vnet}', f'{far.vnet}ToTestVNet1'
    near_range, far_range = VNET1.prefixes[0], far.prefixes[0]
    options = [
        *POLICY,
        '--dpd-timeout',
        '45',
        '--connection-mode',
        'initiatoronly',
        '--policy-based-selectors',
        '--traffic-selector',
        f'local={",".join(far.prefixes)}',
        f'remote={near_range}',
        '--tags',
        'owner=network',
        'test',
        '--yes',
    ]
    command = ['vnet2vnet', 'update', '--ids', half_id(far, VNET1, subscription)]
    pair = az.run([*command, *options]).json
    assert (pair['name'], pair['status'], pair['reasons']) == (back, 'Connected', [])
    assert [change['action'] for change in pair['changes']] == ['update', 'update']
    assert tunnel(simulator, back) == (
        [POLICY_BODY],
        45,
        'InitiatorOnly',
        True,
        [selector(list(far.prefixes), [near_range])],
    )
    assert tunnel(simulator, there) == (
        [POLICY_BODY],
        45,
        'ResponderOnly',
        True,
        [selector([near_range], list(far.prefixes))],
    )
    assert held(simulator, there)['tags'] == held(simulator, back)['tags'] == {'owner': 'network', 'test': ''}
    puts = [entry for entry in requests(simulator) if entry.method == 'PUT']
    assert sorted(writes(simulator)) == [('connections', there), ('connections', back)]
    assert [entry.auxiliary for entry in puts] == [auxiliary, auxiliary]
    again = az.run([*command, *options[:-1]])
    assert again.json['changes'] == [] and NOTHING in again.stderr
    cleared = az.run(
        [
            'vnet2vnet',
            'update',
            '-g',
            'TestRG1',
            '-n',
            there,
            '--clear-policy',
            '--clear-selectors',
            '--use-policy-based-traffic-selectors',
            'false',
            '--connection-mode',
            'Default',
            '--tags',
            '',
            '--yes',
        ]
    ).json
    assert cleared['status'] == 'Connected' and cleared['end2']['vnet']['addressPrefixes'][0] == far_range
    for name in (there, back):
        assert tunnel(simulator, name) == (None, 45, 'Default', None, None) and held(simulator, name)['tags'] == {}
    assert len(writes(simulator)) == 4 and keys(simulator) == kept


def test_a_pair_that_somebody_else_made(az, simulator, join):
    join(VNET1, VNET4)
    for near, far, name, old in ((VNET1, VNET4, 'one', THERE), (VNET4, VNET1, 'other', BACK)):
        with live(simulator, 'connections', old) as half:
            simulator.simulator.fabric.unindex(half)
            simulator.simulator.fabric.remove(half['id'])
        gateways = [
            {'id': network.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', network.gateway), 'properties': {}}
            for network in (near, far)
        ]
        body = az.folder / 'body.json'
        body.write_text(
            json.dumps(
                {
                    'location': near.location,
                    'properties': {
                        'connectionType': 'vnet2vnet',
                        'virtualNetworkGateway1': gateways[0],
                        'virtualNetworkGateway2': gateways[1],
                        'routingWeight': 10,
                        'sharedKey': 'their_own_0123',
                    },
                }
            ),
            encoding='utf-8',
        )
        az.run(
            [
                'rest',
                '-m',
                'put',
                '-b',
                f'@{body}',
                '-u',
                near.id(DEFAULTS.subscription_1, 'connections', name) + '?api-version=2025-01-01',
            ]
        )
        body.unlink()
    assert az.run('vnet2vnet update -g TestRG4 -n other --dpd-timeout 45 --yes').json['status'] == 'Connected'
    assert [
        (held(simulator, name)['dpdTimeoutSeconds'], held(simulator, name)['routingWeight'])
        for name in ('one', 'other')
    ] == [(45, 10)] * 2
    assert set(keys(simulator).values()) == {'their_own_0123'}


def test_what_was_not_asked_for_stays(az, simulator, join):
    join(VNET1, VNET4)
    odd = {
        'routingWeight': 7,
        'useLocalAzureIpAddress': True,
        'expressRouteGatewayBypass': True,
        'enablePrivateLinkFastPath': True,
        'dpdTimeoutSeconds': 33,
    }
    with live(simulator, 'connections', THERE) as half:
        half['properties'].update(odd)
        half['tags'] = {'Owner': 'somebody'}
    with live(simulator, 'connections', BACK) as half:
        half['properties'].update({'routingWeight': 9, 'dpdTimeoutSeconds': 33})
    before = {name: held(simulator, name) for name in (THERE, BACK)}
    assert az.run([*UPDATE, '--connection-mode', 'ResponderOnly', '--yes']).json['status'] == 'Connected'
    for name, mode in ((THERE, 'ResponderOnly'), (BACK, 'InitiatorOnly')):
        assert contains(held(simulator, name), {**before[name], 'connectionMode': mode})


def test_halves_that_differ_become_like_the_named_one(az, simulator, join):
    join(VNET1, VNET4, *POLICY)
    with live(simulator, 'connections', THERE) as half:
        half['properties'].update({'connectionMode': 'ResponderOnly', 'dpdTimeoutSeconds': 20})
    with live(simulator, 'connections', BACK) as half:
        half['properties'].update({'connectionMode': 'ResponderOnly', 'ipsecPolicies': []})
        half['key'], half['changed'] = 'Another.Key.1', simulator.simulator.fabric.now
    right = keys(simulator)[half_id(VNET1, VNET4).lower()]
    plan = az.run([*UPDATE, '--what-if']).json
    back = half_id(VNET4, VNET1)
    assert [change['id'] for change in plan['changes']] == [back, f'{back}/sharedkey'] and writes(simulator) == []
    policy = plan['changes'][0]['after']['policy']
    names = 'ikeEncryption ikeIntegrity dhGroup ipsecEncryption ipsecIntegrity pfsGroup saLifetime saMaxSize'
    spelt = '/'.join(str(policy[name]) for name in names.split())
    assert plan['changes'][0]['disturbance'] == (
        f'Connection {back} is changed (IPsec policy added: none -> {spelt}, DPD time-out 0 -> 20, connection mode '
        'ResponderOnly -> InitiatorOnly), which drops its tunnel for a moment'
    )
    pair = az.run([*UPDATE, '--yes']).json
    assert (pair['status'], pair['healthy'], pair['reasons']) == ('Connected', True, [])
    assert [change['id'] for change in pair['changes']] == [back, f'{back}/sharedkey']
    assert writes(simulator) == [('connections', BACK), ('sharedkey', BACK)]
    assert tunnel(simulator, BACK)[:3] == ([POLICY_BODY], 20, 'InitiatorOnly')
    assert tunnel(simulator, THERE)[:3] == ([POLICY_BODY], 20, 'ResponderOnly')
    assert set(keys(simulator).values()) == {right}


def test_what_only_the_other_half_has_goes_to_the_named_one(az, simulator, join):
    join(VNET1, VNET4)
    with live(simulator, 'connections', THERE) as half:
        half['properties'].update(
            {
                'ipsecPolicies': [POLICY_BODY],
                'usePolicyBasedTrafficSelectors': True,
                'trafficSelectorPolicies': [selector(['10.11.0.0/16'], ['10.41.0.0/16'])],
            }
        )
        half['changed'] = simulator.simulator.fabric.now
    pair = az.run(['vnet2vnet', 'update', '--ids', half_id(VNET4, VNET1), '--yes']).json
    assert pair['name'] == BACK and pair['status'] == 'Connected'
    assert writes(simulator) == [('connections', BACK)]
    mirrored = [selector(['10.41.0.0/16'], ['10.11.0.0/16'])]
    assert tunnel(simulator, BACK) == ([POLICY_BODY], None, 'Default', True, mirrored)


def test_selectors_in_another_order_are_the_same_ones(az, simulator, join):
    join(VNET1, VNET4)
    first, second = ['local=10.11.0.0/16', 'remote=10.41.0.0/16'], ['local=10.12.0.0/16', 'remote=10.42.0.0/16']
    az.run([*UPDATE, '--traffic-selector', *first, '--traffic-selector', *second, '--yes'])
    again = az.run([*UPDATE, '--traffic-selector', *second, '--traffic-selector', *first])
    assert again.json['changes'] == [] and len(writes(simulator)) == 2


def test_bgp_is_switched_on_at_gateways_where_it_is_off(az, simulator, join):
    join(VNET1, VNET4)
    points = {
        'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']},
        'vpnClientProtocols': ['OpenVPN'],
        'vpnAuthenticationTypes': ['Certificate'],
        'vpnClientRevokedCertificates': [],
        'radiusServers': [],
        'vpnClientRootCertificates': [{'name': 'root', 'properties': {'publicCertData': 'MIIBase64'}}],
        'vpnClientIpsecPolicies': [],
    }
    rules = [
        {
            'name': 'nat',
            'properties': {
                'type': 'Static',
                'mode': 'EgressSnat',
                'internalMappings': [{'addressSpace': '10.11.9.0/24'}],
                'externalMappings': [{'addressSpace': '192.168.9.0/24'}],
            },
        }
    ]
    with live(simulator, 'virtualNetworkGateways', 'VNet1GW') as gateway:
        gateway['properties'].update(
            {
                'bgpSettings': {'asn': 65010},
                'vpnClientConfiguration': points,
                'natRules': rules,
                'customRoutes': {'addressPrefixes': ['10.200.0.0/16']},
            }
        )
        gateway['tags'] = {'owner': 'somebody'}
    before = resources(simulator, 'virtualNetworkGateways')['VNet1GW']
    question = f'Gateway {before["id"]} is changed (BGP off -> on), which can drop all its tunnels for some minutes.'
    assert question in az.run([*UPDATE, '--enable-bgp'], expect=1).stderr
    pair = az.run([*UPDATE, '--enable-bgp', '--yes']).json
    assert pair['status'] == 'Connected' and pair['reasons'] == []
    assert [pair[end]['gateway']['asn'] for end in ('end1', 'end2')] == [65010, 65515]
    kinds = [kind for kind, _ in writes(simulator)]
    assert kinds == ['virtualNetworkGateways'] * 2 + ['connections'] * 2
    assert all(held(simulator, name)['enableBgp'] for name in (THERE, BACK))
    after = resources(simulator, 'virtualNetworkGateways')['VNet1GW']
    assert after['tags'] == {'owner': 'somebody'} and after['properties']['enableBgp'] is True
    for name in set(before['properties']) - {'enableBgp', 'bgpSettings'}:
        assert contains(after['properties'][name], before['properties'][name]), name
    assert az.run([*UPDATE, '--enable-bgp']).json['changes'] == []
    assert az.run([*UPDATE, '--enable-bgp', 'false', '--yes']).json['status'] == 'Connected'
    assert writes(simulator)[4:] in (PUTS, PUTS[::-1])


def test_equal_asns_are_refused_with_a_command_that_works(az, simulator, join):
    join(VNET1, VNET4)
    result = az.run([*UPDATE, '--enable-bgp', '--yes'], expect=1)
    assert 'ERROR: Both gateways have ASN 65515; BGP between two gateways requires two.' in result.stderr
    assert writes(simulator) == []
    command = re.search(r'Run az (vnet2vnet create .*), with numbers of yours\.', result.stderr).group(1)
    pair = az.run(f'{command} --yes').json
    assert pair['status'] == 'Connected' and pair['reasons'] == []
    assert [pair[end]['gateway']['asn'] for end in ('end1', 'end2')] == [65010, 65020]


def test_it_asks_before_it_drops_the_tunnel(az, simulator, join):
    join(VNET1, VNET4)
    command = [*UPDATE, '--dpd-timeout', '45']
    sentences = [
        f'Connection {half_id(near, far)} is changed (DPD time-out 0 -> 45), which drops its tunnel for a moment.'
        for near, far in ((VNET1, VNET4), (VNET4, VNET1))
    ]
    nowhere = az.run(command, expect=1)
    assert (
        f'ERROR: {" ".join(sentences)} This requires a confirmation, and there is no terminal to ask at.\n'
        'Add --yes to go on without a question.\n'
    ) in nowhere.stderr
    for answer in ('n\n', '\n', '\x04'):
        with terminal(answer) as stdin:
            no = az.run(command, stdin=stdin, expect=1)
        assert '\n'.join([*sentences, 'Go on? (y/N): ']) in no.stderr and no.stdout == ''
        assert no.stderr.endswith('ERROR: Operation cancelled; nothing was written.\n')
    code, screen = answer_at_terminal(az, command, CTRL_C)
    assert code == 130 and 'Interrupted before anything was written.\n' in screen
    assert writes(simulator) == []
    with terminal('y\n') as stdin:
        assert az.run(command, stdin=stdin).json['status'] == 'Connected'
    assert len(writes(simulator)) == 2
    no_questions = {'AZURE_CORE_DISABLE_CONFIRM_PROMPT': 'true'}
    assert len(az.run([*UPDATE, '--dpd-timeout', '50'], env=no_questions).json['changes']) == 2


def test_tags_alone_neither_ask_nor_touch_the_tunnel(az, simulator, join):
    join(VNET1, VNET4)
    with live(simulator, 'connections', THERE) as half:
        half['tags'] = {'a': 'b'}
    with live(simulator, 'virtualNetworkGateways', 'VNet4GW') as gateway:
        gateway['state'] = 'Updating'  # For ever: tags do not wait for it.
    result = az.run([*UPDATE, '--tags', 'a=b', 'c'])
    assert 'Updated connection TestVNet1ToTestVNet4 after ' in result.stderr
    assert [change['id'] for change in result.json['changes']] == [half_id(VNET1, VNET4), half_id(VNET4, VNET1)]
    assert [(entry.method, entry.body) for entry in requests(simulator) if entry.method != 'GET'] == [
        ('PATCH', {'tags': {'a': 'b', 'c': ''}})
    ] * 2
    assert held(simulator, THERE)['tags'] == held(simulator, BACK)['tags'] == {'a': 'b', 'c': ''}


def test_tables_and_lines(az, join):
    join(VNET1, VNET4)
    plan = az.run([*UPDATE, '--dpd-timeout', '45', '--what-if', '-o', 'table']).stdout.splitlines()
    assert plan[0].split() == ['Action', 'Name', 'Id', 'Message']
    assert plan[2].split(maxsplit=3) == [
        'update',
        THERE,
        half_id(VNET1, VNET4),
        f'Connection {THERE} is changed (DPD time-out 0 -> 45), which drops its tunnel for a moment',
    ]
    result = az.run([*UPDATE, '--dpd-timeout', '45', '--yes', '-o', 'table'])
    assert result.stdout.splitlines()[2].split() == [
        THERE,
        'TestVNet1',
        'eastus',
        'TestVNet4',
        'westus',
        'Connected',
        'True',
    ]
    lines = [line for line in result.stderr.splitlines() if not line.startswith(('WARNING', 'Still'))]
    assert lines[:2] == [f'Updating connection {THERE} (eastus)', f'Updating connection {BACK} (westus)']
    quiet = az.run([*UPDATE, '--dpd-timeout', '50', '--yes', '--only-show-errors'])
    assert quiet.stderr == '' and quiet.json['status'] == 'Connected'
