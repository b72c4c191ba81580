"""`az vnet2vnet delete` where Azure is slow, busy, broken or wrong."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.advice import type_by_id
from tests.commands.azure import live, requests, resources, writes
from tests.commands.test_delete import left
from tests.howto import VNET1, VNET4, VNET5, VNET5B, create

NEAR = 'vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet5'
FAR_HALF = VNET5.id(DEFAULTS.subscription_5, 'connections', 'TestVNet5ToTestVNet1')
STUBBORN = pytest.mark.azure(
    released_after_connection_delete=900,
    released_after_gateway_delete=900,
    settle_lag=300,
    provider_not_found_for=900,
    far_gateway_locked=True,
    colliding_connections_answer_429=True,
)
FAILS = {'do': 'fail-operation', 'code': 'InternalServerError', 'message': 'An error occurred.'}


def status(code, number, match, nth=1, message='An error occurred.'):
    return {'match': match, 'nth': nth, 'do': 'status', 'status': number, 'code': code, 'message': message}


def answers(simulator, kind):
    """The (status, code) of each DELETE of a kind, in order."""
    return [
        (one.status, getattr(one, 'code', None))
        for one in requests(simulator)
        if one.method == 'DELETE' and f'/{kind}/' in one.path and not one.held
    ]


@STUBBORN
def test_what_seems_to_be_in_use_is_waited_for(az, simulator, join):
    join(VNET1, VNET5B)
    assert len(az.run(f'{NEAR} --gateways --yes').json['changes']) == 6
    assert left(simulator) == []
    for kind, code in (
        ('virtualNetworkGateways', 'VirtualNetworkGatewayCannotBeDeleted'),
        ('publicIPAddresses', 'PublicIPAddressCannotBeDeleted'),
    ):
        assert set(answers(simulator, kind)) == {(400, code), (202, None)}


@STUBBORN
def test_an_azure_that_locks_both_gateways_and_a_gateway_that_is_being_changed(az, simulator, join):
    join(VNET1, VNET4)
    az.run('network vnet-gateway update -g TestRG4 -n VNet4GW --tags a=b --no-wait')
    assert len(az.run('vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet4 --gateways --yes').json['changes']) == 6
    assert left(simulator) == []


def test_all_that_passes_is_waited_out(az, simulator, join):
    join(VNET1, VNET5)
    busy = 'Another operation on this or dependent resource is in progress.'
    simulator.simulator.faults = [
        status('SubscriptionRequestsThrottled', 429, 'DELETE */connections/*', message="Try again after '1' seconds."),
        status('AnotherOperationInProgress', 409, 'DELETE */connections/*', message=busy),
        {'match': 'DELETE */connections/*', 'do': 'reset-after'},
        {'match': 'GET */operations/*', 'do': 'html-404'},
        {'match': 'DELETE */virtualNetworkGateways/*', 'do': 'reset-before'},
        {'match': 'DELETE */virtualNetworkGateways/*', 'do': 'expired-token'},
        {'match': 'DELETE */virtualNetworkGateways/*', **FAILS},
        status('InternalServerError', 500, 'GET */virtualNetworkGateways/VNet1GW', 2),
        {'match': 'DELETE */publicIPAddresses/*', 'do': 'empty-delete'},
        status('ServerTimeout', 503, 'DELETE */publicIPAddresses/*'),
    ]
    assert len(az.run(f'{NEAR} --gateways --yes').json['changes']) == 6
    assert left(simulator) == [] and all(fault.seen >= fault.nth for fault in simulator.simulator.faults)


def test_a_half_that_azure_fails_at_is_told_with_what_leads_on(az, simulator, join):
    join(VNET1, VNET5)
    simulator.simulator.faults = [{'match': 'DELETE */connections/TestVNet5*', 'every': True, **FAILS}]
    failed = az.run(f'{NEAR} --gateways --yes', expect=1)
    assert (
        f'ERROR: Azure began to work on {FAR_HALF} and failed: InternalServerError: An error occurred.' in failed.stderr
    )
    assert len(answers(simulator, 'connections')) == 4, 'three tries of one, and the other one'
    assert left(simulator) == ['TestVNet5ToTestVNet1', 'VNet1GW', 'VNet5GW', 'VNet1GWIP', 'VNet5GWIP']
    assert f'look at those, then run az vnet2vnet delete --ids {FAR_HALF} --gateways.' in failed.stderr
    assert 'does not exist' in az.run(f'{NEAR} --gateways --yes', expect=3).stderr
    simulator.simulator.faults = []
    az.run(f'vnet2vnet delete --ids {FAR_HALF} --gateways --yes')
    assert left(simulator) == []


def test_a_half_that_may_not_be_deleted_keeps_the_other_one(az, simulator, join):
    join(VNET1, VNET5)
    simulator.simulator.faults = [
        {**status('RequestDisallowedByPolicy', 403, 'DELETE */connections/TestVNet5*'), 'every': True}
    ]
    failed = az.run(f'{NEAR} --yes', expect=1)
    assert f'ERROR: {FAR_HALF} could not be deleted: RequestDisallowedByPolicy: An error occurred.' in failed.stderr
    assert len(resources(simulator, 'connections')) == 2 and 'Failed: connection TestVNet5ToTestVNet1' in failed.stderr
    simulator.simulator.faults = []
    assert len(az.run(f'{NEAR} --yes').json['changes']) == 2


def test_a_gateway_that_azure_never_deletes(az, simulator, join):
    join(VNET1, VNET5)
    simulator.simulator.faults = [{'match': 'DELETE */VNet5GW', 'every': True, 'do': 'empty-delete'}]
    failed = az.run(f'{NEAR} --gateways --yes', expect=1)
    gateway = VNET5.id(DEFAULTS.subscription_5, 'virtualNetworkGateways', 'VNet5GW')
    assert f'ERROR: Azure says that it has deleted {gateway}, but it still exists' in failed.stderr
    assert len(answers(simulator, 'virtualNetworkGateways')) > 2 and left(simulator) == ['VNet5GW', 'VNet5GWIP']
    assert f'Wait some minutes, then run az network vnet-gateway delete --ids {gateway}, then az' in failed.stderr
    simulator.simulator.faults = []
    type_by_id(az, failed.stderr)
    assert left(simulator) == []


def test_a_public_ip_that_somebody_else_took_is_left_alone(az, simulator, join):
    join(VNET1, VNET5)
    public_ip = VNET5.id(DEFAULTS.subscription_5, 'publicIPAddresses', 'VNet5GWIP')
    card = f'{VNET5.id(DEFAULTS.subscription_5, "networkInterfaces", "card")}/ipConfigurations/one'
    with simulator.lock:
        simulator.simulator.fabric.attach(public_ip, card)
    failed = az.run(f'{NEAR} --gateways --yes', expect=1)
    assert f'ERROR: {public_ip} could not be deleted: PublicIPAddressCannotBeDeleted: ' in failed.stderr
    assert f'still allocated to resource {card}.' in failed.stderr
    assert 'It was left as it is, because something else needs it: remove that first' in failed.stderr
    assert left(simulator) == ['VNet5GWIP'] and len(answers(simulator, 'publicIPAddresses')) == 2


def test_a_gateway_that_a_third_one_leads_to_is_left_alone(az, simulator, join):
    """The list of a gateway does not show it: Azure alone can refuse, and it is not known for how long it means it."""
    join(VNET1, VNET5)
    az.run([*create(VNET1, VNET4), '-o', 'none'])
    az.run('network vpn-connection delete -g TestRG1 -n TestVNet1ToTestVNet4')
    failed = az.run(f'{NEAR} --gateways --yes', expect=1)
    gateway = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'VNet1GW')
    assert f'ERROR: {gateway} could not be deleted: VirtualNetworkGatewayCannotBeDeleted: ' in failed.stderr
    assert 'TestVNet4ToTestVNet1.' in failed.stderr
    assert left(simulator) == ['TestVNet4ToTestVNet1', 'VNet1GW', 'VNet4GW', 'VNet1GWIP', 'VNet4GWIP']


def test_a_connection_that_came_meanwhile_keeps_its_gateway(az, simulator, join, wait_for):
    join(VNET1, VNET5)
    simulator.simulator.faults = [{'match': 'GET */operations/*', 'nth': 1, 'do': 'slow', 'seconds': 1200}]
    running = az.start(f'{NEAR} --gateways --yes')
    wait_for(lambda: len(writes(simulator)) == 2, running)
    with live(simulator, 'connections', 'TestVNet1ToTestVNet5') as half:
        fabric = simulator.simulator.fabric
        new = {
            **half,
            'id': half['id'].replace('TestVNet1To', 'Newcomer'),
            'name': 'NewcomerTestVNet5',
            'gateway2': half['gateway2'].replace('VNet5GW', 'Other'),
        }
        fabric.world.resources[new['id'].lower()] = new
        fabric.index(new)
    failed = running.wait(expect=1)
    assert 'VNet1GW could not be deleted: VirtualNetworkGatewayCannotBeDeleted: ' in failed.stderr
    assert 'NewcomerTestVNet5' in failed.stderr and answers(simulator, 'virtualNetworkGateways').count((202, None)) == 1
    assert left(simulator) == ['NewcomerTestVNet5', 'VNet1GW', 'VNet1GWIP']
    assert len(answers(simulator, 'virtualNetworkGateways')) == 2, 'what others use is not waited for'


def test_a_login_that_ends_is_told_with_what_leads_on(az, simulator, join):
    join(VNET1, VNET5B)
    simulator.simulator.faults = [
        {'match': f'DELETE /subscriptions/{DEFAULTS.subscription_b}/*', 'every': True, 'do': 'expired-token'}
    ]
    failed = az.run(f'{NEAR} --yes', expect=1)
    assert 'ERROR: The login has ended: ' in failed.stderr
    assert f'Run az login --tenant {DEFAULTS.tenant_b}, then run the same command again' in failed.stderr
    assert len(resources(simulator, 'connections')) == 2
