"""BGP between connected gateways: peers and routes."""

from tests.armsim.fabric import Fabric
from tests.armsim.ids import parent
from tests.armsim.network.gateway_bodies import asn_of, peer_addresses, subnet_of
from tests.armsim.network.tunnels import far_half, seconds_up


def _links(fabric: Fabric, gateway: dict) -> list[tuple[dict, dict, float]]:
    """The connections of a gateway whose tunnels are up, with their far gateways and the seconds since."""
    found = []
    for record in fabric.connections():
        if record['gateway1'].lower() == gateway['id'].lower() and record['gateway2']:
            seconds = seconds_up(fabric, record)
            if seconds is not None:
                found.append((record, fabric.find(record['gateway2']), seconds))
    return found


def _speaks_bgp(fabric: Fabric, record: dict, gateway: dict, far: dict) -> bool:
    """Both flags on both sides, and different ASNs (documented)."""
    both = (record, far_half(fabric, record))
    return (
        all(one['properties'].get('enableBgp') for one in both)
        and all(one['properties'].get('enableBgp') for one in (gateway, far))
        and asn_of(gateway['properties']) != asn_of(far['properties'])
    )


def _space(fabric: Fabric, gateway: dict) -> list[str]:
    vnet = fabric.find(parent(subnet_of(gateway['properties'])))
    return vnet['properties']['addressSpace']['addressPrefixes']


def _duration(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f'{int(hours):02d}:{int(minutes):02d}:{rest:010.7f}'


def peer_status(fabric: Fabric, gateway: dict, _: dict) -> dict:
    """The answer to getBgpPeerStatus (form recorded 2017)."""
    own = peer_addresses(fabric, gateway)[0]
    value = [
        _peer(own, neighbor, far, seconds, len(_space(fabric, far)))
        for record, far, seconds in _links(fabric, gateway)
        if _speaks_bgp(fabric, record, gateway, far)
        for neighbor in peer_addresses(fabric, far)
    ]
    return {'value': value + _silent_peers(fabric, gateway, own, value)}


def _peer(own: str, neighbor: str, far: dict, seconds: float, routes: int) -> dict:
    return {
        'localAddress': own,
        'neighbor': neighbor,
        'asn': asn_of(far['properties']),
        'state': 'Connected',
        'connectedDuration': _duration(seconds),
        'routesReceived': routes,
        'messagesSent': 4 + int(seconds / 60),
        'messagesReceived': 6 + int(seconds / 60),
    }


def _silent_peers(fabric: Fabric, gateway: dict, own: str, talking: list[dict]) -> list[dict]:
    """Peers that this side is set up for and that do not answer. Decision: how Azure lists them was never seen."""
    known = {peer['neighbor'] for peer in talking}
    fars = [
        fabric.find(record['gateway2'])
        for record in fabric.connections()
        if record['gateway1'].lower() == gateway['id'].lower()
        and record['gateway2']
        and record['properties'].get('enableBgp')
        and gateway['properties'].get('enableBgp')
    ]
    return [
        {**_peer(own, neighbor, far, 0, 0), 'state': 'Connecting', 'messagesSent': 0, 'messagesReceived': 0}
        for far in fars
        if far
        for neighbor in peer_addresses(fabric, far)
        if neighbor not in known
    ]


def _route(own: str, network: str, origin: str, neighbor: str = '', asn: int | str = '') -> dict:
    hop = {'nextHop': neighbor} if neighbor else {}
    return {
        'localAddress': own,
        'network': network,
        **hop,
        'sourcePeer': neighbor or own,
        'origin': origin,
        'asPath': str(asn),
        'weight': 32768,
    }


def learned_routes(fabric: Fabric, gateway: dict, _: dict) -> dict:
    """The answer to getLearnedRoutes: own routes, the peers as /32, and what they announce (form recorded 2017)."""
    own = peer_addresses(fabric, gateway)[0]
    value = [_route(own, prefix, 'Network') for prefix in _space(fabric, gateway)]
    for record, far, _ in _links(fabric, gateway):
        if _speaks_bgp(fabric, record, gateway, far):
            for neighbor in peer_addresses(fabric, far):
                value.append(_route(own, f'{neighbor}/32', 'Network'))
                value += [
                    _route(own, prefix, 'EBgp', neighbor, asn_of(far['properties'])) for prefix in _space(fabric, far)
                ]
    return {'value': value}


def advertised_routes(fabric: Fabric, gateway: dict, operation: dict) -> dict:
    """The answer to getAdvertisedRoutes?peer=: nothing for an address that is no BGP peer (recorded 2017)."""
    peer = operation['peer']
    value = []
    for record, far, _ in _links(fabric, gateway):
        if _speaks_bgp(fabric, record, gateway, far) and peer in peer_addresses(fabric, far):
            own = peer_addresses(fabric, gateway)[0]
            value = [
                {
                    'localAddress': own,
                    'network': prefix,
                    'nextHop': own,
                    'sourcePeer': own,
                    'origin': 'Igp',
                    'asPath': str(asn_of(gateway['properties'])),
                    'weight': 0,
                }
                for prefix in _space(fabric, gateway)
            ]
    return {'value': value}
