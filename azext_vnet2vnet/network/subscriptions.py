"""The subscriptions of the az login: the one that is meant, and whether two of them can be joined."""

from collections.abc import Sequence
from dataclasses import dataclass

from azext_vnet2vnet.network.desired import End
from azext_vnet2vnet.network.diagnostic import Finding, Kind, Severity
from azext_vnet2vnet.network.resource_id import ResourceId


@dataclass(frozen=True)
class Account:
    """A subscription of the az login; `single_tenant` logins get no tokens for another tenant.

    `other_cloud` is the name of its cloud where that is not az's current one.
    """

    id: str
    name: str
    tenant: str
    single_tenant: bool = False
    other_cloud: str | None = None


def find_account(
    name_or_id: str,
    option: str,
    accounts: Sequence[Account],
    findings: list[Finding],
    far_gateway: ResourceId | None = None,
) -> Account | None:
    """The subscription of that name or id, in the cloud that az uses; None, with a finding, where there is none.

    That of a `far_gateway` need not be one of the login.
    """
    wanted = name_or_id.lower()
    found = [account for account in accounts if account.id.lower() == wanted] or [
        account for account in accounts if account.name.lower() == wanted
    ]
    here = [account for account in found if account.other_cloud is None]
    if len(here) == 1:
        return here[0]
    if far_gateway and not found:
        # The other administrator's subscription need not be one of this login; Azure says whether that suffices.
        findings.append(
            Finding(
                'far-login',
                f'This login has no subscription {name_or_id}, where the far gateway is: whether it may read '
                'and write that gateway is not checked',
                'If it is in another tenant, run `az login --tenant TENANT` for '
                'that one first, or the connection will be refused at the end',
                Kind.LOGIN,
                Severity.WARNING,
            )
        )
        return Account(name_or_id, name_or_id, '')
    if len(here) > 1:
        ids = ', '.join(sorted(account.id for account in here))
        findings.append(
            Finding(
                'subscription-ambiguous',
                f"{option}: {len(here)} subscriptions of this login are named '{name_or_id}'",
                f'Give its ID, one of {ids}',
            )
        )
    elif found:
        findings.append(
            Finding(
                'other-cloud',
                f"{option}: subscription '{name_or_id}' is in {found[0].other_cloud}, not in the cloud that "
                'az uses now, and no VPN of this kind leads from one cloud to another',
                f'If both VNets are in {found[0].other_cloud}, run az cloud set --name {found[0].other_cloud} first',
            )
        )
    else:
        findings.append(
            Finding(
                'subscription-unknown',
                f"{option}: this login has no subscription '{name_or_id}'",
                'Look for it with `az account list --all --output table`; if it is in a tenant you are not logged in '
                f'to, run {_logins(accounts)}, then the same command again',
                Kind.LOGIN,
            )
        )
    return None


def _logins(accounts: Sequence[Account]) -> str:
    """What to type for tokens of one more tenant."""
    single = next((account for account in accounts if account.single_tenant and account.other_cloud is None), None)
    if not single:
        return '`az login --tenant TENANT` (logins add up)'
    return (
        f'`az login --tenant {single.tenant}` and `az login --tenant TENANT` as a user or service principal (the '
        'login of Cloud Shell or a managed identity gets tokens for its own tenant only)'
    )


def check_tenants(end1: End, end2: End, accounts: Sequence[Account]) -> list[Finding]:
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
        Finding(
            'login-single-tenant',
            f'The two VNets are in two tenants ({end1.tenant} and {end2.tenant}), and the login to subscription '
            f"'{single.name}' is one of Cloud Shell or a managed identity, which gets tokens for its own tenant only",
            f'Run `az login --tenant {end1.tenant}` and `az login --tenant {end2.tenant}` as a user or service '
            'principal, then the same command again',
            Kind.LOGIN,
        )
    ]
