"""The local Azure refuses what Azure refuses: tables of requests, each with status, code and a piece of the text."""

import pytest

from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import (
    IPSEC_POLICY,
    ZONES,
    Client,
    connection,
    gateway,
    group_path,
    make_site,
    network_path,
    public_ip,
    vnet,
)

VNET, IP = network_path('virtualNetworks', 'vnet1'), network_path('publicIPAddresses', 'ip1')
SUBNET = VNET + '/subnets/GatewaySubnet'
GATEWAY, CONNECTION = network_path('virtualNetworkGateways', 'gw1'), network_path('connections', 'c')
GATEWAY_2, GATEWAY_3 = (network_path('virtualNetworkGateways', f'gw{number}') for number in (2, 3))
MISSING = network_path('virtualNetworkGateways', 'missing')


def changed(body, **properties):
    """`body` with other properties."""
    return {**body, 'properties': {**body['properties'], **properties}}


@pytest.fixture(name='site')
def fixture_site():
    """One site without a gateway: rg, vnet1 with GatewaySubnet and Front, the zoned ip1, and more addresses."""
    client = Client()
    make_site(client, 1, with_gateway=False)
    client.make(VNET, vnet('10.1.0.0/16', subnets={'GatewaySubnet': '10.1.255.0/27', 'Front': '10.1.0.0/24'}))
    client.make(network_path('publicIPAddresses', 'bare'), public_ip())
    client.make(network_path('publicIPAddresses', 'west'), public_ip('westus2', ZONES))
    client.make(network_path('virtualNetworks', 'plain'), vnet('10.9.0.0/16', subnets={'Front': '10.9.0.0/24'}))
    return client


def bare(name):
    """The id of one of the site's other addresses."""
    return network_path('publicIPAddresses', name)


USUAL = gateway(SUBNET, [IP])
GATEWAYS = {
    'retired non-AZ SKU': (gateway(SUBNET, [IP], sku='VpnGw2'), 400, 'NonAzSkusNotAllowedForVPNGateway', 'VpnGw1-5AZ'),
    'retired Standard SKU': (
        gateway(SUBNET, [IP], sku='Standard', generation='None'),
        400,
        'LegacySkusNotAllowedForVPNGateway',
        'Standard',
    ),
    'Generation2 without VpnGw1AZ': (
        gateway(SUBNET, [IP], sku='VpnGw1AZ'),
        400,
        'VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration',
        'The Virtual Network Gateway Sku VpnGw1AZ cannot be used when '
        'VirtualNetworkVpnGatewayGeneration is set to Generation2.',
    ),
    'Generation1 without VpnGw5AZ': (
        gateway(SUBNET, [IP], sku='VpnGw5AZ', generation='Generation1'),
        400,
        'VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration',
        'Generation1',
    ),
    'ExpressRoute SKU on a VPN gateway': (
        gateway(SUBNET, [IP], sku='ErGw1AZ'),
        400,
        'InvalidGatewaySkuSpecifiedForGatewayDeploymentType',
        'DeploymentType VMScaleSet',
    ),
    'policy-based beyond Basic': (
        gateway(SUBNET, [IP], vpnType='PolicyBased'),
        400,
        'PolicyBasedVpnNotSupportedForSku',
        'VpnGw2AZ',
    ),
    'zone-less address for an AZ SKU': (
        gateway(SUBNET, [bare('bare')]),
        400,
        'VmssVpnGatewayPublicIpsMustHaveZonesConfigured',
        'Standard Public IPs associated with VPN Gateways with AZ VPN skus must have zones configured.',
    ),
    'address in another region': (gateway(SUBNET, [bare('west')]), 400, 'InvalidResourceReference', 'same region'),
    'no such address': (gateway(SUBNET, [bare('none')]), 400, 'InvalidResourceReference', 'was not found'),
    'no such VNet': (gateway(SUBNET.replace('vnet1', 'none'), [IP]), 400, 'InvalidResourceReference', 'was not found'),
    'VNet without GatewaySubnet': (
        gateway(network_path('virtualNetworks', 'plain') + '/subnets/Front', [IP]),
        400,
        'InvalidResourceReference',
        '/plain/subnets/GatewaySubnet',
    ),
    'another subnet than GatewaySubnet': (
        gateway(VNET + '/subnets/Front', [IP]),
        400,
        'InvalidResourceReference',
        '/vnet1/subnets/GatewaySubnet',
    ),
    'a reference of the wrong type': (gateway(SUBNET, [VNET]), 400, 'InvalidRequestFormat', 'publicIPAddresses'),
    'a reference that is no id': (gateway(SUBNET, ['ip1']), 400, 'LinkedInvalidPropertyId', "'ip1'"),
    'active-active with one address': (
        gateway(SUBNET, [IP], activeActive=True),
        400,
        'InvalidNumberOfIpConfigurations',
        '2 ipConfigurations',
    ),
    'active-active Basic': (
        gateway(SUBNET, [IP, bare('bare')], sku='Basic', generation='None', activeActive=True),
        400,
        'ActiveActiveNotSupportedForBasicSku',
        'active-active',
    ),
    'two addresses without active-active': (
        gateway(SUBNET, [IP, bare('bare')]),
        400,
        'InvalidNumberOfIpConfigurations',
        '',
    ),
    'BGP on Basic': (
        gateway(SUBNET, [IP], sku='Basic', generation='None', enableBgp=True),
        400,
        'BgpNotSupportedForBasicSku',
        '',
    ),
    'a reserved ASN': (gateway(SUBNET, [IP], enableBgp=True, bgpSettings={'asn': 65517}), 400, 'ReservedAsn', '65517'),
    'an unknown property': (changed(USUAL, colour='red'), 400, 'InvalidRequestFormat', 'colour'),
    'an unknown region': ({**USUAL, 'location': 'atlantis'}, 400, 'LocationNotAvailableForResourceType', "'atlantis'"),
    'no location': ({key: value for key, value in USUAL.items() if key != 'location'}, 400, 'LocationRequired', ''),
}


