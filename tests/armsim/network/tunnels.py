"""What two connections are to each other: the status of the tunnels between them, and their IKE associations."""

import json
from datetime import datetime, timezone

from tests.armsim.fabric import Fabric, digest
from tests.armsim.network.gateway_bodies import public_addresses

BYTES_PER_SECOND = 120  # Decision: a live tunnel carries something.
LIFETIMES = {'saLifeTimeSeconds', 'saDataSizeKilobytes'}
DEADLOCKS = (['ResponderOnly'] * 2, ['InitiatorOnly'] * 2)


def far_half(fabric: Fabric, record: dict) -> dict | None:
    """The connection that goes the other way between the same two gateways."""
    if not record['gateway2']:
        return None
    return fabric.by_gateways.get((record['gateway2'].lower(), record['gateway1'].lower()))


def _agree(record: dict, far: dict) -> bool:
    """Whether both ends can bring the tunnel up.

    Documented: the algorithms of the policies must match, the lifetimes need not. Decision: BGP flags, ASNs and DPD do
    not matter to the tunnel; with two ResponderOnly nobody begins, with two InitiatorOnly nobody answers.
    """
    mine, other = record['properties'], far['properties']
    modes = [one.get('connectionMode', 'Default') for one in (mine, other)]
    return (
        record['key'] == far['key']
        and modes not in DEADLOCKS
        and mine.get('connectionProtocol', 'IKEv2') == other.get('connectionProtocol', 'IKEv2')
        and _algorithms(mine) == _algorithms(other)
        and bool(mine.get('usePolicyBasedTrafficSelectors')) == bool(other.get('usePolicyBasedTrafficSelectors'))
        and _selectors(mine) == {(remote, local) for local, remote in _selectors(other)}
    )


def _algorithms(properties: dict) -> list[dict]:
    return [
        {name: str(value).upper() for name, value in policy.items() if name not in LIFETIMES}
        for policy in properties.get('ipsecPolicies') or []
    ]


def _selectors(properties: dict) -> set:
    return {
        tuple(tuple(sorted(entry.get(side) or ())) for side in ('localAddressRanges', 'remoteAddressRanges'))
        for entry in properties.get('trafficSelectorPolicies') or []
    }


def _parts(fabric: Fabric, record: dict) -> list[dict | None]:
    """Both halves and both gateways; None for what is not there."""
    return [record, far_half(fabric, record), fabric.find(record['gateway1']), fabric.find(record['gateway2'] or '')]


def _since_change(fabric: Fabric, record: dict) -> float | None:
    """The seconds since the last change of a part; None while a gateway is being written."""
    parts = _parts(fabric, record)
    if any(gateway and gateway['state'] == 'Updating' for gateway in parts[2:]):
        return None
    return fabric.now - max(part['changed'] for part in parts if part)


def _fits(fabric: Fabric, record: dict) -> bool:
    parts = _parts(fabric, record)
    return all(part and part['succeeded_once'] and part['state'] != 'Failed' for part in parts) and _agree(*parts[:2])


def seconds_up(fabric: Fabric, record: dict) -> float | None:
    """For how long the tunnels have been up; None where they are not.

    Recorded while the status was still Unknown: associations 27 to 31 s old (2023), and a BGP session that had
    come up 16 s after both halves were made (2017). Decision: `tunnel_up_after` the last change.
    """
    since = _since_change(fabric, record)
    if since is None or since < fabric.settings.tunnel_up_after or not _fits(fabric, record):
        return None
    return since - fabric.settings.tunnel_up_after


def status(fabric: Fabric, record: dict) -> tuple[str, float]:
    """The connectionStatus and for how long it has been Connected.

    All four values but Connected are recorded; it lags what it describes. Decision on the lag: Unknown for
    `status_unknown_for` after the last change of either half or gateway, and while a gateway is being written, then
    Connecting until `status_connected_after`; halves that do not fit, or one alone, become NotConnected.
    """
    settings = fabric.settings
    since = _since_change(fabric, record)
    if since is None or since < settings.status_unknown_for:
        return 'Unknown', 0.0
    if not _fits(fabric, record):
        return 'NotConnected', 0.0
    if since < settings.status_connected_after:
        return 'Connecting', 0.0
    return 'Connected', since - settings.status_connected_after


