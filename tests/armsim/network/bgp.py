"""BGP between connected gateways: peers and routes."""
from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import parent
from tests.armsim.network import resources
from tests.armsim.network.gateway_bodies import asn_of, peer_addresses, subnet_of
from tests.armsim.network.methods import begin_query
from tests.armsim.network.tunnels import far_half, status
from tests.armsim.wire import Response


def _links(fabric: Fabric, gateway: dict) -> list[tuple[dict, dict, float]]:
    """The connected connections of a gateway with their far gateways and the seconds since."""
    found = []
    for record in fabric.connections():
        if record['gateway1'].lower() == gateway['id'].lower() and record['gateway2']:
            text, seconds = status(fabric, record)
            if text == 'Connected':
                found.append((record, fabric.find(record['gateway2']), seconds))
    return found


def _speaks_bgp(fabric: Fabric, record: dict, gateway: dict, far: dict) -> bool:
    """Both flags on both sides, and different ASNs (documented)."""
    both = (record, far_half(fabric, record))
    return (all(one['properties'].get('enableBgp') for one in both)
            and all(one['properties'].get('enableBgp') for one in (gateway, far))
            and asn_of(gateway['properties']) != asn_of(far['properties']))


def _space(fabric: Fabric, gateway: dict) -> list[str]:
    vnet = fabric.find(parent(subnet_of(gateway['properties'])))
    return vnet['properties']['addressSpace']['addressPrefixes']


def _duration(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f'{int(hours):02d}:{int(minutes):02d}:{rest:010.7f}'


def get_bgp_peer_status(fabric: Fabric, call: Call) -> Response:
    """POST getBgpPeerStatus (form recorded 2017)."""
    gateway = resources.require(fabric, call)
    own = peer_addresses(fabric, gateway)[0]
    value = []
    for record, far, seconds in _links(fabric, gateway):
        if _speaks_bgp(fabric, record, gateway, far):
            for neighbor in peer_addresses(fabric, far):
                value.append({'localAddress': own, 'neighbor': neighbor, 'asn': asn_of(far['properties']),
                              'state': 'Connected', 'connectedDuration': _duration(seconds),
                              'routesReceived': len(_space(fabric, far)), 'messagesSent': 4 + int(seconds / 60),
                              'messagesReceived': 6 + int(seconds / 60)})
    return begin_query(fabric, call, gateway, {'value': value})


def _route(own: str, network: str, origin: str, neighbor: str = '', asn: int | str = '') -> dict:
    hop = {'nextHop': neighbor} if neighbor else {}
    return {'localAddress': own, 'network': network, **hop, 'sourcePeer': neighbor or own, 'origin': origin,
            'asPath': str(asn), 'weight': 32768}


def get_learned_routes(fabric: Fabric, call: Call) -> Response:
    """POST getLearnedRoutes: own routes, the peers as /32, and what they announce (form recorded 2017)."""
    gateway = resources.require(fabric, call)
    own = peer_addresses(fabric, gateway)[0]
    value = [_route(own, prefix, 'Network') for prefix in _space(fabric, gateway)]
    for record, far, _ in _links(fabric, gateway):
        if _speaks_bgp(fabric, record, gateway, far):
            for neighbor in peer_addresses(fabric, far):
                value.append(_route(own, f'{neighbor}/32', 'Network'))
                value += [_route(own, prefix, 'EBgp', neighbor, asn_of(far['properties']))
                          for prefix in _space(fabric, far)]
    return begin_query(fabric, call, gateway, {'value': value})


def get_advertised_routes(fabric: Fabric, call: Call) -> Response:
    """POST getAdvertisedRoutes?peer=: nothing for an address that is no BGP peer (recorded 2017)."""
    gateway = resources.require(fabric, call)
    peer = call.request.query.get('peer')
    value = []
    for record, far, _ in _links(fabric, gateway):
        if _speaks_bgp(fabric, record, gateway, far) and peer in peer_addresses(fabric, far):
            own = peer_addresses(fabric, gateway)[0]
            value = [{'localAddress': own, 'network': prefix, 'nextHop': own, 'sourcePeer': own, 'origin': 'Igp',
                      'asPath': str(asn_of(gateway['properties'])), 'weight': 0} for prefix in _space(fabric, gateway)]
    return begin_query(fabric, call, gateway, {'value': value})