def assert_refused(answer, status, code, text):
    """The answer is the error, in the envelope of whoever gives it."""
    assert (answer.status, answer.body['error']['code']) == (status, code), answer
    error = answer.body['error']
    messages = [part['message'] for part in (error, *error.get('details', ()))]
    assert any(text in message for message in messages), messages


@pytest.mark.parametrize('name', GATEWAYS)
def test_gateway_is_refused(site, name):
    body, *expected = GATEWAYS[name]
    assert_refused(site.put(GATEWAY, body), *expected)
    assert site.get(GATEWAY).status == 404


def test_settings_allow_retired_skus(site):
    client = Client(Settings(retired_skus_allowed=True))
    make_site(client, 1, with_gateway=False)
    client.make(bare('bare'), public_ip())
    assert client.make(GATEWAY, gateway(SUBNET, [bare('bare')], sku='VpnGw2'))['properties']['sku']['name'] == 'VpnGw2'
    assert site.put(GATEWAY, gateway(SUBNET, [bare('bare')], sku='VpnGw2')).status == 400


def test_zone_rules_depend_on_the_region(site):
    """AZ SKUs are allowed in regions without zones, with an address without zones."""
    site.make(group_path('west'), {'location': 'westus'})
    network, address = network_path('virtualNetworks', 'v', 'west'), network_path('publicIPAddresses', 'i', 'west')
    site.make(network, vnet('10.7.0.0/16', 'westus', {'GatewaySubnet': '10.7.255.0/27'}))
    assert_refused(site.put(address, public_ip('westus', ZONES)), 400, 'LocationNotSupportAvailabilityZones', 'westus')
    site.make(address, public_ip('westus'))
    made = site.make(
        network_path('virtualNetworkGateways', 'g', 'west'),
        gateway(network + '/subnets/GatewaySubnet', [address], 'westus'),
    )
    assert made['properties']['provisioningState'] == 'Succeeded'


@pytest.fixture(name='three', scope='module')
def fixture_three():
    """Three sites with gateways; gw3 is in westus2. Tests of refusals change nothing, so they share it."""
    client = Client()
    for number, location in ((1, 'eastus'), (2, 'eastus'), (3, 'westus2')):
        make_site(client, number, location=location)
    client.make(CONNECTION, connection(GATEWAY, GATEWAY_2, sharedKey='abc'))
    client.make(bare('more'), public_ip(zones=ZONES))
    return client


def policed(**changes):
    """A connection with a policy that is changed so."""
    return connection(GATEWAY, GATEWAY_3, ipsecPolicies=[{**IPSEC_POLICY, **changes}])


