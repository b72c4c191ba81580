"""The state of the simulated Azure: plain JSON data, and the default tenants, subscriptions and principals."""

import json
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Defaults:
    """The names and ids of the default world, for those who log in to it."""

    tenant_a: str = 'aaaaaaaa-0000-4000-8000-00000000000a'
    tenant_b: str = 'bbbbbbbb-0000-4000-8000-00000000000b'
    subscription_1: str = '11111111-0000-4000-8000-000000000001'
    subscription_2: str = '22222222-0000-4000-8000-000000000002'
    subscription_5: str = '55555555-0000-4000-8000-000000000005'
    subscription_b: str = 'bbbbbbbb-0000-4000-8000-000000000001'
    app_id: str = '99999999-0000-4000-8000-0000000000aa'
    secret: str = 'simulated-secret'
    app_object_a: str = '99999999-0000-4000-8000-00000000000a'
    app_object_b: str = '99999999-0000-4000-8000-00000000000b'
    user: str = 'alice@contoso.example'
    user_object_a: str = 'eeeeeeee-0000-4000-8000-00000000000a'
    user_object_b: str = 'eeeeeeee-0000-4000-8000-00000000000b'
    identity: str = 'dddddddd-0000-4000-8000-0000000000dd'
    identity_object: str = 'dddddddd-0000-4000-8000-00000000000a'


DEFAULTS = Defaults()
OWNER = {'actions': ['*'], 'notActions': []}
NETWORK_CONTRIBUTOR = {
    'actions': [
        'Microsoft.Authorization/*/read',
        'Microsoft.Network/*',
        'Microsoft.Resources/deployments/*',
        'Microsoft.Resources/subscriptions/resourceGroups/read',
    ],
    'notActions': [],
}
READER = {'actions': ['*/read'], 'notActions': []}


@dataclass
class World:
    """Everything that a restart must not lose. Keys of resources, groups and locks are ids in lower case.

    `attachments` maps what is used (a subnet, a public IP) to [{id of the user, until}]; `gone` remembers when a
    resource was deleted; `events` is a heap of [due, sequence, kind, id].
    """

    time: float = 0.0
    counter: int = 0
    tenants: dict[str, dict] = field(default_factory=dict)
    subscriptions: dict[str, dict] = field(default_factory=dict)
    principals: list[dict] = field(default_factory=list)
    role_assignments: list[dict] = field(default_factory=list)
    locks: dict[str, dict] = field(default_factory=dict)
    groups: dict[str, dict] = field(default_factory=dict)
    resources: dict[str, dict] = field(default_factory=dict)
    attachments: dict[str, list] = field(default_factory=dict)
    gone: dict[str, float] = field(default_factory=dict)
    operations: dict[str, dict] = field(default_factory=dict)
    deployments: dict[str, dict] = field(default_factory=dict)
    devices: dict[str, dict] = field(default_factory=dict)
    group_jobs: dict[str, dict] = field(default_factory=dict)
    deployment_jobs: dict[str, dict] = field(default_factory=dict)
    events: list[list] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """A copy of everything, as JSON data."""
        return json.loads(json.dumps({item.name: getattr(self, item.name) for item in fields(self)}))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> 'World':
        """A world from to_json; what is missing is as in the default world. Raises ValueError for an unknown part."""
        unknown = set(data) - {item.name for item in fields(cls)}
        if unknown:
            raise ValueError(f'unknown parts of a state: {", ".join(sorted(unknown))}')
        world = default_world()
        for name, value in json.loads(json.dumps(data)).items():
            setattr(world, name, value)
        return world


def default_world() -> World:
    """Two tenants, four subscriptions, and who owns everything in them; no groups.

    Owners are a service principal and a user, who are in both tenants, and a managed identity, which is in one.
    """
    names = DEFAULTS
    world = World()
    world.tenants = {
        names.tenant_a: {'displayName': 'Contoso', 'defaultDomain': 'contoso.example'},
        names.tenant_b: {'displayName': 'Fabrikam', 'defaultDomain': 'fabrikam.example'},
    }
    for subscription, name, tenant in (
        (names.subscription_1, 'Subscription 1', names.tenant_a),
        (names.subscription_2, 'Subscription 2', names.tenant_a),
        (names.subscription_5, 'Subscription 5', names.tenant_a),
        (names.subscription_b, 'Subscription B', names.tenant_b),
    ):
        world.subscriptions[subscription] = {
            'displayName': name,
            'tenantId': tenant,
            'state': 'Enabled',
            'registered': ['Microsoft.Network'],
        }
    world.principals = [
        {
            'kind': 'app',
            'name': names.app_id,
            'appId': names.app_id,
            'secret': names.secret,
            'failures': {},
            'objects': {names.tenant_a: names.app_object_a, names.tenant_b: names.app_object_b},
        },
        {
            'kind': 'user',
            'name': names.user,
            'home': names.tenant_a,
            'failures': {},
            'objects': {names.tenant_a: names.user_object_a, names.tenant_b: names.user_object_b},
        },
        {
            'kind': 'identity',
            'name': names.identity,
            'failures': {},
            'objects': {names.tenant_a: names.identity_object},
        },
    ]
    for principal in (
        names.app_object_a,
        names.app_object_b,
        names.user_object_a,
        names.user_object_b,
        names.identity_object,
    ):
        world.role_assignments.append({'principalId': principal, 'scope': '/', **OWNER})
    return world
