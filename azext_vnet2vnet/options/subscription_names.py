"""The subscription of the az login that a name or ID refers to."""

from collections.abc import Sequence

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.subscriptions import Account


def find_account(
    name_or_id: str,
    option: str,
    accounts: Sequence[Account],
    diagnostics: list[Diagnostic],
    far_gateway: ResourceId | None = None,
) -> Account | None:
    """The subscription with that ID or name in az's current cloud; None, with a diagnostic, if there is not just one.

    The subscription of a `far_gateway` need not belong to the login.
    """
    text = name_or_id.lower()
    found = [account for account in accounts if account.id.lower() == text] or [
        account for account in accounts if account.name.lower() == text
    ]
    in_this_cloud = [account for account in found if account.other_cloud is None]
    if len(in_this_cloud) == 1:
        return in_this_cloud[0]
    if far_gateway and not found:
        # The other administrator's subscription need not belong to this login; Azure decides whether that suffices.
        diagnostics.append(
            rules.FAR_LOGIN.found(
                f'This login has no subscription {name_or_id}, which contains the far gateway: whether it may read '
                'and write that gateway is not checked',
                'If the subscription is in another tenant, run `az login --tenant TENANT` for it first, or Azure will '
                'refuse the connection at the end',
            )
        )
        return Account(name_or_id, name_or_id, '')
    if len(in_this_cloud) > 1:
        ids = ', '.join(sorted(account.id for account in in_this_cloud))
        diagnostics.append(
            rules.SUBSCRIPTION_AMBIGUOUS.found(
                f"{option}: {len(in_this_cloud)} subscriptions of this login are named '{name_or_id}'",
                f'Give its ID, one of {ids}',
            )
        )
    elif found:
        cloud = found[0].other_cloud
        diagnostics.append(
            rules.OTHER_CLOUD.found(
                f"{option}: subscription '{name_or_id}' is in {cloud}, not in az's current cloud; VNet-to-VNet "
                'connections cannot cross clouds',
                f'If both VNets are in {cloud}, run az cloud set --name {cloud} first',
            )
        )
    else:
        diagnostics.append(
            rules.SUBSCRIPTION_UNKNOWN.found(
                f"{option}: this login has no subscription '{name_or_id}'",
                'Look for it with `az account list --all --output table`; if it is in a tenant that you are not logged '
                f'in to, run {_login_command(accounts)}, then the same command again',
            )
        )
    return None


def _login_command(accounts: Sequence[Account]) -> str:
    """What to type for tokens of a further tenant."""
    single = next((account for account in accounts if account.single_tenant and account.other_cloud is None), None)
    if not single:
        return '`az login --tenant TENANT` (existing logins remain)'
    return (
        f'`az login --tenant {single.tenant}` and `az login --tenant TENANT` as a user or service principal (the '
        'login of Cloud Shell or a managed identity gets tokens for its own tenant only)'
    )