@pytest.mark.parametrize(
    'changes',
    [
        {'ipsecEncryption': 'GCMAES256', 'ipsecIntegrity': 'GCMAES256'},
        {'ikeEncryption': 'GCMAES256'},
        {'ikeEncryption': 'GCMAES128', 'ikeIntegrity': 'GCMAES128'},
        {'pfsGroup': 'None', 'dhGroup': 'DHGroup2'},
        {'ipsecEncryption': 'DES3', 'ipsecIntegrity': 'SHA1', 'saLifeTimeSeconds': 300, 'saDataSizeKilobytes': 1024},
    ],
)
def test_a_policy_is_taken(changes):
    client = Client()
    near, far = (make_site(client, number) for number in (1, 2))
    made = client.make(CONNECTION, connection(near, far, ipsecPolicies=[{**IPSEC_POLICY, **changes}]))
    assert made['properties']['ipsecPolicies'] == [{**IPSEC_POLICY, **changes}]


CONNECTIONS = {
    'no such gateway 1': (connection(MISSING, GATEWAY_2), 400, 'InvalidResourceReference', 'missing'),
    'gateway 1 in another region': (connection(GATEWAY_3, GATEWAY_2), 400, 'InvalidResourceReference', 'same region'),
    'an address as a gateway': (
        connection(IP, GATEWAY_2),
        400,
        'InvalidRequestFormat',
        'Path properties.virtualNetworkGateway1',
    ),
    'a space in the key': (connection(GATEWAY, GATEWAY_3, sharedKey='a b'), 400, 'InvalidSharedKey', 'printable'),
    'a tilde in the key': (connection(GATEWAY, GATEWAY_3, sharedKey='a~b'), 400, 'InvalidSharedKey', 'tilde'),
    'a key too long': (connection(GATEWAY, GATEWAY_3, sharedKey='a' * 129), 400, 'InvalidSharedKey', '128'),
    'the pair again': (connection(GATEWAY, GATEWAY_2), 400, 'VirtualNetworkGatewayConnectionAlreadyExists', ''),
    'half a policy': (
        connection(GATEWAY, GATEWAY_3, ipsecPolicies=[{'dhGroup': 'DHGroup24'}]),
        400,
        'InvalidRequestFormat',
        'Required property',
    ),
    'GCMAES for encryption alone': (policed(ipsecEncryption='GCMAES256'), 400, 'InvalidIpsecPolicyCombination', ''),
    'GCMAES for integrity alone': (policed(ipsecIntegrity='GCMAES256'), 400, 'InvalidIpsecPolicyCombination', 'GCMAES'),
    'two lengths of GCMAES': (
        policed(ipsecEncryption='GCMAES256', ipsecIntegrity='GCMAES128'),
        400,
        'InvalidIpsecPolicyCombination',
        'GCMAES',
    ),
    'GCMAES for IKE integrity alone': (policed(ikeIntegrity='GCMAES256'), 400, 'InvalidIpsecPolicyCombination', ''),
    'a lifetime too short': (policed(saLifeTimeSeconds=299), 400, 'InvalidIpsecPolicyLifetime', '300'),
    'a size too small': (policed(saDataSizeKilobytes=1023), 400, 'InvalidIpsecPolicyLifetime', '1024'),
    'two policies': (connection(GATEWAY, GATEWAY_3, ipsecPolicies=[IPSEC_POLICY] * 2), 400, 'InvalidIpsecPolicies', ''),
    'a DPD time-out too short': (connection(GATEWAY, GATEWAY_3, dpdTimeoutSeconds=8), 400, 'InvalidDpdTimeout', '9'),
    'a DPD time-out too long': (connection(GATEWAY, GATEWAY_3, dpdTimeoutSeconds=3601), 400, 'InvalidDpdTimeout', ''),
    'a selector that is no prefix': (
        connection(
            GATEWAY,
            GATEWAY_3,
            trafficSelectorPolicies=[{'localAddressRanges': ['10.1.0.0'], 'remoteAddressRanges': []}],
        ),
        400,
        'InvalidAddressPrefixFormat',
        '',
    ),
    'an enum that is none': (
        connection(GATEWAY, GATEWAY_3, connectionMode='Sometimes'),
        400,
        'InvalidRequestFormat',
        'Sometimes',
    ),
    'IPsec': ({**connection(GATEWAY, GATEWAY_3, connectionType='IPsec')}, 501, 'NotSimulated', 'IPsec'),
}


