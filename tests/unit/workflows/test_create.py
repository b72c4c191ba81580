"""`create`, from the first read to the last status, over the rules of the simulated Azure."""

from dataclasses import replace

import pytest
from azure.cli.core.azclierror import AuthenticationError

from azext_vnet2vnet.arm.failures import LoginEnded, OperationFailed
from azext_vnet2vnet.cli.errors import azure_error
from azext_vnet2vnet.cli.output import created_json
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.workflows.create import preview_create, run_create
from azext_vnet2vnet.workflows.run import RunFailed
from tests.armsim import DEFAULTS
from tests.armsim.client import vnet
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    BACK,
    GROUP,
    GW1,
    GW2,
    QUICK,
    THERE,
    VNET1,
    VNET2,
    Events,
    connected,
    end,
    hide,
    key_of,
    let_pass,
    moments,
    names,
    pair,
    record,
    refusal,
    resource,
    writes,
)

ACROSS = pair(
    end2=end(2, vnet=resource('virtualNetworks', 'vnet2', 'rg', DEFAULTS.subscription_b), tenant=DEFAULTS.tenant_b)
)
POLICY = 'RequestDisallowedByPolicy'


def create(azure, desired, report=None):
    arm = azure.arm()

    async def scenario():
        return await run_create(arm, await preview_create(arm, desired), report or Report())

    return azure.run(scenario())


class Reasons(Report):
    """Records why steps failed."""

    def __init__(self):
        self.reasons = []

    def failed(self, step, reason=''):
        self.reasons.append(f'{step.id.name} {reason}')


def arrivals(caught):
    """What came up meanwhile, as a failed run names it."""
    assert {one.code for failure in caught.value.failures.values() for one in failure.diagnostics} == {'plan-changed'}
    return list(caught.value.failures)


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


def only_end(number, **far):
    other = 3 - number
    gateway = resource('virtualNetworkGateways', f'gw{other}')
    usual = {'far_gateway': gateway, 'location': None, 'address_prefixes': (), 'gateway_subnet': None}
    ends = {f'end{other}': end(other, **{**usual, **far}), f'end{number}': end(number)}
    return pair(key=SharedKey('Given.Key.1'), **ends)


def test_a_far_gateway_that_does_not_exist_is_refused_before_any_write():
    azure = LocalAzure()
    assert refusal(azure, preview_create(azure.arm(), only_end(1))) == ['far-gateway-missing']
    assert writes(azure) == []


def test_a_far_gateway_of_another_vnet_is_refused_before_any_write():
    azure = LocalAzure()
    azure.make_site(2)
    desired = only_end(1, vnet=resource('virtualNetworks', 'vnet9'))
    assert refusal(azure, preview_create(azure.arm(), desired)) == ['far-gateway-vnet']
    assert writes(azure) == []


def test_the_command_for_the_other_administrator_names_the_far_gateway():
    azure = LocalAzure(QUICK)
    azure.make_site(2)
    desired = replace(only_end(1), tunnel=Tunnel(enable_bgp=False, dpd_timeout=50))
    found = created_json(create(azure, desired))
    assert found['status'] == 'Half' and [one['code'] for one in found['reasons']] == ['half-missing']
    command = found['farEnd']['command']
    assert f'--vnet2 {VNET2} --vnet-gateway2 gw2 --name there --peer-name back' in command
    assert '--dpd-timeout 50' in command


def test_the_second_administrator_waits_for_the_own_half():
    azure, events = LocalAzure(QUICK), Events()
    azure.make_site(2)
    create(azure, only_end(1))
    found = created_json(create(azure, only_end(2), events))
    assert (found['status'], found['healthy'], found['reasons']) == ('Connected', True, [])
    assert events.seen[-2:] == ['back exists; waiting some minutes for the tunnel', 'back reports Connected']


def test_the_second_administrator_is_told_how_to_wait_on():
    azure, events = LocalAzure(replace(QUICK, status_connected_after=10**5)), Events()
    azure.make_site(2)
    create(azure, only_end(1))
    azure.simulator.journal.clear()
    found = created_json(create(azure, only_end(2), events))
    [reason] = found['reasons']
    assert (found['healthy'], reason['code']) == (False, 'not-connected')
    assert reason['recommendation'] == f'Wait with az vnet2vnet wait --connected --ids {BACK}'
    polled = moments(azure, 'GET', 'connections/back')
    assert polled[-1] - polled[-13] == pytest.approx(180)


def test_an_administrator_who_cannot_see_the_far_end_gets_both_ways_on():
    azure = LocalAzure(QUICK)
    azure.make_site(2)
    [reason] = created_json(create(azure, only_end(1, tenant='')))['reasons']
    assert reason['code'] == 'not-connected'
    assert 'if the other administrator has no half yet, that one runs: az vnet2vnet create' in reason['recommendation']
    assert created_json(create(azure, only_end(2, tenant='')))['status'] == 'Connected'
    assert created_json(create(azure, only_end(1, tenant='')))['status'] == 'Connected'


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


