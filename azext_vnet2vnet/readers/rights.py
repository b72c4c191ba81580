"""Read what the login may do where a plan wants to write: permissions, locks, the registration of the provider."""

import asyncio
from collections.abc import Collection, Iterator, Sequence

from azext_vnet2vnet.arm import api_versions, from_json
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.quota import Place, Usage, public_ips_of
from azext_vnet2vnet.checks.rights import Rights, demands_of, scopes_of
from azext_vnet2vnet.network.desired import End, Pair
from azext_vnet2vnet.network.observed import Observed, Site
from azext_vnet2vnet.network.resource_id import NETWORK, ResourceId
from azext_vnet2vnet.planning.plan import Plan


def existing_groups(pairs: Sequence[Pair], observed: Sequence[Observed]) -> tuple[ResourceId, ...]:
    """The groups of the pairs that are there."""
    groups = {}
    for end, site in _ends(pairs, observed):
        groups |= {end.vnet.group_id: None} if site.group_exists else {}
        groups |= {site.vpn_gateway.id.group_id: None} if site.vpn_gateway else {}
        groups |= {site.half.id.group_id: None} if site.half else {}
        groups |= {end.gateway.group_id: None} if end.is_foreign else {}
    return tuple(groups)


def bare_subscriptions(pairs: Sequence[Pair], observed: Sequence[Observed]) -> tuple[str, ...]:
    """The subscriptions that no VNet of the pairs shows to be registered for the provider."""
    return tuple(
        sorted({end.vnet.subscription for end, site in _ends(pairs, observed) if not site.vnet and not end.is_foreign})
    )


def _ends(pairs: Sequence[Pair], observed: Sequence[Observed]) -> Iterator[tuple[End, Site]]:
    return (both for pair, seen in zip(pairs, observed) for both in zip(pair.ends, seen.sites))


async def read_rights(
    arm: Arm, plan: Plan, groups: Collection[ResourceId], known: Collection[str], bare: Collection[str] = ()
) -> Rights:
    """What the login may do of what the plan wants; the resource itself is asked only where its group does not allow.

    `groups` are the groups that exist, `known` the subscriptions of the login in lower case, `bare` those that may not
    be registered. A scope that cannot be read is left out.
    """
    demands = demands_of(plan, groups)
    wide = {scopes_of(demand, groups)[0] for demand in demands}
    subscriptions = sorted({step.id.subscription for step in plan.writes})
    permissions, (locks, locks_unknown), unregistered = await asyncio.gather(
        _read_permissions(arm, wide, known), _read_locks(arm, subscriptions), _find_unregistered(arm, bare)
    )
    first = Rights(permissions)
    narrow = {
        scopes_of(demand, groups)[-1]
        for demand in demands
        if first.allow(scopes_of(demand, groups)[0], demand.action) is False
    }
    return Rights(
        {**permissions, **await _read_permissions(arm, narrow - wide, known)}, locks, unregistered, locks_unknown
    )


async def _read_permissions(arm: Arm, scopes, known):
    async def read(scope):
        subscription = scope.split('/')[2]
        if subscription.lower() not in known:
            return None
        answer = await arm.read(
            subscription, f'{scope}/providers/Microsoft.Authorization/permissions', api_versions.PERMISSIONS
        )
        return from_json.permissions_from_arm(answer.body) if answer.status == 200 else None

    wanted = sorted(scopes)
    found = await asyncio.gather(*map(read, wanted))
    return {scope.lower(): entries for scope, entries in zip(wanted, found) if entries is not None}


async def _read_locks(arm: Arm, subscriptions):
    """All locks of the subscriptions, on whatever scope they are, and the subscriptions that do not tell theirs."""

    async def read(subscription):
        answer = await arm.read(
            subscription, f'/subscriptions/{subscription}/providers/Microsoft.Authorization/locks', api_versions.LOCKS
        )
        return from_json.locks_from_arm(answer.body) if answer.status == 200 else None

    found = await asyncio.gather(*map(read, subscriptions))
    return (
        tuple(lock for locks in found for lock in locks or ()),
        tuple(subscription for subscription, locks in zip(subscriptions, found) if locks is None),
    )


async def read_usages(arm: Arm, plan: Plan) -> dict[Place, Usage]:
    """How many public IPs there are where the plan creates some; a place that cannot be read is left out."""

    async def read(place: Place) -> Usage | None:
        subscription, location = place
        answer = await arm.read(
            subscription,
            f'/subscriptions/{subscription}/providers/{NETWORK}/locations/{location}/usages',
            api_versions.USAGES,
        )
        return from_json.public_ip_usage_from_arm(answer.body) if answer.status == 200 else None

    places = sorted(public_ips_of(plan))
    found = await asyncio.gather(*map(read, places))
    return {place: usage for place, usage in zip(places, found) if usage}


async def _find_unregistered(arm: Arm, subscriptions) -> tuple[str, ...]:
    async def read(subscription):
        answer = await arm.read(
            subscription, f'/subscriptions/{subscription}/providers/{NETWORK}', api_versions.PROVIDERS
        )
        return answer.body.get('registrationState') if answer.status == 200 else None

    states = await asyncio.gather(*map(read, subscriptions))
    return tuple(
        subscription for subscription, state in zip(subscriptions, states) if state in ('NotRegistered', 'Unregistered')
    )
