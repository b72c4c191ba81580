"""ARM resource IDs: parse, print, and compare without case."""

import re
from dataclasses import dataclass
from functools import total_ordering
from itertools import zip_longest

NETWORK = 'Microsoft.Network'
GROUP_TYPE = 'Microsoft.Resources/resourceGroups'
DEPLOYMENT_TYPE = 'Microsoft.Resources/deployments'
VNET_TYPE = f'{NETWORK}/virtualNetworks'
SUBNET_TYPE = f'{VNET_TYPE}/subnets'
PUBLIC_IP_TYPE = f'{NETWORK}/publicIPAddresses'
GATEWAY_TYPE = f'{NETWORK}/virtualNetworkGateways'
CONNECTION_TYPE = f'{NETWORK}/connections'
LOCAL_GATEWAY_TYPE = f'{NETWORK}/localNetworkGateways'
ROUTE_TABLE_TYPE = f'{NETWORK}/routeTables'
SHARED_KEY_TYPE = f'{CONNECTION_TYPE}/sharedkey'
GATEWAY_SUBNET = 'GatewaySubnet'

_GROUP_PATH = re.compile(r'^/subscriptions/([^/\s]+)/resourceGroups/([^/\s]+)(?:/providers/(.+))?$', re.IGNORECASE)


@total_ordering
@dataclass(frozen=True, eq=False)
class ResourceId:
    """The ID of a resource group or of a resource in one; IDs that differ only in case are equal."""

    subscription: str
    group: str
    type: str = GROUP_TYPE
    names: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> 'ResourceId':
        """The ID written in `text`; ValueError if it is not the ID of a group or of a resource in one."""
        match = _GROUP_PATH.match(text.strip().rstrip('/'))
        if not match:
            raise ValueError(f"'{text}' is not a resource ID")
        subscription, group, rest = match.groups()
        if rest is None:
            return cls(subscription, group)
        namespace, *segments = rest.split('/')
        if not segments or len(segments) % 2 or not all(segments):
            raise ValueError(f"'{text}' is not a resource ID")
        return cls(subscription, group, '/'.join([namespace, *segments[::2]]), tuple(segments[1::2]))

    @property
    def name(self) -> str:
        """The last name in the ID; for a group, the group's name."""
        return self.names[-1] if self.names else self.group

    @property
    def group_id(self) -> 'ResourceId':
        """The resource group that contains the resource."""
        return ResourceId(self.subscription, self.group)

    @property
    def parent(self) -> 'ResourceId':
        """The resource that contains this one; for a top-level resource, its group."""
        if len(self.names) < 2:
            return self.group_id
        return ResourceId(self.subscription, self.group, self.type.rpartition('/')[0], self.names[:-1])

    def sibling(self, type_: str, *names: str) -> 'ResourceId':
        """The ID of a resource in the same group."""
        return ResourceId(self.subscription, self.group, type_, names)

    def child(self, kind: str, name: str) -> 'ResourceId':
        """The ID of a child resource, such as a subnet of a VNet."""
        return ResourceId(self.subscription, self.group, f'{self.type}/{kind}', (*self.names, name))

    def is_a(self, type_: str) -> bool:
        """Whether the resource is of this type."""
        return self.type.lower() == type_.lower()

    def __str__(self) -> str:
        path = f'/subscriptions/{self.subscription}/resourceGroups/{self.group}'
        if not self.names:
            return path
        namespace, *kinds = self.type.split('/')
        # The shared key of a connection has a type but no name of its own.
        parts = [part for pair in zip_longest(kinds, self.names) for part in pair if part]
        return '/'.join([path, 'providers', namespace, *parts])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ResourceId) and str(self).lower() == str(other).lower()

    def __lt__(self, other: 'ResourceId') -> bool:
        return str(self).lower() < str(other).lower()

    def __hash__(self) -> int:
        return hash(str(self).lower())


def gateway_subnet_of(vnet: ResourceId) -> ResourceId:
    """The ID of the subnet that Azure puts a VNet's gateway into (documented: its name is fixed)."""
    return vnet.child('subnets', GATEWAY_SUBNET)


def shared_key_of(connection: ResourceId) -> ResourceId:
    """The ID of the sub-resource that holds the shared key of a connection."""
    return ResourceId(connection.subscription, connection.group, SHARED_KEY_TYPE, connection.names)