@pytest.mark.parametrize('name', CONNECTIONS)
def test_connection_is_refused(three, name):
    body, *expected = CONNECTIONS[name]
    assert_refused(three.put(network_path('connections', 'new'), body), *expected)
    assert three.get(network_path('connections', 'new')).status == 404


OTHERS = {
    'peer of a connection': (
        'PUT',
        CONNECTION,
        connection(GATEWAY, GATEWAY_3),
        400,
        'VirtualNetworkGatewayConnectionPeerCannotBeChanged',
        '',
    ),
    'protocol of a connection': (
        'PUT',
        CONNECTION,
        connection(GATEWAY, GATEWAY_2, connectionProtocol='IKEv1'),
        400,
        'ConnectionProtocolCannotBeChanged',
        '',
    ),
    'generation of a gateway': (
        'PUT',
        GATEWAY,
        gateway(SUBNET, [IP], generation='Generation1'),
        400,
        'VirtualNetworkGatewayPropertyCannotBeChanged',
        'vpnGatewayGeneration',
    ),
    'SKU of a gateway': ('PUT', GATEWAY, gateway(SUBNET, [IP], sku='Basic'), 400, 'VirtualNetworkGatewaySkuCannot', ''),
    'peering address of a gateway': (
        'PUT',
        GATEWAY,
        gateway(SUBNET, [IP], bgpSettings={'asn': 65515, 'bgpPeeringAddress': '10.1.255.9'}),
        400,
        'BgpPeeringAddressCannotBeModified',
        '',
    ),
    'location of a VNet': ('PUT', VNET, vnet('10.1.0.0/16', 'westus2'), 409, 'InvalidResourceLocation', "'eastus'"),
    'zones of an address': (
        'PUT',
        IP,
        public_ip(),
        400,
        'ResourceAvailabilityZonesCannotBeModified',
        'constraint 1, 2, 3',
    ),
    'a second gateway in a VNet': (
        'PUT',
        network_path('virtualNetworkGateways', 'other'),
        gateway(SUBNET, [bare('more')]),
        400,
        'VirtualNetworkAlreadyHasGateway',
        'gw1',
    ),
    'an address that is in use': (
        'PUT',
        network_path('virtualNetworkGateways', 'other'),
        gateway(SUBNET, [IP]),
        400,
        'PublicIPAddressInUse',
        'gw1',
    ),
    'deleting a gateway with connections': (
        'DELETE',
        GATEWAY,
        None,
        400,
        'VirtualNetworkGatewayCannotBeDeleted',
        '/c.',
    ),
    'deleting the far gateway': ('DELETE', GATEWAY_2, None, 400, 'VirtualNetworkGatewayCannotBeDeleted', '/c.'),
    'deleting an address in use': (
        'DELETE',
        IP,
        None,
        400,
        'PublicIPAddressCannotBeDeleted',
        'gw1/ipConfigurations/config0',
    ),
    'deleting GatewaySubnet': (
        'DELETE',
        SUBNET,
        None,
        400,
        'InUseSubnetCannotBeDeleted',
        'Subnet GatewaySubnet is in use',
    ),
    'deleting a VNet in use': ('DELETE', VNET, None, 400, 'InUseSubnetCannotBeDeleted', 'gw1/ipConfigurations/config0'),
    'dropping GatewaySubnet': (
        'PUT',
        VNET,
        vnet('10.1.0.0/16', subnets={'Front': '10.1.0.0/24'}),
        400,
        'InUseSubnetCannotBeDeleted',
        'GatewaySubnet',
    ),
    'moving GatewaySubnet': (
        'PUT',
        VNET,
        vnet('10.1.0.0/16', subnets={'GatewaySubnet': '10.1.0.0/27'}),
        400,
        'InUsePrefixCannotBeDeleted',
        '10.1.255.0/27',
    ),
    'a subnet outside': (
        'PUT',
        VNET + '/subnets/Out',
        {'properties': {'addressPrefix': '10.8.0.0/24'}},
        400,
        'NetcfgInvalidSubnet',
        "Subnet 'Out' is not valid in virtual network 'vnet1'.",
    ),
    'a subnet over another': (
        'PUT',
        VNET + '/subnets/Over',
        {'properties': {'addressPrefix': '10.1.255.0/24'}},
        400,
        'NetcfgSubnetRangesOverlap',
        "'Over'",
    ),
    'a subnet that is no prefix': (
        'PUT',
        VNET + '/subnets/Bad',
        {'properties': {'addressPrefix': '10.1.0.0/24--no-wait'}},
        400,
        'InvalidAddressPrefixFormat',
        'Address prefix 10.1.0.0/24--no-wait of resource',
    ),
    'a subnet with host bits': (
        'PUT',
        VNET + '/subnets/Bad',
        {'properties': {'addressPrefix': '10.1.0.1/24'}},
        400,
        'InvalidAddressPrefixFormat',
        '10.1.0.1/24',
    ),
    'a subnet of no VNet': (
        'PUT',
        VNET + 'x/subnets/S',
        {'properties': {'addressPrefix': '10.1.0.0/24'}},
        404,
        'ParentResourceNotFound',
        "'vnet1x'",
    ),
    'a Basic address': (
        'PUT',
        bare('basic'),
        public_ip(sku='Basic'),
        400,
        'IPv4BasicSkuPublicIpCountLimitReached',
        'Cannot create more than 0',
    ),
    'a dynamic Standard address': (
        'PUT',
        bare('dynamic'),
        {**public_ip(), 'properties': {'publicIPAllocationMethod': 'Dynamic'}},
        400,
        'StandardSkuPublicIpMustBeStatic',
        '',
    ),
    'a key with a tilde': ('PUT', CONNECTION + '/sharedkey', {'value': 'a~b'}, 400, 'InvalidSharedKey', ''),
    'no key': ('PUT', CONNECTION + '/sharedkey', {'valeu': 'abc'}, 400, 'InvalidRequestContent', 'valeu'),
    'a key of no length': ('POST', CONNECTION + '/sharedkey/reset', {'keyLength': 0}, 400, 'InvalidRequestFormat', ''),
    'a group elsewhere': (
        'PUT',
        group_path(),
        {'location': 'westus2'},
        409,
        'InvalidResourceGroupLocation',
        "'eastus'",
    ),
    'a write into no group': (
        'PUT',
        network_path('virtualNetworks', 'v', 'none'),
        vnet(),
        404,
        'ResourceGroupNotFound',
        "Resource group 'none' could not be found.",
    ),
    'no such gateway': (
        'GET',
        MISSING,
        None,
        404,
        'ResourceNotFound',
        "The Resource 'Microsoft.Network/virtualNetworkGateways/missing' under resource group 'rg'",
    ),
    'connections of no gateway': (
        'GET',
        MISSING + '/connections',
        None,
        404,
        'ResourceNotFound',
        'virtualNetworkGateways/missing',
    ),
    'no such subnet': ('GET', VNET + '/subnets/none', None, 404, 'NotFound', '/subnets/none not found.'),
    'no such subscription': (
        'GET',
        group_path('rg', 'dddddddd-0000-4000-8000-000000000001'),
        None,
        404,
        'SubscriptionNotFound',
        'dddddddd',
    ),
    'a foreign subscription': (
        'GET',
        group_path('rg', DEFAULTS.subscription_b),
        None,
        401,
        'InvalidAuthenticationTokenTenant',
        'wrong issuer',
    ),
    'an api-version ahead of the regions': (
        'GET',
        GATEWAY + '?api-version=2026-03-01',
        None,
        400,
        'NoRegisteredProviderFound',
        "'2026-03-01'",
    ),
    'a type that does not exist': (
        'GET',
        network_path('hyperlinks', 'h'),
        None,
        404,
        'InvalidResourceType',
        'hyperlinks',
    ),
    'a type that is not simulated': ('GET', network_path('natGateways', 'h'), None, 501, 'NotSimulated', 'GET'),
    'a method that is not simulated': ('POST', GATEWAY, None, 501, 'NotSimulated', 'only DELETE, GET, PATCH, PUT'),
}


