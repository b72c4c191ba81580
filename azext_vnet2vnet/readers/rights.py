"""Read what the login may do where a plan wants to write: permissions, locks, the registration of the provider."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from azext_vnet2vnet.arm import api_versions, reports_from_json
from azext_vnet2vnet.arm.failures import LoginEnded
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.checks.quota import Place, Usage, public_ips_of
from azext_vnet2vnet.checks.rights import Lock, Permission, Rights, demands_of, scopes_of
from azext_vnet2vnet.network.desired import Connection
from azext_vnet2vnet.network.resource_id import NETWORK, ResourceId
from azext_vnet2vnet.planning.pair_plan import PairState
from azext_vnet2vnet.planning.plan import Plan
from azext_vnet2vnet.readers.resources import read_each

Entry = TypeVar('Entry')


def existing_groups(states: Sequence[PairState]) -> tuple[ResourceId, ...]:
    """The groups of the pairs that exist."""
    groups = set()
    for end in (end for state in states for end in state.ends):
        observed = end.observed
        groups |= {end.desired.vnet.group_id} if observed.surroundings.group_exists else set()
        groups |= {observed.gateway.id.group_id} if observed.gateway else set()
        groups |= {observed.half.id.group_id} if observed.half else set()
        groups |= {end.desired.gateway.group_id} if end.desired.is_foreign else set()
    return tuple(sorted(groups))


def bare_subscriptions(states: Sequence[PairState]) -> tuple[str, ...]:
    """The subscriptions that no VNet of the pairs shows to be registered for the provider."""
    ends = (end for state in states for end in state.own_ends)
    return tuple(sorted({end.desired.vnet.subscription for end in ends if not end.observed.vnet}))


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


async def find_strange_tenants(arm: Arm, plan: Plan) -> tuple[Connection, ...]:
    """The connections of a plan whose account does not exist in the far tenant, one for each way between tenants."""
    ways = {
        (one.id.subscription, one.aux_tenant): one
        for step in plan.writes
        if isinstance(one := step.resource, Connection) and one.aux_tenant
    }

    async def is_strange(way: tuple[str, str | None]) -> bool:
        try:
            await arm.check_token(way[0], str(way[1]))
        except LoginEnded as failure:
            if not failure.is_other_account:
                raise
            return True
        return False

    found = await read_each(ways, is_strange)
    return tuple(one for way, one in ways.items() if found[way])


async def _read_permissions(
    arm: Arm, scopes: Collection[str], known: Collection[str]
) -> dict[str, tuple[Permission, ...]]:
    """What the login may do in scopes, by scope in lower case; a scope that cannot be read is left out."""

    async def read(scope: str) -> tuple[Permission, ...] | None:
        path = f'{scope}/providers/Microsoft.Authorization/permissions'
        return await _read_list(arm, scope.split('/')[2], path, api_versions.PERMISSIONS, _permission_from_arm)

    found = await read_each(sorted(scope for scope in scopes if scope.split('/')[2].lower() in known), read)
    return {scope.lower(): entries for scope, entries in found.items() if entries is not None}


def _permission_from_arm(entry: Mapping[str, Any]) -> Permission:
    try:
        return reports_from_json.permission_from_arm(entry)
    except ValueError:
        # Decision: what cannot be read may allow anything: a refusal needs proof.
        return Permission(('*',))


async def _read_list(
    arm: Arm, subscription: str, path: str, api_version: str, translate: Callable[[Mapping[str, Any]], Entry]
) -> tuple[Entry, ...] | None:
    """The entries of a list; None where it may not be read."""
    found = await arm.read_list(subscription, path, api_version, translate)
    return None if isinstance(found, Answer) else tuple(found)


async def _read_locks(arm: Arm, subscriptions: Collection[str]) -> tuple[tuple[Lock, ...], tuple[str, ...]]:
    """All locks of the subscriptions, on whatever scope they are, and the subscriptions whose locks are unreadable."""

    async def read(subscription: str) -> tuple[Lock, ...] | None:
        path = f'/subscriptions/{subscription}/providers/Microsoft.Authorization/locks'
        return await _read_list(arm, subscription, path, api_versions.LOCKS, reports_from_json.lock_from_arm)

    found = await read_each(subscriptions, read)
    locks = tuple(lock for own in found.values() for lock in own or ())
    return locks, tuple(subscription for subscription, own in found.items() if own is None)


async def read_usages(arm: Arm, plan: Plan) -> dict[Place, Usage]:
    """How many public IPs exist where the plan creates some; a place that cannot be read is left out."""

    async def read(place: Place) -> Usage | None:
        subscription, location = place
        path = f'/subscriptions/{subscription}/providers/{NETWORK}/locations/{location}/usages'
        found = await _read_list(arm, subscription, path, api_versions.USAGES, reports_from_json.usage_from_arm)
        return reports_from_json.public_ip_usage(found or ())

    found = await read_each(sorted(public_ips_of(plan)), read)
    return {place: usage for place, usage in found.items() if usage}


async def _find_unregistered(arm: Arm, subscriptions: Collection[str]) -> tuple[str, ...]:
    async def read(subscription: str) -> str | None:
        path = f'/subscriptions/{subscription}/providers/{NETWORK}'
        answer = await arm.read(subscription, path, api_versions.PROVIDERS)
        return answer.body.get('registrationState') if answer.status == 200 else None

    found = await read_each(subscriptions, read)
    return tuple(one for one, state in found.items() if state in ('NotRegistered', 'Unregistered'))
