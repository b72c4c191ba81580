"""The az login: its subscriptions, their tenants, and the one that az uses by default."""

from collections.abc import Mapping
from typing import Any

from azext_vnet2vnet.network.subscriptions import Account

_MANAGED_IDENTITIES = ('systemAssignedIdentity', 'userAssignedIdentity')


def read_accounts(cli_ctx: Any) -> tuple[Account, ...]:
    """Every subscription of the login, in all clouds, as az keeps them on this machine; no request is sent."""
    from azure.cli.core._profile import Profile

    cloud = cli_ctx.cloud.name
    return tuple(
        Account(
            entry['id'],
            entry['name'],
            entry['tenantId'],
            _is_single_tenant(entry.get('user') or {}),
            None if entry['environmentName'] == cloud else entry['environmentName'],
        )
        for entry in Profile(cli_ctx=cli_ctx).load_cached_subscriptions(all_clouds=True)
    )


def default_subscription(cli_ctx: Any) -> str:
    """The subscription of the global --subscription option, else az's current one."""
    from azure.cli.core.commands.client_factory import get_subscription_id

    return str(get_subscription_id(cli_ctx))


def _is_single_tenant(user: Mapping[str, Any]) -> bool:
    # az gives these logins no auxiliary tokens (read in azure-cli-core 2.91).
    return bool(user.get('cloudShellID')) or user.get('name') in _MANAGED_IDENTITIES
