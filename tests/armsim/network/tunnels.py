"""What two connections are to each other: the status of the tunnel, BGP peers and routes, IKE security associations."""
import json

from tests.armsim.fabric import Call, Fabric, digest
from tests.armsim.ids import parent
from tests.armsim.network import resources
from tests.armsim.network.gateway_rules import subnet_of
from tests.armsim.network.gateways import DEFAULT_ASN, peer_addresses, public_addresses
from tests.armsim.network.resources import CONNECTION
from tests.armsim.operations import lro_headers
from tests.armsim.wire import Response

BYTES_PER_SECOND = 120  # Decision: a live tunnel carries something.


def far_half(fabric: Fabric, record: dict) -> dict | None:
    """The connection that goes the other way between the same two gateways."""
    if not record['gateway2']:
        return None
    return fabric.by_gateways.get((record['gateway2'].lower(), record['gateway1'].lower()))


def _agree(record: dict, far: dict) -> bool:
    """Whether both ends can bring the tunnel up. Decision: BGP flags and ASNs do not matter to the tunnel itself."""
    mine, other = record['properties'], far['properties']
    modes = [one.get('connectionMode', 'Default') for one in (mine, other)]
    return (record['key'] == far['key'] and modes != ['ResponderOnly'] * 2
            and mine.get('connectionProtocol', 'IKEv2') == other.get('connectionProtocol', 'IKEv2')
            and (mine.get('ipsecPolicies') or []) == (other.get('ipsecPolicies') or [])
            and bool(mine.get('usePolicyBasedTrafficSelectors')) == bool(other.get('usePolicyBasedTrafficSelectors'))
            and _selectors(mine) == {(remote, local) for local, remote in _selectors(other)})


def _selectors(properties: dict) -> set:
    return {tuple(tuple(sorted(entry.get(side) or ())) for side in ('localAddressRanges', 'remoteAddressRanges'))
            for entry in properties.get('trafficSelectorPolicies') or []}


def status(fabric: Fabric, record: dict) -> tuple[str, float]:
    """The connectionStatus and for how long it has been Connected.

    All four values but Connected are recorded; it lags what it describes. Decision on the lag: Unknown for
    `status_unknown_for` after the last change of either half or gateway, then Connecting until
    `status_connected_after`; halves that do not fit, or one alone, become NotConnected.
    """
    settings = fabric.settings
    far = far_half(fabric, record)
    parts = [record, fabric.find(record['gateway1']), far, fabric.find(record['gateway2'] or '')]
    since = fabric.now - max(part['changed'] for part in parts if part)
    if since < settings.status_unknown_for:
        return 'Unknown', 0.0
    sound = all(part and part['succeeded_once'] and part['state'] != 'Failed' for part in parts)
    if not sound or not _agree(record, far):
        return 'NotConnected', 0.0
    if since < settings.status_connected_after:
        return 'Connecting', 0.0
    return 'Connected', since - settings.status_connected_after


def _links(fabric: Fabric, gateway: dict) -> list[tuple[dict, dict, float]]:
    """The connected connections of a gateway with their far gateways and the seconds since."""
    found = []
    for record in fabric.world.resources.values():
        if record['type'] == CONNECTION and record['gateway1'].lower() == gateway['id'].lower() and record['gateway2']:
            text, seconds = status(fabric, record)
            if text == 'Connected':
                found.append((record, fabric.find(record['gateway2']), seconds))
    return found


def _asn(gateway: dict) -> int:
    return (gateway['properties'].get('bgpSettings') or {}).get('asn') or DEFAULT_ASN


def _speaks_bgp(fabric: Fabric, record: dict, gateway: dict, far: dict) -> bool:
    """Both flags on both sides, and different ASNs (documented)."""
    both = (record, far_half(fabric, record))
    return (all(one['properties'].get('enableBgp') for one in both)
            and all(one['properties'].get('enableBgp') for one in (gateway, far)) and _asn(gateway) != _asn(far))


def _space(fabric: Fabric, gateway: dict) -> list[str]:
    vnet = fabric.find(parent(subnet_of(gateway['properties'])))
    return vnet['properties']['addressSpace']['addressPrefixes']


