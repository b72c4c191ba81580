"""The how-to's VNets, as values to build cases from."""

from dataclasses import replace

from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.desired import End, Pair, Subnet
from azext_vnet2vnet.network.observed import (
    SUCCEEDED,
    ObservedConnection,
    ObservedGateway,
    ObservedPublicIp,
    ObservedSubnet,
    ObservedVnet,
    Region,
)
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair, Surroundings
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.setting_names import CommandLine
from azext_vnet2vnet.planning.pair_plan import compare, plan_pairs
from azext_vnet2vnet.planning.plan import Plan

ZONES = ('1', '2', '3')
REGIONS = {'eastus': Region('eastus', ZONES), 'westus': Region('westus')}
SURROUNDINGS = Surroundings(regions=REGIONS)


def vnet_id(number: int) -> ResourceId:
    return ResourceId(f's{number}', f'TestRG{number}', resource_id.VNET_TYPE, (f'TestVNet{number}',))


def end(number: int, position: int, location: str, **changes) -> End:
    """TestVNet1 or TestVNet4 of the how-to, to be created."""
    sample = End(
        vnet_id(number),
        'tenant-a',
        location,
        (f'10.{number}1.0.0/16', f'10.{number}2.0.0/16'),
        (Subnet('FrontEnd', f'10.{number}1.0.0/24'), Subnet('BackEnd', f'10.{number}2.0.0/24')),
        f'10.{number}2.255.0/27',
        f'VNet{number}GW',
        (f'VNet{number}GWIP',),
        source=CommandLine(position),
    )
    return replace(sample, **changes)


def pair(**changes) -> Pair:
    """TestVNet1 and TestVNet4, to be created."""
    return replace(Pair(end(1, 1, 'eastus'), end(4, 2, 'westus')), **changes)


def wishing(sample: Pair, **wishes) -> Pair:
    """The pair with the same wishes for both ends, such as `sku`."""
    return replace(sample, end1=replace(sample.end1, **wishes), end2=replace(sample.end2, **wishes))


def nothing() -> ObservedEnd:
    """An end with not even a group."""
    return ObservedEnd(
        vnet_id(1).sibling(resource_id.GATEWAY_TYPE, 'none'),
        surroundings=Surroundings(group_exists=False, regions=REGIONS),
    )


def plan_pair(desired: Pair, observed: ObservedPair) -> Plan:
    """The plan of one pair."""
    return plan_pairs([compare(desired, observed)])


def with_gateways(sample: ObservedEnd, *gateways: ObservedGateway) -> ObservedEnd:
    """The end with these gateways: the VPN gateway of its VNet, and others."""
    own = [one for one in gateways if one.gateway_type == 'Vpn' and sample.vnet and one.vnet == sample.vnet.id]
    others = tuple(one for one in gateways if one not in own)
    return replace(sample, gateway=own[0] if own else None, other_gateways=others)


def gateway(number: int, location: str, **changes) -> ObservedGateway:
    sample = ObservedGateway(
        vnet_id(number).sibling(resource_id.GATEWAY_TYPE, f'VNet{number}GW'),
        location,
        SUCCEEDED,
        'Vpn',
        'RouteBased',
        'VpnGw2AZ',
        'Generation2',
        False,
        False,
        65515,
        vnet_id(number),
        (vnet_id(number).sibling(resource_id.PUBLIC_IP_TYPE, f'VNet{number}GWIP'),),
        ('20.0.0.1',),
    )
    return replace(sample, **changes)


def public_ip(number: int, location: str, zones=()) -> ObservedPublicIp:
    return ObservedPublicIp(
        vnet_id(number).sibling(resource_id.PUBLIC_IP_TYPE, f'VNet{number}GWIP'),
        location,
        SUCCEEDED,
        'Standard',
        'Static',
        zones,
    )


def vnet(number: int, location: str, with_gateway: bool = True) -> ObservedVnet:
    configuration = gateway(number, location).id.child('ipConfigurations', 'vnetGatewayConfig0')
    return ObservedVnet(
        vnet_id(number),
        location,
        SUCCEEDED,
        (f'10.{number}1.0.0/16', f'10.{number}2.0.0/16'),
        (
            ObservedSubnet('FrontEnd', (f'10.{number}1.0.0/24',)),
            ObservedSubnet('BackEnd', (f'10.{number}2.0.0/24',)),
            ObservedSubnet('GatewaySubnet', (f'10.{number}2.255.0/27',), (configuration,) if with_gateway else ()),
        ),
    )


def half(number: int, far: int, location: str, **changes) -> ObservedConnection:
    near, other = gateway(number, location).id, gateway(far, '').id
    sample = ObservedConnection(
        vnet_id(number).sibling(resource_id.CONNECTION_TYPE, f'TestVNet{number}ToTestVNet{far}'),
        location,
        SUCCEEDED,
        near,
        other,
        'Vnet2Vnet',
        'Connected',
    )
    return replace(sample, **changes)


def site(number: int, far: int, location: str, **changes) -> ObservedEnd:
    """An end with everything, connected to the far one."""
    sample = ObservedEnd(
        gateway(number, location).id,
        'tenant-a',
        gateway=gateway(number, location),
        vnet_id=vnet_id(number),
        vnet=vnet(number, location),
        half=half(number, far, location),
    )
    return replace(sample, **changes)
