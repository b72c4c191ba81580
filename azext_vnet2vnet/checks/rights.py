"""May this login do what the plan wants? Permissions, locks and the registration of the provider."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.desired import Connection, End, Gateway, Group
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import ResourceId, gateway_subnet_of
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.planning.plan import Action, Plan, Step

READ_ONLY = 'readonly'
_READ_KEY = f'{resource_id.CONNECTION_TYPE}/sharedKey/action'
_RESET_CONNECTION = f'{resource_id.CONNECTION_TYPE}/resetconnection/action'
_RESET_GATEWAY = f'{resource_id.GATEWAY_TYPE}/reset/action'


@dataclass(frozen=True)
class Permission:
    """What one role assignment allows: patterns of actions, and those of them that it leaves out."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        """Whether the action is allowed: wildcards, without case (documented)."""
        return _matches(self.actions, action) and not _matches(self.not_actions, action)


@dataclass(frozen=True)
class Lock:
    """A lock on a scope: CanNotDelete, or ReadOnly, which forbids every write in it."""

    id: str
    scope: str
    level: str

    def forbids(self, step: Step) -> bool:
        """Whether the lock stands in the way of the step: every lock of a deletion, a ReadOnly one of the others.

        A lock on what is in the resource forbids its deletion too (recorded for a group; decision for a resource).
        """
        scope, target = (f'{text}/'.lower() for text in (self.scope.rstrip('/'), step.id))
        if step.action is Action.DELETE:
            return target.startswith(scope) or scope.startswith(target)
        return self.level.lower() == READ_ONLY and target.startswith(scope)


@dataclass(frozen=True)
class Demand:
    """An action that Azure will ask for, and the resource that it will ask for it on."""

    target: ResourceId
    action: str
    exists: bool


@dataclass(frozen=True)
class Rights:
    """What was read about what the login may do.

    `permissions` are by scope, in lower case; a scope that could not be read is not in it. `locks` are those of all
    subscriptions of the plan but the ones in `locks_unknown`; `unregistered` are subscriptions.
    """

    permissions: Mapping[str, tuple[Permission, ...]]
    locks: tuple[Lock, ...] = ()
    unregistered: tuple[str, ...] = ()
    locks_unknown: tuple[str, ...] = ()

    def allow(self, scope: str, action: str) -> bool | None:
        """Whether the action is allowed in a scope; None where that is not known."""
        entries = self.permissions.get(scope.lower())
        return None if entries is None else any(entry.allows(action) for entry in entries)


def demands_of(plan: Plan, groups: Iterable[ResourceId]) -> tuple[Demand, ...]:
    """What Azure will ask for when the plan runs.

    Writing a gateway also asks to join its subnet and its IPs, writing a connection to read and write the gateways at
    both ends (documented; azure-docs 2026). `groups` are the groups that exist.
    """
    existing = set(groups)
    created = {step.id for step in plan.steps if step.action is Action.CREATE}
    found: dict[tuple[ResourceId, str], Demand] = {}
    asked = [pair for step in plan.writes for pair in _asked(step)]
    asked += [(pair.key_holder, _READ_KEY) for pair in plan.pairs if pair.key_holder]
    for target, action in asked:
        exists = target not in created and target.group_id in existing
        found.setdefault((target, action), Demand(target, action, exists))
    return tuple(sorted(found.values(), key=lambda demand: (demand.target, demand.action)))


def _asked(step: Step) -> Iterator[tuple[ResourceId, str]]:
    if isinstance(step.resource, Group):
        yield step.id, 'Microsoft.Resources/subscriptions/resourceGroups/write'
        return
    if step.action is Action.DELETE:
        yield step.id, f'{step.id.type}/delete'
        return
    if step.action is Action.RESET:
        yield step.id, _RESET_GATEWAY if step.id.is_a(resource_id.GATEWAY_TYPE) else _RESET_CONNECTION
        return
    yield step.id, f'{step.id.type}/write'
    if isinstance(step.resource, Gateway):
        yield gateway_subnet_of(step.resource.vnet), f'{resource_id.SUBNET_TYPE}/join/action'
        for public_ip in step.resource.public_ips:
            yield public_ip, f'{resource_id.PUBLIC_IP_TYPE}/join/action'
    if isinstance(step.resource, Connection) and step.action is Action.UPDATE:
        yield step.id, _READ_KEY
    if isinstance(step.resource, Connection):
        for gateway in (step.resource.gateway, step.resource.far_gateway):
            yield gateway, f'{resource_id.GATEWAY_TYPE}/read'
            yield gateway, f'{resource_id.GATEWAY_TYPE}/write'


def scopes_of(demand: Demand, groups: Iterable[ResourceId]) -> tuple[str, ...]:
    """The scopes whose permissions decide a demand, the widest first: subscription or group, then the resource.

    A part of a resource counts as the resource: a new subnet as its VNet, a key as its connection.
    """
    target, group = demand.target, demand.target.group_id
    if group not in set(groups) or not target.names:
        return (f'/subscriptions/{target.subscription}',)
    if target.is_a(resource_id.SHARED_KEY_TYPE):
        return str(group), str(target.sibling(resource_id.CONNECTION_TYPE, target.name))
    if target.is_a(resource_id.SUBNET_TYPE):
        return str(group), str(target.parent)
    return (str(group), str(target)) if demand.exists else (str(group),)


def check_rights(plan: Plan, groups: tuple[ResourceId, ...], rights: Rights) -> tuple[Diagnostic, ...]:
    """What the login may not do of what the plan wants, at both ends."""
    findings = []
    unknown = set()
    for demand in demands_of(plan, groups):
        scopes = scopes_of(demand, groups)
        answers = [rights.allow(scope, demand.action) for scope in scopes]
        if True in answers:
            continue
        if None in answers:
            unknown.add(scopes[0])
            continue
        findings.append(
            rules.RIGHT_MISSING.found(
                f'The login may not do {demand.action} on {scopes[-1]}',
                'Ask for a role that has this action, such as Network Contributor, and log in again with az login',
            )
        )
    findings += [
        rules.RIGHTS_UNKNOWN.found(
            f'What the login may do in {scope} cannot be read, and is not checked',
            'Nothing is to be done unless a write is refused',
        )
        for scope in sorted(unknown)
    ]
    return tuple(findings) + _check_locks(plan, rights) + _check_registration(rights)


def _check_locks(plan: Plan, rights: Rights) -> tuple[Diagnostic, ...]:
    blocking = {lock.id: lock for lock in rights.locks for step in plan.writes if lock.forbids(step)}
    unknown = tuple(
        rules.LOCKS_UNKNOWN.found(
            f'The locks of subscription {subscription} cannot be read, and are not checked',
            'Nothing is to be done unless a write is refused',
        )
        for subscription in rights.locks_unknown
    )
    found = tuple(
        rules.LOCKED.found(
            f'Lock {lock.id} makes {lock.scope} ' + ('read-only' if lock.level.lower() == READ_ONLY else 'undeletable'),
            f'Remove it with az lock delete --ids {quoted(lock.id)}, and put it back afterwards',
        )
        for lock in sorted(blocking.values(), key=lambda lock: lock.id)
    )
    return unknown + found


def check_accounts(connections: Iterable[Connection]) -> tuple[Diagnostic, ...]:
    """Connections across tenants that no account of the login can write alone."""
    return tuple(
        rules.LOGIN_TWO_ACCOUNTS.found(
            f'Connection {one.id} needs tokens of tenants {one.tenant} and {one.far_tenant} from one account, and the '
            f'account of subscription {one.id.subscription} does not exist in tenant {one.far_tenant}',
            f'Log in to both with one account, a guest of the other tenant or a service principal of an application '
            f'for several tenants: az login --tenant {one.tenant} and az login --tenant {one.far_tenant}. Or have two '
            'administrators write one end each: --only-end 1 with the login of the first tenant alone, --only-end 2 '
            'with that of the other one',
        )
        for one in connections
    )


def _check_registration(rights: Rights) -> tuple[Diagnostic, ...]:
    return tuple(
        rules.PROVIDER_UNREGISTERED.found(
            f'Subscription {subscription} is not registered to use Microsoft.Network',
            f'Run az provider register --namespace Microsoft.Network --wait --subscription {quoted(subscription)}',
        )
        for subscription in sorted(rights.unregistered)
    )


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(re.fullmatch(re.escape(pattern).replace(r'\*', '.*'), action, re.IGNORECASE) for pattern in patterns)


def check_tenants(end1: End, end2: End, accounts: Sequence[Account]) -> list[Diagnostic]:
    """Does the login get tokens for both ends' tenants at once, as a connection between them needs?"""
    if end1.tenant == end2.tenant or not (end1.tenant and end2.tenant):
        return []
    subscriptions = (end1.vnet.subscription.lower(), end2.vnet.subscription.lower())
    single = next(
        (account for account in accounts if account.single_tenant and account.id.lower() in subscriptions), None
    )
    if not single:
        return []
    return [
        rules.LOGIN_SINGLE_TENANT.found(
            f'The two VNets are in two tenants ({end1.tenant} and {end2.tenant}), and the login to subscription '
            f"'{single.name}' is one of Cloud Shell or a managed identity, which gets tokens for its own tenant only",
            f'Run `az login --tenant {end1.tenant}` and `az login --tenant {end2.tenant}` as a user or service '
            'principal, then the same command again',
        )
    ]
