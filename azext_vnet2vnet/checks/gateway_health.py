"""What can be wrong around the halves of a pair: gateways, BGP, VNets, GatewaySubnets, and what was not told."""

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.connection_health import DELETING, Reasons
from azext_vnet2vnet.network import skus
from azext_vnet2vnet.network.address_space import overlaps
from azext_vnet2vnet.network.diagnostic import Severity
from azext_vnet2vnet.network.observed import CONNECTED, FAILED, SUCCEEDED, ObservedGateway
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import gateway_subnet_of

_PRIVATE_ASNS = {65010, 65020}


def check_reading(pair: ObservedPair) -> Reasons:
    """What could not be read, and so not judged?"""
    for end in pair.ends:
        if end.half and not end.gateway and not end.obstacle and not end.gateway_missing:
            yield rules.GATEWAY_UNREADABLE.found(
                f'Gateway {end.gateway_id} cannot be read: neither it nor its VNet is judged',
                'Ask for the role Reader on its group',
                severity=Severity.WARNING,
            )
        if end.vnet_unreadable:
            yield rules.VNET_UNREADABLE.found(
                f'VNet {end.vnet_id} cannot be read: neither its ranges nor its GatewaySubnet are judged',
                'Ask for the role Reader on its group',
            )
        for silence in end.silences:
            why = 'this login may not ask' if silence.action else 'no answer came'
            yield rules.REPORT_MISSING.found(
                f'The {silence.what} of {silence.target} are not known: {why}',
                f'Ask for the action {silence.action}'
                if silence.action
                else 'Run az vnet2vnet verify again in some minutes',
            )


def check_gateways(pair: ObservedPair) -> Reasons:
    """Are the gateways at rest, and do they have a future?"""
    for gateway in filter(None, (end.gateway for end in pair.ends)):
        if gateway.state == FAILED:
            yield rules.GATEWAY_FAILED.found(
                f'Gateway {gateway.id} is in state Failed',
                f'Run az network vnet-gateway reset --ids {gateway.id}; if it stays Failed, it has to be '
                'deleted and made anew',
            )
        elif gateway.state not in (SUCCEEDED, ''):
            until = 'deleted' if gateway.state == DELETING else 'updated'
            yield rules.GATEWAY_UPDATING.found(
                f'Azure is still working on gateway {gateway.id} ({gateway.state})',
                f'Run az network vnet-gateway wait --{until} --ids {gateway.id}',
            )
        sku = skus.find_sku(gateway.sku)
        if sku and sku.refused_since:
            yield rules.SKU_RETIRED.found(
                f'Gateway {gateway.id} has SKU {sku.name}, which Azure retires',
                f'Plan its move to {sku.replacement}: run {_moving(sku, gateway)}',
                severity=Severity.WARNING,
            )


def _moving(sku: skus.Sku, gateway: ObservedGateway) -> str:
    """Documented: within VpnGw1 to 5 a SKU can be changed in place, the older ones are migrated."""
    if sku.replacement == f'{sku.name}AZ':
        return f'az network vnet-gateway update --sku {sku.replacement} --ids {gateway.id}'
    return (
        'az network vnet-gateway migration prepare --migration-type UpgradeDeploymentToStandardIP --ids '
        f'{gateway.id}, then migration execute and migration commit'
    )


def check_bgp(pair: ObservedPair) -> Reasons:
    """Can the gateways exchange routes, and do they?"""
    if len(pair.halves) < 2 or not all(half.tunnel.enable_bgp for half in pair.halves):
        return
    gateways = [end.gateway for end in pair.ends if end.gateway]
    asns = {gateway.asn for gateway in gateways}
    is_equal = len(gateways) == 2 and len(asns) == 1
    if is_equal:
        yield rules.ASN_EQUAL.found(
            f'Both gateways have ASN {gateways[0].asn}; BGP between two gateways wants two',
            f'Run az network vnet-gateway update --ids {gateways[1].id} --asn {min(_PRIVATE_ASNS - asns)}, or '
            'another number of yours',
        )
    off = [gateway for gateway in gateways if not gateway.enable_bgp]
    for gateway in off:
        yield rules.BGP_GATEWAY_OFF.found(
            f'BGP is on at both halves, but off at gateway {gateway.id}: no routes are exchanged',
            f'Run az vnet2vnet update --ids {pair.end1.half.id} --enable-bgp',
        )
    if not off and not is_equal and all(half.status == CONNECTED for half in pair.halves):
        for end in pair.ends:
            yield from _check_peers(pair, end)