@pytest.mark.parametrize('name', OTHERS)
def test_request_is_refused(three, name):
    method, url, body, status, code, text = OTHERS[name]
    before = {**three.simulator.state(), 'time': 0, 'counter': 0}
    answer = three.send(method, url, body)
    assert answer.status == status and answer.body['error']['code'].startswith(code), answer
    assert_refused(answer, status, answer.body['error']['code'], text)
    assert {**three.simulator.state(), 'time': 0, 'counter': 0} == before


def test_no_api_version(three):
    assert_refused(three.send('GET', VNET, version='none'), 400, 'MissingApiVersionParameter', 'required')


def test_overlapping_vnets_cannot_be_connected():
    client = Client()
    first = make_site(client, 1)
    client.make(
        network_path('virtualNetworks', 'twin'), vnet('10.1.128.0/17', subnets={'GatewaySubnet': '10.1.254.0/27'})
    )
    client.make(bare('twin'), public_ip(zones=ZONES))
    twin = network_path('virtualNetworkGateways', 'twin')
    client.make(twin, gateway(network_path('virtualNetworks', 'twin') + '/subnets/GatewaySubnet', [bare('twin')]))
    assert_refused(
        client.put(CONNECTION, connection(first, twin)), 400, 'ConnectionOverlappingAddressSpaces', '10.1.0.0/16'
    )