def _pairs_of_addresses(fabric: Fabric, record: dict) -> list[tuple[str, str]]:
    """The ends of the tunnels: one between two gateways of one address each, up to four with active-active."""
    near, far = (public_addresses(fabric, fabric.find(record[end])) for end in ('gateway1', 'gateway2'))
    return [(local, remote) for local in near for remote in far]


def statuses_of_tunnels(fabric: Fabric, record: dict, seconds: float) -> list[dict]:
    """tunnelConnectionStatus of a connection that has been Connected for `seconds` (members: specification).

    Decision: an entry for each pair of public addresses, its name, the form of its time, and an even share of bytes.
    """
    pairs = _pairs_of_addresses(fabric, record)
    ingress, egress = (whole // len(pairs) for whole in carried(record, seconds))
    established = datetime.fromtimestamp(fabric.now - seconds, timezone.utc).strftime('%m/%d/%Y %H:%M:%S')
    return [
        {
            'tunnel': f'{record["name"]}_{local}_{remote}',
            'connectionStatus': 'Connected',
            'ingressBytesTransferred': ingress,
            'egressBytesTransferred': egress,
            'lastConnectionEstablishedUtcTime': established,
        }
        for local, remote in pairs
    ]


def carried(record: dict, seconds: float) -> tuple[int, int]:
    """The bytes that came in and went out since it was Connected; a test may set them as `carried` of the record."""
    usual = int(seconds * BYTES_PER_SECOND)
    return tuple(record.get('carried') or (usual, usual))


def ike_sas(fabric: Fabric, record: dict, _: dict) -> str:
    """The answer to getikesas: a JSON string that holds JSON, with cookies beyond 2^53 (recorded 2023)."""
    seconds = seconds_up(fabric, record)
    associations = []
    if seconds is not None:
        associations = [
            _association(local, remote, record, int(seconds)) for local, remote in _pairs_of_addresses(fabric, record)
        ]
    return json.dumps({'IkeSAs': associations}, separators=(',', ':'))


def _association(local: str, remote: str, record: dict, seconds: int) -> dict:
    policy = next(iter(record['properties'].get('ipsecPolicies') or []), {})
    number = digest(local, remote)
    ends = {'LocalEndpoint': local, 'RemoteEndpoint': remote}
    return {
        **ends,
        'InitiatorCookie': int.from_bytes(number[:8], 'big'),
        'ResponderCookie': int.from_bytes(number[8:16], 'big'),
        'LocalUdpEncapsulationPort': 0,
        'RemoteUdpEncapsulationPort': 0,
        'Encryption': policy.get('ikeEncryption', 'AES256'),
        'Integrity': policy.get('ikeIntegrity', 'SHA1'),
        'DhGroup': policy.get('dhGroup', 'DHGroup2'),
        'LifeTimeSeconds': 28810,
        'IsSaInitiator': False,
        'ElapsedTimeInseconds': seconds,
        'QuickModeSAs': [
            {
                **ends,
                'Encryption': policy.get('ipsecEncryption', 'GCMAES256'),
                'Integrity': policy.get('ipsecIntegrity', 'GCMAES256'),
                'PfsGroupId': policy.get('pfsGroup', 'None'),
                'InboundSPI': int.from_bytes(number[16:20], 'big'),
                'OutboundSPI': int.from_bytes(number[20:24], 'big'),
                'LocalTrafficSelectors': ['0.0.0.0-255.255.255.255'],
                'RemoteTrafficSelectors': ['0.0.0.0-255.255.255.255'],
                'LifetimeKilobytes': policy.get('saDataSizeKilobytes', 102400000),
                'LifetimeSeconds': policy.get('saLifeTimeSeconds', 27000),
                'IsSaInitiator': False,
                'ElapsedTimeInseconds': seconds,
            }
        ],
    }