def _check_peers(pair: ObservedPair, end: ObservedEnd) -> Reasons:
    """Azure lists a gateway's own addresses among its peers, too (documented): only those of the far one count."""
    far = pair.far(end).gateway
    if end.peers is None or not far:
        return
    states = [peer.state for peer in end.peers if peer.address in far.bgp_addresses]
    if states and all(state == CONNECTED for state in states):
        return
    shown = f' ({", ".join(states)})' if states else ''
    ids = f'{end.gateway_id} {far.id}'
    yield rules.BGP_PEER_DOWN.found(
        f'Gateway {end.gateway_id} lacks a BGP session with {far.id}{shown}',
        'A session comes up within a minute of the tunnel; if it does not, compare what both gateways have '
        f'set up, with az network vnet-gateway show --query [].bgpSettings --ids {ids}, and run az vnet2vnet '
        f'reset --ids {end.half.id}',
        severity=Severity.WARNING if CONNECTED in states else Severity.ERROR,
    )


def check_networks(pair: ObservedPair) -> Reasons:
    """Does the traffic find its way to the VPN, and through it?"""
    vnet1, vnet2 = (end.vnet for end in pair.ends)
    if vnet1 and vnet2:
        for one, other in overlaps(vnet1.address_prefixes, vnet2.address_prefixes):
            yield rules.RANGES_OVERLAP.found(
                f'{one} of VNet {vnet1.id} overlaps {other} of VNet {vnet2.id}, and a VPN '
                'cannot route between equal addresses',
                'Move one of the VNets to another address space: az '
                f'network vnet update --ids {vnet2.id} --address-prefixes PREFIX',
            )
        for peering in vnet1.peerings:
            if peering.far_vnet == vnet2.id:
                yield rules.VNETS_PEERED.found(
                    f"The two VNets are peered: their traffic takes peering '{peering.name}', not the VPN",
                    'Where the VPN is to carry it, run az network vnet peering delete --ids '
                    f'{vnet1.id}/virtualNetworkPeerings/{peering.name}',
                )
    for end in pair.ends:
        yield from _check_gateway_subnet(end)


def _check_gateway_subnet(end: ObservedEnd) -> Reasons:
    """Documented: there may be no security group, no default route, and routes of gateways have to come in."""
    subnet = end.vnet.gateway_subnet if end.vnet else None
    if subnet is None:
        return
    name = f'GatewaySubnet of VNet {end.vnet.id}'
    table = f'{name} has route table {subnet.route_table}'
    update = f'Run az network vnet subnet update --ids {gateway_subnet_of(end.vnet.id)}'
    if subnet.security_group:
        yield rules.GATEWAY_SUBNET_NSG.found(
            f'{name} has network security group {subnet.security_group}, which Azure does not support there',
            f'{update} --network-security-group null',
        )
    if end.default_routes:
        yield rules.GATEWAY_SUBNET_DEFAULT_ROUTE.found(
            f'{table} with a route for 0.0.0.0/0, which cuts a gateway off from its control plane',
            f'{update} --route-table null',
        )
    if end.propagation_off:
        yield rules.GATEWAY_SUBNET_PROPAGATION_OFF.found(
            f'{table} without propagation of gateway routes, without which a gateway does not work',
            f'Run az network route-table update --disable-bgp-route-propagation false --ids {subnet.route_table}',
        )
    if subnet.route_table and not end.default_routes and not end.propagation_off:
        yield rules.GATEWAY_SUBNET_ROUTE_TABLE.found(
            f'{table}, which may lead the traffic of the VPN elsewhere',
            f'Look at its routes: az network route-table show --ids {subnet.route_table}',
        )


def check_transit(pair: ObservedPair) -> Reasons:
    """Documented: a gateway passes on, from one connection to another, only between those that speak BGP."""
    speaks = all(half.tunnel.enable_bgp for half in pair.halves)
    for end in pair.ends:
        others = [
            other
            for other in end.connections
            if other.gateway == end.gateway_id
            and other.far != pair.far(end).gateway_id
            and not (speaks and other.tunnel.enable_bgp)
        ]
        if others:
            names = ', '.join(sorted(other.id.name for other in others))
            yield rules.NOT_TRANSITIVE.found(
                f'Gateway {end.gateway_id} also has {names}; without BGP at all of them, '
                'the other end of this pair reaches nothing behind those',
                'If it should, switch BGP on at '
                'all of them, with an ASN of its own for each gateway, or join those networks directly with '
                'az vnet2vnet create',
            )
