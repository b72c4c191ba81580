"""Single resources: what a read that is refused, or fails, becomes."""

import pytest

from azext_vnet2vnet.arm import from_json
from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.network.observed import ObservedRouteTable
from azext_vnet2vnet.network.pair import Cause, Obstacle
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.readers.resources import (
    read_connection,
    read_connections,
    read_each,
    read_key,
    read_optional,
    read_resource,
    read_route_table,
)
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    BACK,
    GROUP,
    GW1,
    GW3,
    QUICK,
    THERE,
    VNET1,
    add_route_table,
    connected,
    resource,
)


def optional(azure, target=GW1):
    return azure.run(read_optional(azure.arm(), target, from_json.gateway_from_arm))


def test_many_are_read_side_by_side():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET *', 'slow', every=True, seconds=8)
    arm = azure.arm()
    found = azure.run(read_each([THERE, BACK], lambda half: read_connection(arm, half)))
    assert {target: half.id for target, half in found.items()} == {THERE: THERE, BACK: BACK}
    assert azure.time.now() == pytest.approx(8)


def test_a_resource_that_does_not_exist_is_none():
    azure = LocalAzure()
    assert azure.run(read_resource(azure.arm(), GW1, from_json.gateway_from_arm)) is None


def test_what_the_command_cannot_do_without_is_not_read_in_vain():
    azure = LocalAzure()
    azure.fail('GET *', 'status', every=True, status=403, code='AuthorizationFailed')
    with pytest.raises(RequestFailed):
        azure.run(read_resource(azure.arm(), GW1, from_json.gateway_from_arm))


def test_what_helps_to_judge_is_read_without_an_obstacle():
    azure = LocalAzure()
    azure.make_site(1)
    gateway, obstacle = optional(azure)
    assert (gateway.id, obstacle) == (GW1, None)


def test_nothing_is_read_where_no_target_is_known():
    azure = LocalAzure()
    assert optional(azure, None) == (None, None) and azure.sent == []


@pytest.mark.parametrize(
    'status, code, obstacle',
    [
        (403, 'AuthorizationFailed', Obstacle(Cause.RIGHT)),
        (403, 'RequestDisallowedByPolicy', Obstacle(Cause.RIGHT)),
        (500, 'InternalServerError', Obstacle(Cause.FAILURE, 'InternalServerError')),
        (503, '', Obstacle(Cause.FAILURE, 'HTTP 503')),
        (404, 'ResourceNotFound', Obstacle(Cause.FAILURE, 'ResourceNotFound')),
    ],
)
def test_only_403_is_a_missing_right(status, code, obstacle):
    azure = LocalAzure()
    azure.fail('GET *', 'status', every=True, status=status, code=code)
    assert optional(azure) == (None, obstacle)


def test_a_login_that_ended_is_said_to_have_ended():
    azure = LocalAzure()
    azure.fail('GET *', 'expired-token', every=True)
    assert optional(azure) == (None, Obstacle(Cause.LOGIN))


def test_a_broken_connection_is_a_failure_in_its_own_words():
    azure = LocalAzure()
    azure.fail('GET *', 'reset-before', every=True)
    _, obstacle = optional(azure)
    assert obstacle == Obstacle(Cause.FAILURE, 'Connection reset by peer')


@pytest.mark.parametrize('place', [GW3, GROUP])
def test_a_place_that_does_not_exist_has_no_connections(place):
    azure = LocalAzure()
    assert azure.run(read_connections(azure.arm(), place)) == ()


@pytest.mark.parametrize('place, halves', [(GW1, {THERE}), (GROUP, {THERE, BACK})])
def test_the_connections_of_a_gateway_and_of_a_group(place, halves):
    azure = connected(LocalAzure())
    assert {one.id for one in azure.run(read_connections(azure.arm(), place))} == halves


def test_connections_that_may_not_be_listed_are_an_error():
    azure = LocalAzure()
    azure.fail('GET *', 'status', every=True, status=403)
    with pytest.raises(RequestFailed):
        azure.run(read_connections(azure.arm(), GROUP))


def test_a_key_is_read():
    azure = connected(LocalAzure())
    assert azure.run(read_key(azure.arm(), THERE)) == SharedKey('Sim.Key.1')


@pytest.mark.parametrize('status', [403, 500])
def test_a_key_that_this_login_may_not_read_is_none(status):
    azure = connected(LocalAzure())
    azure.fail('GET */sharedkey', 'status', every=True, status=status)
    assert azure.run(read_key(azure.arm(), THERE)) is None


def test_another_failure_to_read_a_key_is_an_error():
    azure = connected(LocalAzure())
    azure.fail('GET */sharedkey', 'status', every=True, status=503)
    with pytest.raises(RequestFailed):
        azure.run(read_key(azure.arm(), THERE))


def route_table(azure):
    vnet = azure.run(read_resource(azure.arm(), VNET1, from_json.vnet_from_arm))
    return azure.run(read_route_table(azure.arm(), vnet))


def test_a_gateway_subnet_without_a_route_table_has_none():
    azure = LocalAzure()
    azure.make_site(1)
    assert route_table(azure) is None


def test_what_matters_of_a_route_table_is_read():
    azure = LocalAzure()
    azure.make_site(1)
    add_route_table(azure, 1)
    assert route_table(azure) == ObservedRouteTable(has_default_route=True, is_propagation_off=True)


def test_a_route_table_that_cannot_be_read_is_none():
    azure = LocalAzure()
    azure.make_site(1)
    add_route_table(azure, 1)
    azure.fail('GET */routeTables/*', 'status', every=True, status=403)
    assert route_table(azure) is None
    assert f'GET routeTables/{resource("routeTables", "rt").name} 403' in azure.sent
