"""How steps that create are written: refusals, lost answers, failed operations, and writes across tenants."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.arm.failures import CreationFailed, NameTaken
from azext_vnet2vnet.engine.step_writer import aux_tenant
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.desired import Gateway, GatewaySubnet, Group, Subnet, Vnet
from azext_vnet2vnet.network.resource_id import ResourceId, gateway_subnet_of
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.plan import Action
from tests.armsim import DEFAULTS
from tests.armsim import client as seeds
from tests.armsim.client import Client
from tests.armsim.settings import Settings
from tests.unit.engine.runs import (
    REFUSALS,
    bodies,
    half,
    observe,
    operations,
    plan_halves,
    plan_of,
    public_ip,
    record,
    run,
    sent,
    sites,
    write,
)
from tests.unit.local_azure import LocalAzure


class TestCreate:
    @pytest.mark.parametrize('refusal, seconds', REFUSALS)
    def test_a_busy_azure_is_waited_for_as_it_asks(self, refusal, seconds):
        azure = LocalAzure()
        azure.fail('PUT */connections/there', 'status', **refusal)
        made = run(azure, plan_of(write(half(*sites(azure)))))
        assert made.outcome.failures == {} and made.report.events == ['started there', 'finished there']
        assert azure.times('PUT') == pytest.approx([0, seconds])

    @pytest.mark.parametrize('do', ['reset-before', 'reset-after', 'hold-before', 'hold-after'])
    def test_a_write_whose_answer_was_lost_is_sent_again_and_made_once(self, do):
        azure = LocalAzure(Settings(durations={'connection-create': 300}))
        near, far = sites(azure)
        before = len(operations(azure, 'connection-create'))
        azure.fail('PUT */connections/there', do)
        made = run(azure, plan_of(write(half(near, far))))
        assert made.outcome.failures == {} and made.generated == 1
        assert sent(azure, 'PUT') == ['PUT connections/there -', 'PUT connections/there 201']
        assert len(operations(azure, 'connection-create')) == before + 1
        assert record(azure, half(near, far).id)['key'] == 'Generated.Key.1'

    def test_an_answer_that_is_lost_until_azure_is_done_is_no_second_creation(self):
        azure = LocalAzure(Settings(durations={'connection-create': 60}))
        near, far = sites(azure)
        azure.fail('PUT */connections/there', 'hold-after')
        made = run(azure, plan_of(write(half(near, far))))
        assert made.outcome.failures == {} and made.done == ['there']
        assert sent(azure, 'PUT') == ['PUT connections/there -', 'PUT connections/there 200']
        assert record(azure, half(near, far).id)['state'] == 'Succeeded'

    def test_an_operation_that_answers_404_is_over_when_its_resource_is_settled(self):
        azure = LocalAzure(Settings(durations={'connection-create': 55}))
        near, far = sites(azure)
        azure.fail('GET */operations/*', 'status', every=True, status=404, code='NotFound')
        made = run(azure, plan_of(write(half(near, far))))
        assert made.outcome.failures == {} and 55 <= azure.time.now() <= 62
        assert made.outcome.bodies[half(near, far).id]['properties']['provisioningState'] == 'Succeeded'

    def test_an_operation_that_fails_is_written_again_three_times_in_all(self):
        azure = LocalAzure()
        near, far = sites(azure)
        azure.fail('PUT */connections/there', 'fail-operation', every=True, code='Internal', message='It broke.')
        made = run(azure, plan_of(write(half(near, far))))
        assert type(made.failure) is CreationFailed
        assert (made.failure.target, made.failure.code, made.failure.text) == (
            half(near, far).id,
            'Internal',
            'It broke.',
        )
        assert len(azure.times('PUT')) == 3
        assert made.report.events == ['started there', 'failed there']
        ends = [entry['time'] for entry in azure.simulator.journal if entry.get('mark') == 'operation-ended']
        puts = [entry['time'] for entry in azure.simulator.journal if entry.get('method') == 'PUT']
        assert all(30 <= put - end <= 40 for put, end in zip(puts[1:], ends, strict=False))

    def test_an_operation_that_fails_twice_is_no_failure(self):
        azure = LocalAzure()
        near, far = sites(azure)
        for _ in range(2):
            azure.fail('PUT */connections/there', 'fail-operation')
        made = run(azure, plan_of(write(half(near, far))))
        assert made.outcome.failures == {} and len(azure.times('PUT')) == 3
        assert record(azure, half(near, far).id)['state'] == 'Succeeded'

    def test_a_resource_at_rest_ends_the_step_though_its_operation_goes_on(self):
        azure = LocalAzure(Settings(durations={'connection-create': 55}))
        azure.fail('PUT */connections/there', 'endless-operation')
        made = run(azure, plan_of(write(half(*sites(azure)))))
        assert made.outcome.failures == {} and azure.time.now() < 90

    def test_a_resource_that_was_seen_at_rest_is_not_read_again(self):
        azure = LocalAzure(Settings(durations={'connection-create': 45}))
        run(azure, plan_of(write(half(*sites(azure)))))
        # The last one compares the half once more.
        reads = ['GET connections/there 404', *['GET connections/there 200'] * 3]
        assert sent(azure, 'GET') == reads and azure.sent[-3:] == ['GET operations 200', *reads[-2:]]

    def test_a_gateway_that_is_busy_itself_is_no_collision(self):
        azure = LocalAzure()
        azure.fail('PUT */connections/there', 'status', **REFUSALS[0][0])
        made = run(azure, plan_halves(*sites(azure)))
        assert made.outcome.failures == {} and azure.times('PUT') == pytest.approx([0, 0, 12])

    def test_a_half_that_somebody_else_created_in_the_meantime_is_adopted_with_its_key(self):
        azure = LocalAzure()
        there, back = azure.make_pair(there={'sharedKey': 'Theirs.1'}, back={'sharedKey': 'Theirs.2'})
        near, far = observe(azure, there).ends
        new = half(far.gateway_id, near.gateway_id, 'new')
        record(azure, back)['gateway1'] = str(near.gateway_id)  # No half starts at the far gateway any more.
        adopted = write(half(near.gateway_id, far.gateway_id))
        made = run(azure, plan_of(adopted, write(new, Action.CREATE, adopted.id)))
        assert made.outcome.failures == {} and made.done == ['new'] and made.generated == 0
        assert sent(azure, 'PUT') == ['PUT connections/new 201']
        assert set(made.outcome.bodies) == {adopted.id, new.id}
        assert record(azure, new.id)['key'] == record(azure, adopted.id)['key'] == 'Theirs.1'

    def test_a_half_that_somebody_else_is_creating_is_waited_for(self):
        azure = LocalAzure(Settings(durations={'connection-create': 40}))
        near, far = sites(azure)
        azure.client.put(str(half(near, far).id), seeds.connection(str(near), str(far), sharedKey='Theirs'))
        made = run(azure, plan_halves(near, far))
        assert made.outcome.failures == {} and made.done == ['back'] and made.generated == 0
        assert record(azure, half(far, near, 'back').id)['key'] == 'Theirs'
        assert 40 <= made.report.seconds['there'] <= 50

    def test_a_connection_of_this_name_that_joins_other_gateways_is_left_alone(self):
        azure = LocalAzure()
        near, far = sites(azure)
        third = azure.make_site(3)
        azure.client.make(str(half(near, far).id), seeds.connection(str(near), str(third)))
        made = run(azure, plan_of(write(half(near, far))))
        assert isinstance(made.failure, NameTaken) and made.failure.connection == half(near, far).id
        assert azure.sent[-1] == 'GET connections/there 200'

    def test_groups_vnets_and_public_ips_are_not_waited_for_until_they_are_settled(self):
        azure = LocalAzure()
        group = ResourceId(DEFAULTS.subscription_1, 'new')
        vnet = group.sibling(resource_id.VNET_TYPE, 'vnet9')
        prefixes = Vnet(vnet, 'eastus', ('10.9.0.0/16',), (Subnet('a', '10.9.1.0/24'),), {'a': 'b'})
        made = run(azure, plan_of(write(Group(group, 'eastus')), write(prefixes, Action.CREATE, group)))
        assert made.outcome.failures == {} and made.done == ['new', 'vnet9']
        assert sent(azure, 'GET') == ['GET resourceGroups/new 404', 'GET virtualNetworks/vnet9 404']
        assert set(made.outcome.bodies) == {group, vnet}
        assert bodies(azure)[1]['tags'] == {'a': 'b'}

    def test_a_gateway_subnet_is_done_when_its_vnet_is_settled(self):
        azure = LocalAzure()
        azure.make_site(1, with_gateway=False)
        vnet = ResourceId(DEFAULTS.subscription_1, 'rg', resource_id.VNET_TYPE, ('vnet9',))
        azure.client.make(str(vnet), seeds.vnet('10.9.0.0/16'))
        azure.simulator.journal.clear()
        made = run(azure, plan_of(write(GatewaySubnet(vnet, '10.9.255.0/27'), lock=vnet)))
        assert made.outcome.failures == {} and made.done == ['GatewaySubnet']
        assert set(made.outcome.bodies) == {vnet} and azure.sent[-1] == 'GET virtualNetworks/vnet9 200'
        assert record(azure, gateway_subnet_of(vnet))['properties']['addressPrefix'] == '10.9.255.0/27'

    def test_what_a_new_public_ip_is_still_busy_with_makes_the_gateway_wait(self):
        azure = LocalAzure(Settings(durations={'public-ip-put': 100}))
        gateway = azure.make_site(1, with_gateway=False)
        vnet = gateway.sibling(resource_id.VNET_TYPE, 'vnet1')
        address = replace(public_ip(gateway), zones=('1', '2', '3'))
        wanted = Gateway(gateway, 'eastus', vnet, (address.id,), 'VpnGw2AZ', 'Generation2', True, 65010)
        made = run(azure, plan_of(write(address), write(wanted, Action.CREATE, address.id, lock=gateway)))
        assert made.outcome.failures == {} and made.done == ['ip9', 'gw1']
        assert record(azure, gateway)['properties']['bgpSettings']['asn'] == 65010


class TestArrivals:
    """What came up since the plan was made."""

    def test_each_kind_is_left_as_it_is_and_named(self):
        azure = LocalAzure()
        near = azure.make_site(1)
        address, vnet = public_ip(near, 'ip1'), near.sibling(resource_id.VNET_TYPE, 'vnet1')
        arrived = (
            Group(near.group_id, 'eastus'),
            Vnet(vnet, 'eastus', ('10.9.0.0/16',), ()),
            GatewaySubnet(vnet, '10.1.254.0/27'),
            address,
            Gateway(near, 'eastus', vnet, (address.id,), 'VpnGw2AZ', 'Generation2'),
        )
        before = azure.simulator.state()['resources']
        made = run(azure, plan_of(*map(write, arrived)))
        assert (sent(azure, 'PUT'), made.done) == ([], []) and azure.simulator.state()['resources'] == before
        assert set(made.outcome.failures) == {one.id for one in arrived}
        for target, failure in made.outcome.failures.items():
            [diagnostic] = failure.diagnostics
            assert diagnostic.code == 'plan-changed' and str(target) in diagnostic.message

    @pytest.mark.parametrize('do', ['reset-before', 'reset-after', 'hold-before', 'hold-after'])
    def test_what_a_lost_answer_left_is_of_this_run(self, do):
        azure = LocalAzure()
        near = azure.make_site(1)
        azure.fail('PUT */publicIPAddresses/ip9', do)
        made = run(azure, plan_of(write(public_ip(near))))
        assert made.outcome.failures == {} and made.done == ['ip9']
        assert sent(azure, 'GET') == ['GET publicIPAddresses/ip9 404']

    def test_what_azure_failed_to_create_is_of_this_run(self):
        azure = LocalAzure()
        near = azure.make_site(1)
        azure.fail('PUT */publicIPAddresses/ip9', 'fail-operation')
        made = run(azure, plan_of(write(public_ip(near))))
        assert made.outcome.failures == {} and made.done == ['ip9']


class TestTenants:
    def test_a_write_across_tenants_carries_a_token_of_the_far_one(self):
        azure = LocalAzure()
        near = azure.make_site(1)
        client = Client(simulator=azure.simulator, tenant=DEFAULTS.tenant_b)
        far = ResourceId.parse(seeds.make_site(client, 2, subscription=DEFAULTS.subscription_b))
        azure.simulator.journal.clear()
        there = half(near, far, far_tenant=DEFAULTS.tenant_b)
        back = half(far, near, 'back', tenant=DEFAULTS.tenant_b, far_tenant=DEFAULTS.tenant_a)
        made = run(azure, plan_of(write(there), write(back)))
        assert made.outcome.failures == {} and set(made.done) == {'there', 'back'}
        changed = [write(replace(one, tunnel=Tunnel(dpd_timeout=30)), Action.UPDATE) for one in (there, back)]
        made = run(azure, plan_of(*changed))
        assert made.outcome.failures == {} and set(made.done) == {'there', 'back'}
        own = [entry for entry in azure.simulator.journal if '/connections/' in entry.get('path', '')]
        tokens = {(entry['method'], entry['tenant'], entry['auxiliary']) for entry in own}
        assert tokens == {
            (method, tenant, 1 if method == 'PUT' else 0)
            for method in ('GET', 'PUT')
            for tenant in (DEFAULTS.tenant_a, DEFAULTS.tenant_b)
        }

    @pytest.mark.parametrize('far_tenant', ['', DEFAULTS.tenant_a])
    def test_a_write_within_a_tenant_carries_no_other_token(self, far_tenant):
        azure = LocalAzure()
        made = run(azure, plan_of(write(half(*sites(azure), far_tenant=far_tenant))))
        assert made.outcome.failures == {}
        assert {entry['auxiliary'] for entry in azure.simulator.journal if 'auxiliary' in entry} == {0}
        assert aux_tenant(half(*sites(LocalAzure()), far_tenant=far_tenant)) is None


def out(azure, match, seconds):
    """The network is away: no answer to such requests for so many seconds, each of which is held up to a minute."""
    for _ in range(int(seconds / 15)):
        azure.fail(match, 'reset-before')


@pytest.mark.parametrize('match', ['GET */virtualNetworkGateways/gw9', 'GET *'])
def test_a_network_that_is_away_while_a_gateway_is_created_is_outlived_and_told(match, caplog):
    azure = LocalAzure()
    gateway = azure.make_site(1, with_gateway=False)
    vnet = gateway.sibling(resource_id.VNET_TYPE, 'vnet1')
    made_of = (gateway.sibling(resource_id.PUBLIC_IP_TYPE, 'ip1'),)
    wanted = Gateway(gateway, 'eastus', vnet, made_of, 'VpnGw2AZ', 'Generation2')
    match = match.replace('gw9', gateway.name)
    made = run(azure, plan_of(write(wanted)), meanwhile={300: lambda: out(azure, match, 180)})
    assert made.outcome.failures == {} and made.done == [gateway.name]
    assert ('No answer from Azure since' in caplog.text) == (match == 'GET *')


def test_a_read_that_is_refused_in_between_is_a_failure():
    azure = LocalAzure()
    near, far = sites(azure)
    azure.fail('GET */connections/there', 'status', nth=2, status=403, code='AuthorizationFailed')
    assert run(azure, plan_of(write(half(near, far)))).failure.status == 403
