"""Read what the login may do where a plan wants to write: permissions, locks, the registration of the provider."""
import asyncio

from azext_vnet2vnet.cloud.arm import Arm
from azext_vnet2vnet.domain.ids import NETWORK, ResourceId
from azext_vnet2vnet.domain.model import Pair
from azext_vnet2vnet.domain.observed import Observed
from azext_vnet2vnet.domain.plan import Plan
from azext_vnet2vnet.domain.rights import Rights, demands_of, scopes_of
from azext_vnet2vnet.formats import answers

_PERMISSIONS_VERSION = '2022-04-01'
_LOCKS_VERSION = '2016-09-01'
_PROVIDERS_VERSION = '2024-11-01'


def existing_groups(pair: Pair, observed: Observed) -> tuple[ResourceId, ...]:
    """The groups of the pair that are there."""
    groups = [end.vnet.group_id for end, site in zip(pair.ends, observed.sites) if site.group_exists]
    groups += [site.vpn_gateway.id.group_id for site in observed.sites if site.vpn_gateway]
    groups += [end.gateway.group_id for end in pair.ends if end.is_foreign]
    return tuple(groups)


async def read_rights(arm: Arm, pair: Pair, observed: Observed, plan: Plan) -> Rights:
    """What the login may do of what the plan wants; the resource itself is asked only where its group does not allow.

    A scope that cannot be read is left out. The provider is registered where the subscription has a VNet.
    """
    groups = existing_groups(pair, observed)
    demands = demands_of(plan, groups)
    known = {end.vnet.subscription.lower() for end in pair.ends if end.tenant}
    wide = {scopes_of(demand, groups)[0] for demand in demands}
    subscriptions = sorted({step.id.subscription for step in plan.writes})
    bare = sorted({end.vnet.subscription for end, site in zip(pair.ends, observed.sites)
                   if not site.vnet and not end.is_foreign})
    permissions, (locks, locks_unknown), unregistered = await asyncio.gather(
        _read_permissions(arm, wide, known), _read_locks(arm, subscriptions), _find_unregistered(arm, bare))
    first = Rights(permissions)
    narrow = {scopes_of(demand, groups)[-1] for demand in demands
              if first.allow(scopes_of(demand, groups)[0], demand.action) is False}
    return Rights({**permissions, **await _read_permissions(arm, narrow - wide, known)}, locks, unregistered,
                  locks_unknown)


async def _read_permissions(arm: Arm, scopes, known):
    async def read(scope):
        subscription = scope.split('/')[2]
        if subscription.lower() not in known:
            return None
        answer = await arm.read(subscription, f'{scope}/providers/Microsoft.Authorization/permissions',
                                _PERMISSIONS_VERSION)
        return answers.permissions_from_arm(answer.body) if answer.status == 200 else None
    wanted = sorted(scopes)
    found = await asyncio.gather(*map(read, wanted))
    return {scope.lower(): entries for scope, entries in zip(wanted, found) if entries is not None}


async def _read_locks(arm: Arm, subscriptions):
    """All locks of the subscriptions, on whatever scope they are, and the subscriptions that do not tell theirs."""
    async def read(subscription):
        answer = await arm.read(subscription, f'/subscriptions/{subscription}/providers/Microsoft.Authorization/locks',
                                _LOCKS_VERSION)
        return answers.locks_from_arm(answer.body) if answer.status == 200 else None
    found = await asyncio.gather(*map(read, subscriptions))
    return (tuple(lock for locks in found for lock in locks or ()),
            tuple(subscription for subscription, locks in zip(subscriptions, found) if locks is None))


async def _find_unregistered(arm: Arm, subscriptions) -> tuple[str, ...]:
    async def read(subscription):
        answer = await arm.read(subscription, f'/subscriptions/{subscription}/providers/{NETWORK}',
                                _PROVIDERS_VERSION)
        return answer.body.get('registrationState') if answer.status == 200 else None
    states = await asyncio.gather(*map(read, subscriptions))
    return tuple(subscription for subscription, state in zip(subscriptions, states)
                 if state in ('NotRegistered', 'Unregistered'))
