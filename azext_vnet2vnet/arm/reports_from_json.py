"""What Azure reports besides resources: of a gateway, of a subscription, and of what failed."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from azext_vnet2vnet.arm.from_json import id_of
from azext_vnet2vnet.checks.quota import Usage
from azext_vnet2vnet.checks.rights import Lock, Permission
from azext_vnet2vnet.network.observed import Region
from azext_vnet2vnet.network.pair import BgpPeer, SecurityAssociation
from azext_vnet2vnet.network.resource_id import ResourceId

_PUBLIC_IP_QUOTAS = ('IPv4StandardSkuPublicIpAddresses', 'StandardSkuPublicIpAddresses', 'PublicIPAddresses')
_LOCK_PART = '/providers/microsoft.authorization/locks/'


def associations_from_arm(body: Any) -> tuple[SecurityAssociation, ...]:
    """The security associations of a connection; Azure answers with a JSON string that holds JSON (recorded)."""
    content = (json.loads(body) if isinstance(body, str) else body) or {}
    return tuple(
        SecurityAssociation(
            one.get('LocalEndpoint', ''),
            one.get('RemoteEndpoint', ''),
            one.get('Encryption', ''),
            one.get('Integrity', ''),
            one.get('DhGroup', ''),
            one.get('ElapsedTimeInseconds') or 0,
        )
        for one in content.get('IkeSAs') or ()
    )


def bgp_peers_from_arm(body: Mapping[str, Any]) -> tuple[BgpPeer, ...]:
    """The BGP neighbours of a gateway (form recorded 2017)."""
    return tuple(
        BgpPeer(
            one.get('neighbor', ''),
            one.get('asn') or 0,
            one.get('state', ''),
            one.get('connectedDuration') or '',
            one.get('routesReceived') or 0,
        )
        for one in _entries(body)
    )


def regions_from_arm(body: Mapping[str, Any]) -> dict[str, Region]:
    """The locations that a subscription can use, by name, with the logical zones of each."""
    return {
        entry['name']: Region(
            entry['name'],
            tuple(sorted(mapping['logicalZone'] for mapping in entry.get('availabilityZoneMappings') or ())),
        )
        for entry in body['value']
    }


def public_ip_usage_from_arm(body: Mapping[str, Any]) -> Usage | None:
    """How much of a region's quota of public IPs is used; Standard ones may have a row of their own (documented)."""
    rows = {(entry.get('name') or {}).get('value'): entry for entry in _entries(body)}
    row = next((rows[name] for name in _PUBLIC_IP_QUOTAS if name in rows), None)
    return Usage(row['currentValue'], row['limit']) if row else None


def permissions_from_arm(body: Mapping[str, Any]) -> tuple[Permission, ...]:
    """What a login may do, one element for each role assignment; null actions occur (reported)."""
    return tuple(
        Permission(tuple(entry.get('actions') or ()), tuple(entry.get('notActions') or ()))
        for entry in body.get('value') or ()
    )


def locks_from_arm(body: Mapping[str, Any]) -> tuple[Lock, ...]:
    """Locks with the scope that each one holds; ids come in any case (recorded)."""
    return tuple(
        Lock(entry['id'], entry['id'][: entry['id'].lower().index(_LOCK_PART)], entry['properties']['level'])
        for entry in _entries(body)
        if _LOCK_PART in entry.get('id', '').lower()
    )


def failed_operations(rows: Iterable[Mapping[str, Any]]) -> list[tuple[ResourceId, str, str]]:
    """What a deployment failed at: the id of each resource that failed, with the code and the text of the reason."""
    found = []
    for properties in (row['properties'] for row in rows):
        target = id_of(properties.get('targetResource'))
        if target and properties.get('provisioningState') == 'Failed':
            found.append((target, *innermost_error(properties.get('statusMessage'))))
    return found


def innermost_error(error: object) -> tuple[str, str]:
    """Code and message of what went wrong; they may be wrapped once for each level of nesting, even as JSON in a text.

    Recorded for the answer of a deployment: the real code is in a JSON string inside of details[].message.
    """
    if isinstance(error, str):
        try:
            inner = json.loads(error)
        except ValueError:
            return '', error
        return innermost_error(inner) if isinstance(inner, Mapping) else ('', error)
    if not isinstance(error, Mapping):
        return '', ''
    if isinstance(error.get('error'), Mapping):
        return innermost_error(error['error'])
    for inner in error.get('details') or ():
        code, text = innermost_error(inner)
        if code or text:
            return code or str(error.get('code') or ''), text
    code, text = innermost_error(error.get('message') or '')
    return code or str(error.get('code') or ''), text


def _entries(body: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return body.get('value') or ()
