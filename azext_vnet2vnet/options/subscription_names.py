"""The subscription of the az login that a name or id means."""

from collections.abc import Sequence

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.subscriptions import Account


def find_account(
    name_or_id: str,
    option: str,
    accounts: Sequence[Account],
    findings: list[Diagnostic],
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
            rules.FAR_LOGIN.found(
                f'This login has no subscription {name_or_id}, where the far gateway is: whether it may read '
                'and write that gateway is not checked',
                'If it is in another tenant, run `az login --tenant TENANT` for '
                'that one first, or the connection will be refused at the end',
            )
        )
        return Account(name_or_id, name_or_id, '')
    if len(here) > 1:
        ids = ', '.join(sorted(account.id for account in here))
        findings.append(
            rules.SUBSCRIPTION_AMBIGUOUS.found(
                f"{option}: {len(here)} subscriptions of this login are named '{name_or_id}'",
                f'Give its ID, one of {ids}',
            )
        )
    elif found:
        findings.append(
            rules.OTHER_CLOUD.found(
                f"{option}: subscription '{name_or_id}' is in {found[0].other_cloud}, not in the cloud that "
                'az uses now, and no VPN of this kind leads from one cloud to another',
                f'If both VNets are in {found[0].other_cloud}, run az cloud set --name {found[0].other_cloud} first',
            )
        )
    else:
        findings.append(
            rules.SUBSCRIPTION_UNKNOWN.found(
                f"{option}: this login has no subscription '{name_or_id}'",
                'Look for it with `az account list --all --output table`; if it is in a tenant you are not logged in '
                f'to, run {_logins(accounts)}, then the same command again',
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
