"""What Azure reports besides resources: of a gateway, of a subscription, and of what failed."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from azext_vnet2vnet.arm.from_json import id_of
from azext_vnet2vnet.arm.json_values import (
    as_object,
    needed_text_in,
    number_in,
    object_in,
    objects_in,
    text_in,
    texts_in,
)
from azext_vnet2vnet.checks.quota import Usage
from azext_vnet2vnet.checks.rights import Lock, Permission
from azext_vnet2vnet.network.observed import Region
from azext_vnet2vnet.network.pair import BgpPeer, SecurityAssociation
from azext_vnet2vnet.network.resource_id import ResourceId

_PUBLIC_IP_QUOTAS = ('IPv4StandardSkuPublicIpAddresses', 'StandardSkuPublicIpAddresses', 'PublicIPAddresses')
_LOCK_PART = '/providers/microsoft.authorization/locks/'


def associations_from_arm(body: Any) -> tuple[SecurityAssociation, ...]:
    """The security associations of a connection; Azure answers with a JSON string that holds JSON (recorded)."""
    content = as_object((json.loads(body) if isinstance(body, str) else body) or {})
    return tuple(
        SecurityAssociation(
            text_in(one, 'LocalEndpoint'),
            text_in(one, 'RemoteEndpoint'),
            text_in(one, 'Encryption'),
            text_in(one, 'Integrity'),
            text_in(one, 'DhGroup'),
            number_in(one, 'ElapsedTimeInseconds'),
        )
        for one in objects_in(content, 'IkeSAs')
    )


def bgp_peers_from_arm(body: Mapping[str, Any]) -> tuple[BgpPeer, ...]:
    """The BGP neighbours of a gateway (form recorded 2017)."""
    return tuple(
        BgpPeer(
            text_in(one, 'neighbor'),
            number_in(one, 'asn'),
            text_in(one, 'state'),
            text_in(one, 'connectedDuration'),
            number_in(one, 'routesReceived'),
        )
        for one in objects_in(as_object(body), 'value')
    )


def region_from_arm(entry: Mapping[str, Any]) -> Region:
    """A location that a subscription can use, with its logical zones."""
    zones = (needed_text_in(mapping, 'logicalZone') for mapping in objects_in(entry, 'availabilityZoneMappings'))
    return Region(needed_text_in(entry, 'name'), tuple(sorted(zones)))


def usage_from_arm(entry: Mapping[str, Any]) -> tuple[str, Usage]:
    """The name of a quota, and how much of it is used."""
    return text_in(object_in(entry, 'name'), 'value'), Usage(
        number_in(entry, 'currentValue'), number_in(entry, 'limit')
    )


def public_ip_usage(usages: Iterable[tuple[str, Usage]]) -> Usage | None:
    """How much of a region's quota of public IPs is used; Standard ones may have a row of their own (documented)."""
    rows = dict(usages)
    return next((rows[name] for name in _PUBLIC_IP_QUOTAS if name in rows), None)


def permission_from_arm(entry: Mapping[str, Any]) -> Permission:
    """What one role assignment allows; null actions occur (reported)."""
    return Permission(texts_in(entry, 'actions'), texts_in(entry, 'notActions'))


def lock_from_arm(entry: Mapping[str, Any]) -> Lock:
    """A lock with the scope that it holds; ids come in any case (recorded)."""
    id_ = needed_text_in(entry, 'id')
    scope, found, _ = id_.lower().partition(_LOCK_PART)
    if not found:
        raise ValueError('the id is not that of a lock')
    return Lock(id_, id_[: len(scope)], needed_text_in(object_in(entry, 'properties'), 'level'))


def failed_operations(rows: Iterable[Mapping[str, Any]]) -> list[tuple[ResourceId, str, str]]:
    """What a deployment failed at: the id of each resource that failed, with the code and the text of the reason."""
    found = []
    for properties in (object_in(row, 'properties') for row in rows):
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
    details = error.get('details')
    for inner in details if isinstance(details, list) else ():
        code, text = innermost_error(inner)
        if code or text:
            return code or str(error.get('code') or ''), text
    code, text = innermost_error(error.get('message') or '')
    return code or str(error.get('code') or ''), text
