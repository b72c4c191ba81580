"""The subscriptions of the az login."""

from dataclasses import dataclass


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