def _duration(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f'{int(hours):02d}:{int(minutes):02d}:{rest:010.7f}'


def _query(fabric: Fabric, call: Call, record: dict, result: object) -> Response:
    # Recorded: 202 with `null` as the body and a Location only.
    operation = fabric.start('query', call, record['id'], name='Query', location=record['location'],
                             duration=fabric.settings.duration('query'), result=result)
    return Response(202, None, lro_headers(fabric, operation, call.request.origin))


def get_bgp_peer_status(fabric: Fabric, call: Call) -> Response:
    """POST getBgpPeerStatus (form recorded 2017)."""
    gateway = resources.require(fabric, call)
    own = peer_addresses(fabric, gateway)[0]
    value = []
    for record, far, seconds in _links(fabric, gateway):
        if _speaks_bgp(fabric, record, gateway, far):
            for neighbor in peer_addresses(fabric, far):
                value.append({'localAddress': own, 'neighbor': neighbor, 'asn': _asn(far), 'state': 'Connected',
                              'connectedDuration': _duration(seconds), 'routesReceived': len(_space(fabric, far)),
                              'messagesSent': 4 + int(seconds / 60), 'messagesReceived': 6 + int(seconds / 60)})
    return _query(fabric, call, gateway, {'value': value})


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
                value += [_route(own, prefix, 'EBgp', neighbor, _asn(far)) for prefix in _space(fabric, far)]
    return _query(fabric, call, gateway, {'value': value})


def get_advertised_routes(fabric: Fabric, call: Call) -> Response:
    """POST getAdvertisedRoutes?peer=: nothing for an address that is no BGP peer (recorded 2017)."""
    gateway = resources.require(fabric, call)
    peer = call.request.query.get('peer')
    value = []
    for record, far, _ in _links(fabric, gateway):
        if _speaks_bgp(fabric, record, gateway, far) and peer in peer_addresses(fabric, far):
            own = peer_addresses(fabric, gateway)[0]
            value = [{'localAddress': own, 'network': prefix, 'nextHop': own, 'sourcePeer': own, 'origin': 'Igp',
                      'asPath': str(_asn(gateway)), 'weight': 0} for prefix in _space(fabric, gateway)]
    return _query(fabric, call, gateway, {'value': value})


def get_ike_sas(fabric: Fabric, call: Call) -> Response:
    """POST getikesas: a JSON string that holds JSON, with cookies beyond 2^53 (recorded 2023)."""
    record = resources.require(fabric, call)
    text, seconds = status(fabric, record)
    associations = []
    if text == 'Connected':
        ends = [public_addresses(fabric, fabric.find(record[end])) for end in ('gateway1', 'gateway2')]
        associations = [_association(local, remote, record, int(seconds)) for local in ends[0] for remote in ends[1]]
    return _query(fabric, call, record, json.dumps({'IkeSAs': associations}, separators=(',', ':')))


def _association(local: str, remote: str, record: dict, seconds: int) -> dict:
    policy = next(iter(record['properties'].get('ipsecPolicies') or []), {})
    number = digest(local, remote)
    ends = {'LocalEndpoint': local, 'RemoteEndpoint': remote}
    return {**ends, 'InitiatorCookie': int.from_bytes(number[:8], 'big'),
            'ResponderCookie': int.from_bytes(number[8:16], 'big'),
            'LocalUdpEncapsulationPort': 0, 'RemoteUdpEncapsulationPort': 0,
            'Encryption': policy.get('ikeEncryption', 'AES256'), 'Integrity': policy.get('ikeIntegrity', 'SHA1'),
            'DhGroup': policy.get('dhGroup', 'DHGroup2'), 'LifeTimeSeconds': 28810, 'IsSaInitiator': False,
            'ElapsedTimeInseconds': seconds, 'QuickModeSAs': [{
                **ends, 'Encryption': policy.get('ipsecEncryption', 'GCMAES256'),
                'Integrity': policy.get('ipsecIntegrity', 'GCMAES256'), 'PfsGroupId': policy.get('pfsGroup', 'None'),
                'InboundSPI': int.from_bytes(number[16:20], 'big'), 'OutboundSPI': int.from_bytes(number[20:24], 'big'),
                'LocalTrafficSelectors': ['0.0.0.0-255.255.255.255'],
                'RemoteTrafficSelectors': ['0.0.0.0-255.255.255.255'],
                'LifetimeKilobytes': policy.get('saDataSizeKilobytes', 102400000),
                'LifetimeSeconds': policy.get('saLifeTimeSeconds', 27000), 'IsSaInitiator': False,
                'ElapsedTimeInseconds': seconds}]}
