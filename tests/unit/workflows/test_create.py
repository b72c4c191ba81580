"""`create`, from the first read to the last status, over the rules of the simulated Azure."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import OperationFailed
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.workflows.create import preview_create, run_create
from azext_vnet2vnet.workflows.run import RunFailed
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    BACK,
    GW2,
    QUICK,
    VNET1,
    Events,
    connected,
    end,
    key_of,
    moments,
    names,
    pair,
    record,
    refusal,
    writes,
)


def create(azure, desired, report=None):
    arm = azure.arm()

    async def scenario():
        return await run_create(arm, await preview_create(arm, desired), report or Report())

    return azure.run(scenario())


def test_a_pair_is_created_from_nothing():
    azure = LocalAzure(QUICK)
    created = create(azure, pair())
    assert [half.status for half in created.state.observed.halves] == ['Connected'] * 2
    assert sorted(f'{step.action.value} {step.id.name}' for step in created.done) == [
        f'create {name}' for name in ('back', 'gw1', 'gw2', 'ip1', 'ip2', 'rg', 'there', 'vnet1', 'vnet2')
    ]
    assert key_of(azure, 'there') == key_of(azure, 'back') and len(key_of(azure, 'there')) == 64


def test_both_gateways_are_created_at_once():
    azure = LocalAzure(QUICK)
    create(azure, pair())
    first, second = moments(azure, 'PUT', '/virtualNetworkGateways/')
    assert second - first < 60


def test_the_same_command_again_writes_nothing():
    azure = connected(LocalAzure())
    created = create(azure, pair())
    assert (writes(azure), created.done) == ([], ())
    assert [half.status for half in created.state.observed.halves] == ['Connected'] * 2


def test_a_missing_half_gets_the_key_of_the_other_one():
    azure = connected(LocalAzure())
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    azure.simulator.journal.clear()
    created = create(azure, pair())
    assert writes(azure) == ['PUT connections/back'] == [f'PUT connections/{step.id.name}' for step in created.done]
    assert key_of(azure, 'back') == 'Sim.Key.1'


def test_one_end_alone_is_created_for_another_administrator_to_go_on():
    azure = LocalAzure()
    azure.make_site(2)
    far = end(2, far_gateway=GW2, location=None, address_prefixes=(), gateway_subnet=None)
    events = Events()
    created = create(azure, pair(end2=far, key=SharedKey('Given.Key.1')), events)
    assert names(azure, 'connections') == ['there'] and key_of(azure, 'there') == 'Given.Key.1'
    assert created.state.observed.end2.half is None
    assert not any('waiting' in text for text in events.seen), 'one half alone brings up no tunnel'


def test_the_status_of_a_pair_that_does_not_exist_is_unknown():
    azure = LocalAzure()
    before = azure.run(preview_create(azure.arm(), pair()))
    assert (before.name, before.status) == ('there', 'Unknown')


def test_the_status_before_a_run_is_that_of_the_halves():
    azure = connected(LocalAzure(QUICK))
    assert azure.run(preview_create(azure.arm(), pair())).status == 'Connected'


def test_a_refusal_names_everything_and_comes_before_any_write():
    azure = LocalAzure()
    desired = pair(end1=end(1, sku='VpnGw9'), end2=end(2, address_prefixes=('10.1.0.0/16',), gateway_subnet=None))
    assert set(refusal(azure, preview_create(azure.arm(), desired))) >= {'sku-unknown', 'ranges-overlap'}
    assert writes(azure) == []


def test_a_missing_right_is_refused_before_any_write():
    azure = LocalAzure()
    azure.make_site(1)
    for entry in azure.simulator.world.role_assignments:
        entry['notActions'] = ['Microsoft.Network/connections/write']
    assert refusal(azure, preview_create(azure.arm(), pair())) == ['right-missing'] * 2
    assert writes(azure) == []


def test_keys_are_read_where_the_pair_does_not_connect_in_five_minutes(caplog):
    azure = LocalAzure(replace(QUICK, status_connected_after=10**5))
    events = Events()
    created = create(azure, pair(), events)
    observed = created.state.observed
    assert observed.end1.key == observed.end2.key == SharedKey(key_of(azure, 'there'))
    assert events.seen[-2:] == [
        'Both connections exist; waiting for the tunnel',
        'Stopped waiting: its halves do not both report Connected',
    ]
    assert 'after 5 minutes its halves do not both report Connected' in caplog.text
    polled = moments(azure, 'GET', 'connections/back')[:-1]
    assert polled[-1] - polled[-21] == pytest.approx(300)


def test_a_failed_gateway_is_reported_with_what_was_skipped_and_how_to_go_on():
    azure = LocalAzure(QUICK)
    azure.fail('PUT */virtualNetworkGateways/gw2', 'fail-operation', every=True, code='Boom', message='No luck.')
    with pytest.raises(RunFailed) as caught:
        create(azure, pair())
    [(target, failure)] = caught.value.failures.items()
    assert target == GW2 and isinstance(failure, OperationFailed) and failure.code == 'Boom'
    assert caught.value.skipped == 2, 'both connections'
    assert caught.value.again == 'run the same command again: it goes on where this run ended'
    assert caught.value.notes == ()
    assert names(azure, 'virtualNetworkGateways') == ['gw1', 'gw2'], 'the other gateway is created all the same'


def test_a_run_that_failed_is_finished_by_the_same_command():
    azure = LocalAzure(QUICK)
    azure.fail('PUT */connections/back', 'status', every=True, status=400, code='BadRequest')
    with pytest.raises(RunFailed):
        create(azure, pair())
    azure.simulator.faults = []
    azure.simulator.journal.clear()
    assert [step.id for step in create(azure, pair()).done] == [BACK]
    assert key_of(azure, 'there') == key_of(azure, 'back')


def test_a_vnet_that_exists_is_joined_as_it_is():
    azure = LocalAzure()
    azure.make_site(1, with_gateway=False)
    create(azure, pair())
    assert 'PUT virtualNetworks/vnet1' not in writes(azure)
    [configuration] = record(azure, 'virtualNetworkGateways', 'gw1')['properties']['ipConfigurations']
    assert configuration['properties']['subnet']['id'] == f'{VNET1}/subnets/GatewaySubnet'


POINTS = {'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']}}
RADIUS = {**POINTS, 'radiusServerAddress': '10.1.0.9', 'radiusServerSecret': 'Radius.Secret.1'}


@pytest.mark.parametrize(
    'points, wishes, code',
    [
        (RADIUS, {'asn': 65031, 'enable_bgp': True}, 'radius-secret'),
        (POINTS, {'active_active': True}, 'active-active-points'),
    ],
)
def test_a_gateway_whose_clients_a_change_would_cut_off_is_refused_before_any_write(points, wishes, code):
    azure = LocalAzure(QUICK)
    azure.make_site(1, vpnClientConfiguration=points)
    assert refusal(azure, preview_create(azure.arm(), pair(end1=end(1, **wishes)))) == [code]
    assert writes(azure) == []


def test_a_gateway_with_radius_that_is_not_changed_is_joined():
    azure = LocalAzure(QUICK)
    azure.make_site(1, vpnClientConfiguration=RADIUS)
    created = create(azure, pair())
    assert [half.status for half in created.state.observed.halves] == ['Connected'] * 2


def test_a_gateway_with_clients_nat_rules_and_certificates_is_changed_whole():
    azure = LocalAzure(QUICK)
    roots = [{'name': 'root', 'properties': {'publicCertData': 'MIIC'}}]
    rule = {'type': 'Static', 'mode': 'EgressSnat', 'internalMappings': [{'addressSpace': '10.1.0.0/24'}]}
    azure.make_site(
        1,
        vpnClientConfiguration={**POINTS, 'vpnClientRootCertificates': roots},
        natRules=[{'name': 'nat', 'properties': rule}],
    )
    create(azure, pair(end1=end(1, enable_bgp=True, asn=65031), end2=end(2, enable_bgp=True, asn=65032)))
    after = record(azure, 'virtualNetworkGateways', 'gw1')['properties']
    assert (
        after['bgpSettings']['asn'] == 65031 and after['vpnClientConfiguration']['vpnClientRootCertificates'] == roots
    )
    assert after['natRules'][0]['properties'].items() >= rule.items()


def test_a_missing_half_gets_protocol_and_weight_of_the_other_one():
    azure = LocalAzure(QUICK)
    azure.make_pair(there={'sharedKey': 'Sim.Key.1', 'connectionProtocol': 'IKEv1', 'routingWeight': 10})
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    azure.simulator.journal.clear()
    created = create(azure, pair())
    assert [(half.protocol, half.weight) for half in created.state.observed.halves] == [('IKEv1', 10)] * 2
    assert [half.status for half in created.state.observed.halves] == ['Connected'] * 2


def test_a_missing_half_that_would_lack_what_the_other_one_has_is_refused():
    azure = LocalAzure(QUICK)
    azure.make_pair()
    azure.client.finish(azure.client.send('DELETE', str(BACK)))
    azure.simulator.journal.clear()
    record(azure, 'connections', 'there')['properties']['ingressNatRules'] = [{'id': f'{GW2}/natRules/nat'}]
    assert refusal(azure, preview_create(azure.arm(), pair())) == ['half-has-more']
    assert writes(azure) == []
