"""What of an answer is written back: the members that the api-version publishes as writable."""

import re
from typing import get_args, get_type_hints

import pytest

from azext_vnet2vnet.arm.writable_members import WRITABLE, lost_members, writable_part
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, GATEWAY_TYPE
from tests.armsim.client import network_path
from tests.armsim.schema import check_body
from tests.unit.local_azure import LocalAzure

GATEWAY = network_path('virtualNetworkGateways', 'gw1')
HALF = network_path('connections', 'there')
MODELS = {GATEWAY_TYPE.lower(): 'VirtualNetworkGateway', CONNECTION_TYPE.lower(): 'VirtualNetworkGatewayConnection'}
RICH = {
    'vpnClientConfiguration': {
        'vpnClientAddressPool': {'addressPrefixes': ['172.16.0.0/24']},
        'vpnClientRootCertificates': [{'name': 'root', 'properties': {'publicCertData': 'MIIC'}}],
        'vpnClientRevokedCertificates': [{'name': 'lost', 'properties': {'thumbprint': 'AB12'}}],
    },
    'natRules': [
        {
            'name': 'nat',
            'properties': {
                'type': 'Static',
                'mode': 'EgressSnat',
                'internalMappings': [{'addressSpace': '10.1.0.0/24'}],
                'externalMappings': [{'addressSpace': '192.168.0.0/24'}],
            },
        }
    ],
    'customRoutes': {'addressPrefixes': ['10.99.0.0/16']},
}


def walk(shape, path=()):
    for name, inner in shape.items():
        if name != '*':
            yield (*path, name)
            yield from walk(inner or {}, (*path, name))


def field_of(model, path):
    """The field of the SDK's model at a path, and the model within it."""
    from azure.mgmt.network import models
    from azure.mgmt.network.models import _models

    for name in path:
        model.__new__(model)  # Its fields are known then.
        attribute, field = next(
            (key, one)
            for key, one in model._attr_to_rest_field.items()
            if re.sub('_', '', one._rest_name).lower() == name.lower()
        )
        hint = get_type_hints(model, vars(_models) | {'_models': models})[attribute]
        while get_args(hint):
            hint = get_args(hint)[0]
        model = hint
    return field


@pytest.mark.parametrize('type_, version', WRITABLE)
def test_every_member_is_writable_in_the_models_of_the_sdk(type_, version):
    from azure.mgmt.network import models

    paths = [path for path in walk(WRITABLE[type_, version]) if path[-1] != 'properties' or len(path) < 3]
    assert len(paths) > 40
    for path in paths:
        assert field_of(getattr(models, MODELS[type_]), path)._visibility != ['read'], path


def test_what_is_read_of_a_gateway_is_written_back_without_what_azure_only_prints():
    azure = LocalAzure()
    azure.make_site(1, **RICH)
    body = azure.client.get(GATEWAY).body
    kept = writable_part(GATEWAY_TYPE, body)
    check_body(GATEWAY_TYPE, kept)
    assert not set(kept) & {'id', 'name', 'type', 'etag'}
    texts = str(kept)
    for name in ('provisioningState', 'etag', 'capacity', 'tunnelIpAddresses', 'isMigrateToCSES', "'zones'"):
        assert name in str(body) and name not in texts
    for name, value in RICH.items():
        for part in re.findall("'(MIIC|AB12|EgressSnat|10[.]99.*?|192[.].*?|172[.].*?)'", str(value)):
            assert part in str(kept['properties'][name])
    assert kept['properties']['virtualNetworkGatewayMigrationStatus']['state'] == 'None'
    after = azure.client.make(GATEWAY, kept)
    assert writable_part(GATEWAY_TYPE, after).keys() == kept.keys() and not lost_members(GATEWAY_TYPE, body)


def test_what_is_read_of_a_connection_is_written_back_without_what_azure_only_prints():
    azure = LocalAzure()
    azure.make_pair(there={'sharedKey': 'Sim.Key.1', 'routingWeight': 10})
    body = azure.client.get(HALF).body
    kept = writable_part(CONNECTION_TYPE, body)
    check_body(CONNECTION_TYPE, kept)
    assert kept['properties']['routingWeight'] == 10 and 'connectionStatus' not in kept['properties']
    assert 'routingConfiguration' not in kept['properties'] and not lost_members(CONNECTION_TYPE, body)


def test_the_identity_that_certificates_need_is_kept():
    body = {
        'identity': {'type': 'UserAssigned', 'principalId': 'p', 'userAssignedIdentities': {'/a': {'clientId': 'c'}}}
    }
    kept = {'identity': {'type': 'UserAssigned', 'userAssignedIdentities': {'/a': {}}}}
    assert writable_part(GATEWAY_TYPE, body) == kept
    assert lost_members(GATEWAY_TYPE, {**body, 'properties': {}}) == ()


@pytest.mark.parametrize(
    'type_, properties, lost',
    [
        (GATEWAY_TYPE, {'bgpSettings': {'asn': 1, 'later': 7}}, ['properties.bgpSettings.later']),
        (
            GATEWAY_TYPE,
            {'natRules': [{}, {'properties': {'later': ['x']}}]},
            ['properties.natRules[1].properties.later'],
        ),
        (GATEWAY_TYPE, {'later': False, 'last': 'None', 'least': {}, 'sku': {'capacity': 2}}, []),
        (CONNECTION_TYPE, {'routingConfiguration': {'vnetRoutes': {}}}, ['properties.routingConfiguration']),
        (CONNECTION_TYPE, {'routingConfiguration': {}}, []),
        (
            GATEWAY_TYPE,
            {'vpnClientConfiguration': {'radiusServerAddress': '10.1.0.9'}},
            ['properties.vpnClientConfiguration.radiusServerSecret'],
        ),
        (
            GATEWAY_TYPE,
            {'vpnClientConfiguration': {'radiusServers': [{'radiusServerAddress': '10.1.0.9'}]}},
            ['properties.vpnClientConfiguration.radiusServers[0].radiusServerSecret'],
        ),
    ],
)
def test_what_a_write_would_lose_is_named(type_, properties, lost):
    assert lost_members(type_, {'properties': properties}) == tuple(lost)