def test_no_gateway_is_begun_once_the_pair_cannot_be_finished():
    azure, events = LocalAzure(QUICK), Reasons()
    azure.client.make(str(GROUP), {'location': 'eastus'})
    azure.client.make(str(VNET2), vnet('10.2.0.0/16'))
    azure.fail('PUT */subnets/GatewaySubnet', 'status', every=True, status=403, code=POLICY, message='No  NSG.')
    with pytest.raises(RunFailed) as caught:
        create(azure, pair(), events)
    assert len(caught.value.failures) == 1 and names(azure, 'virtualNetworkGateways') == []
    assert events.reasons == [f'GatewaySubnet {POLICY}: No NSG.']
    assert caught.value.skipped == 3, 'its gateway and both connections'
    assert caught.value.notes == (f'Not begun, as nothing that needs it can be made yet: {GW1}',)
    error = azure_error(caught.value)
    assert 'Ask its owner for an exemption for this subnet, then run the same command again' in str(
        error.recommendations
    )


def test_a_run_that_failed_is_finished_by_the_same_command():
    azure = LocalAzure(QUICK)
    azure.fail('PUT */connections/back', 'status', every=True, status=400, code='BadRequest')
    with pytest.raises(RunFailed):
        create(azure, pair())
    azure.simulator.faults = []
    azure.simulator.journal.clear()
    assert [step.id for step in create(azure, pair()).done] == [BACK]
    assert key_of(azure, 'there') == key_of(azure, 'back')


def test_what_somebody_creates_while_a_question_waits_is_left_as_it_is():
    azure = LocalAzure(QUICK)
    azure.make_site(1)
    before = azure.run(preview_create(azure.arm(), pair()))
    theirs = {**vnet('10.43.0.0/16', subnets={'theirs': '10.43.1.0/24'}), 'tags': {'owner': 'somebody'}}
    azure.client.make(str(VNET2), theirs)
    let_pass(azure, 3600)
    with pytest.raises(RunFailed) as caught:
        azure.run(run_create(azure.arm(), before, Report()))
    assert arrivals(caught) == [VNET2]
    kept = record(azure, 'virtualNetworks', 'vnet2')
    assert kept['tags'] == {'owner': 'somebody'}
    assert kept['properties']['addressSpace'] == {'addressPrefixes': ['10.43.0.0/16']}
    assert 'virtualNetworkGateways/gw2' not in ' '.join(writes(azure)), 'no gateway in a VNet that nobody looked at'


def test_a_gateway_that_appears_between_plan_and_step_is_left_as_it_is():
    azure = connected(LocalAzure(QUICK))
    for one in (THERE, BACK):
        hide(azure, one)
    appear = hide(azure, GW2)
    before = azure.run(preview_create(azure.arm(), pair()))
    appear()
    with pytest.raises(RunFailed) as caught:
        azure.run(run_create(azure.arm(), before, Report()))
    assert arrivals(caught) == [GW2] and caught.value.skipped == 2 and writes(azure) == []


def test_a_vnet_that_exists_is_joined_as_it_is():
    azure = LocalAzure()
    azure.make_site(1, with_gateway=False)
    create(azure, pair())
    assert 'PUT virtualNetworks/vnet1' not in writes(azure)
    [configuration] = record(azure, 'virtualNetworkGateways', 'gw1')['properties']['ipConfigurations']
    assert configuration['properties']['subnet']['id'] == f'{VNET1}/subnets/GatewaySubnet'


@pytest.mark.parametrize('code', ('AADSTS700016', 'AADSTS50020', 'AADSTS90072'))
def test_two_accounts_for_two_tenants_are_refused_before_any_write(code):
    azure = LocalAzure(QUICK)
    usual = azure.network

    def network(subscription, aux_tenant=None):
        if aux_tenant:
            raise AuthenticationError(f'{code}: The account is not found in the directory.')
        return usual(subscription, aux_tenant)

    azure.network = network
    assert refusal(azure, preview_create(azure.arm(), ACROSS)) == ['login-two-accounts'] * 2
    assert writes(azure) == []


def test_a_login_that_has_ended_in_the_other_tenant_stops_before_any_write():
    azure = LocalAzure(QUICK)
    azure.simulator.world.principals[0]['failures'] = {DEFAULTS.tenant_b: 'sign-in-frequency'}
    with pytest.raises(LoginEnded):
        azure.run(preview_create(azure.arm(), ACROSS))
    assert writes(azure) == []


def test_tokens_of_both_tenants_are_renewed_after_the_preflight():
    azure = LocalAzure(QUICK)
    azure.run(preview_create(azure.arm(), ACROSS))
    assert {(DEFAULTS.subscription_1, DEFAULTS.tenant_b), (DEFAULTS.subscription_b, DEFAULTS.tenant_a)} == set(
        azure.forgotten
    )


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