def test_basic_gateway_takes_no_policy_and_ten_tunnels():
    client = Client(Settings(durations={'gateway-create': 1, 'connection-create': 1}))
    ids = [
        make_site(client, number, **({'sku': 'Basic', 'generation': 'None'} if number == 1 else {}))
        for number in range(1, 13)
    ]
    new = network_path('connections', 'new')
    assert_refused(
        client.put(new, connection(ids[0], ids[1], ipsecPolicies=[IPSEC_POLICY])),
        400,
        'IpsecPolicyNotSupportedForBasicSku',
        'gw1',
    )
    assert_refused(
        client.put(new, connection(ids[0], ids[1], enableBgp=True)), 400, 'BgpNotSupportedForBasicSku', 'gw1'
    )
    for number, far in enumerate(ids[1:11]):
        client.make(network_path('connections', f'c{number}'), connection(ids[0], far))
    assert_refused(client.put(new, connection(ids[0], ids[11])), 400, 'ConnectionCountLimitReached', '10 connections')


def test_a_third_network_may_not_overlap_a_connected_one():
    client = Client()
    near, far = (make_site(client, number) for number in (1, 2))
    client.make(CONNECTION, connection(near, far))
    client.make(
        network_path('virtualNetworks', 'twin'), vnet('10.2.128.0/17', subnets={'GatewaySubnet': '10.2.254.0/27'})
    )
    client.make(bare('twin'), public_ip(zones=ZONES))
    twin = network_path('virtualNetworkGateways', 'twin')
    client.make(twin, gateway(network_path('virtualNetworks', 'twin') + '/subnets/GatewaySubnet', [bare('twin')]))
    assert_refused(
        client.put(network_path('connections', 'new'), connection(near, twin)),
        400,
        'ConnectionOverlappingAddressSpaces',
        '10.2.128.0/17',
    )


def test_equal_asns_cannot_be_connected_with_bgp():
    client = Client()
    near, far = (make_site(client, number, enableBgp=True) for number in (1, 2))
    assert_refused(client.put(CONNECTION, connection(near, far, enableBgp=True)), 400, 'BgpPeersHaveSameAsn', '65515')
    assert client.put(CONNECTION, connection(near, far)).status == 201


def test_bgp_on_a_connection_needs_none_on_the_gateway(three):
    """Recorded 2017."""
    assert three.put(network_path('connections', 'quiet'), connection(GATEWAY, GATEWAY_3, enableBgp=True)).status == 201


def test_policy_based_gateway_cannot_join_vnets():
    client = Client()
    first = make_site(client, 1, sku='Basic', generation='None', vpnType='PolicyBased')
    second = make_site(client, 2)
    assert_refused(
        client.put(CONNECTION, connection(second, first)), 400, 'PolicyBasedGatewayNotSupportedForVnet2Vnet', 'gw1'
    )


def test_default_route_on_the_gateway_subnet(site):
    table = network_path('routeTables', 'rt')
    site.make(
        table,
        {
            'location': 'eastus',
            'properties': {
                'routes': [{'name': 'all', 'properties': {'addressPrefix': '0.0.0.0/0', 'nextHopType': 'Internet'}}]
            },
        },
    )
    site.make(SUBNET, {'properties': {'addressPrefix': '10.1.255.0/27', 'routeTable': {'id': table}}})
    assert_refused(site.put(GATEWAY, USUAL), 400, 'VirtualNetworkGatewaySubnetRouteTableCannotHaveDefaultRoute', 'rt')


@pytest.mark.parametrize('prefix', ['10.1.255.0/30', '10.1.255.0/32'])
def test_subnet_below_29_is_refused(site, prefix):
    answer = site.put(VNET + '/subnets/Small', {'properties': {'addressPrefix': prefix}})
    assert_refused(answer, 400, 'NetcfgInvalidSubnet', "Subnet 'Small' is not valid")
