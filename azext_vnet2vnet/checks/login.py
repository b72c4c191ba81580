"""Does the login get what a pair across tenants needs?"""

from collections.abc import Sequence

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.desired import End
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.subscriptions import Account


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
