"""Who may do what in the local Azure: logins, tokens, roles, linked resources in other tenants, locks, throttling."""

import pytest

from tests.armsim import DEFAULTS, Settings
from tests.armsim.client import Client, connection, gateway, group_path, make_site, network_path, public_ip
from tests.armsim.wire import Request
from tests.armsim.world import NETWORK_CONTRIBUTOR, OWNER, READER

B = DEFAULTS.subscription_b
GATEWAY, SUBNET = network_path('virtualNetworkGateways', 'gw1'), network_path('virtualNetworks', 'vnet1')
FAR = network_path('virtualNetworkGateways', 'gw2', 'rgb', B)
CONNECTION = network_path('connections', 'c')
IP = network_path('publicIPAddresses', 'ip1')


def allow(client, *assignments, principal=DEFAULTS.app_object_a):
    """Give a principal exactly these (role, scope)."""
    world = client.simulator.world
    world.role_assignments = [entry for entry in world.role_assignments if entry['principalId'] != principal]
    world.role_assignments += [{'principalId': principal, 'scope': scope, **role} for role, scope in assignments]


def log_in(client, tenant=DEFAULTS.tenant_a, secret=DEFAULTS.secret, app_id=DEFAULTS.app_id):
    """The answer to a service principal's login."""
    return client.simulator.answer(
        Request(
            'POST',
            f'/{tenant}/oauth2/v2.0/token',
            body={'grant_type': 'client_credentials', 'client_id': app_id, 'client_secret': secret},
        )
    )


LOGINS = {
    'wrong secret': ({'secret': 'no'}, 401, 'invalid_client', 'AADSTS7000215'),
    'unknown application': ({'app_id': 'no'}, 400, 'unauthorized_client', 'AADSTS700016'),
    'unknown tenant': ({'tenant': 'dddddddd-0000-4000-8000-00000000000d'}, 400, 'invalid_tenant', 'AADSTS90002'),
}


@pytest.mark.parametrize('name', LOGINS)
def test_login_fails(name):
    arguments, status, error, text = LOGINS[name]
    answer = log_in(Client(), **arguments)
    assert (answer.status, answer.body['error']) == (status, error)
    assert answer.body['error_description'].startswith(text)


@pytest.mark.parametrize(
    'kind, text', [('mfa', 'AADSTS50076'), ('sign-in-frequency', 'AADSTS70043'), ('not-found', 'AADSTS700016')]
)
def test_login_fails_in_one_tenant(kind, text):
    client = Client()
    client.simulator.world.principals[0]['failures'] = {DEFAULTS.tenant_b: kind}
    assert log_in(client).status == 200
    assert log_in(client, DEFAULTS.tenant_b).body['error_description'].startswith(text)


def test_device_code_waits_for_approval():
    client = Client(Settings(device_code_approved=False))

    def post(path, **form):
        return client.simulator.answer(Request('POST', path, body=form))

    start = post('/organizations/oauth2/v2.0/devicecode', client_id='az').body
    ask = {'grant_type': 'device_code', 'device_code': start['device_code'], 'client_id': 'az'}
    assert post('/organizations/oauth2/v2.0/token', **ask).body['error'] == 'authorization_pending'
    assert post('/devicelogin', code=start['user_code']).status == 200
    tokens = post('/organizations/oauth2/v2.0/token', **ask).body
    other = post(
        f'/{DEFAULTS.tenant_b}/oauth2/v2.0/token',
        grant_type='refresh_token',
        refresh_token=tokens['refresh_token'],
        client_id='az',
    )
    assert other.status == 200 and other.body['access_token'] != tokens['access_token']


def test_missing_and_expired_tokens():
    client = Client(Settings(token_lifetime=100))
    answer = client.simulator.answer(Request('GET', '/subscriptions', {'api-version': '2022-12-01'}))
    assert (answer.status, answer.body['error']['code']) == (401, 'AuthenticationFailed')
    headers = {'authorization': f'Bearer {client.token(client.tenant)}'}
    assert client.send('GET', '/subscriptions', version='2022-12-01', headers=headers).status == 200
    client.clock.advance(101)
    answer = client.send('GET', '/subscriptions', version='2022-12-01', headers=headers)
    assert (answer.status, answer.body['error']['code']) == (401, 'ExpiredAuthenticationToken')


def test_a_foreign_tenants_token_is_told_where_to_go():
    client = Client(tenant=DEFAULTS.tenant_b)
    answer = client.get(group_path())
    assert f'https://login.windows.net/{DEFAULTS.tenant_a}' in answer.headers['WWW-Authenticate']
    assert f"'https://sts.windows.net/{DEFAULTS.tenant_b}/'. It must match" in answer.body['error']['message']


ACTIONS = [
    ('GET', CONNECTION, 'Microsoft.Network/connections/read'),
    ('PUT', GATEWAY, 'Microsoft.Network/virtualNetworkGateways/write'),
    ('DELETE', SUBNET, 'Microsoft.Network/virtualNetworks/delete'),
    ('POST', GATEWAY + '/reset', 'Microsoft.Network/virtualNetworkGateways/reset/action'),
    ('PUT', CONNECTION + '/sharedkey', 'Microsoft.Network/connections/sharedKey/write'),
    ('PUT', group_path(), 'Microsoft.Resources/subscriptions/resourceGroups/write'),
]


@pytest.mark.parametrize('method, url, action', ACTIONS)
def test_a_missing_right_is_named(method, url, action):
    client = Client()
    client.make(group_path(), {'location': 'eastus'})
    allow(client)
    answer = client.send(method, url, {})
    assert (answer.status, answer.body['error']['code']) == (403, 'AuthorizationFailed')
    assert f"perform action '{action}' over scope" in answer.body['error']['message']
    assert f"object id '{DEFAULTS.app_object_a}'" in answer.body['error']['message']


@pytest.mark.parametrize(
    'role, scope, status',
    [
        (READER, '/', 403),
        (NETWORK_CONTRIBUTOR, group_path(), 201),
        (NETWORK_CONTRIBUTOR, group_path('other'), 403),
        (OWNER, f'/subscriptions/{DEFAULTS.subscription_1}'.upper(), 201),
        ({'actions': ['*'], 'notActions': ['microsoft.network/PUBLICIPADDRESSES/*']}, '/', 403),
    ],
)
def test_roles(role, scope, status):
    client = Client()
    client.make(group_path(), {'location': 'eastus'})
    allow(client, (role, scope))
    assert client.put(IP, public_ip()).status == status


def test_permissions_list_one_element_per_assignment():
    client = Client()
    client.make(group_path(), {'location': 'eastus'})
    sub = f'/subscriptions/{DEFAULTS.subscription_1}'
    allow(client, (READER, sub), (NETWORK_CONTRIBUTOR, group_path()))
    both = [READER, NETWORK_CONTRIBUTOR]
    for scope, actions in ((sub, [READER]), (group_path(), both), (IP, both)):
        for version in ('2022-04-01', '2015-07-01'):
            value = client.get(f'{scope}/providers/Microsoft.Authorization/permissions', version).body['value']
            assert [entry['actions'] for entry in value] == [role['actions'] for role in actions]


@pytest.mark.parametrize('missing', ['virtualNetworks/subnets/join/action', 'publicIPAddresses/join/action'])
def test_a_gateway_needs_the_right_to_join(missing):
    client = Client()
    make_site(client, 1, with_gateway=False)
    allow(client, ({'actions': ['*'], 'notActions': ['Microsoft.Network/' + missing]}, '/'))
    answer = client.put(GATEWAY, gateway(SUBNET + '/subnets/GatewaySubnet', [IP]))
    assert (answer.status, answer.body['error']['code']) == (403, 'LinkedAuthorizationFailed')
    assert f"perform action(s) 'Microsoft.Network/{missing}' on the linked scope(s)" in answer.body['error']['message']


@pytest.fixture(name='across')
def fixture_across():
    """gw1 in tenant A, gw2 in tenant B, both ready."""
    client = Client()
    make_site(client, 1)
    make_site(Client(simulator=client.simulator, tenant=DEFAULTS.tenant_b), 2, 'rgb', B, 'westus2')
    return client


def put_across(client, *auxiliary):
    """The answer to the PUT of a connection into tenant B."""
    tokens = ', '.join(f'Bearer {token}' for token in auxiliary)
    return client.send(
        'PUT',
        CONNECTION,
        connection(GATEWAY, FAR, sharedKey='abc'),
        headers={'x-ms-authorization-auxiliary': tokens} if tokens else {},
    )


def test_a_connection_across_tenants_needs_an_auxiliary_token(across):
    answer = put_across(across)
    assert (answer.status, answer.body['error']['code']) == (403, 'LinkedAuthorizationFailed')
    assert answer.body['error']['message'] == (
        "The client has permission to perform action 'Microsoft.Network/virtualNetworkGateways/read' on scope "
        f"'{CONNECTION}', however the current tenant '{DEFAULTS.tenant_a}' is not authorized to access linked "
        f"subscription '{B}'."
    )
    assert put_across(across, across.token(DEFAULTS.tenant_b)).status == 201


def test_auxiliary_tokens_are_checked(across):
    token = across.token(DEFAULTS.tenant_b)
    assert put_across(across, token, token, token, token).body['error']['code'] == 'InvalidAuxiliaryTokens'
    across.clock.advance(4501)
    answer = put_across(across, token)
    assert (answer.status, answer.body['error']['code']) == (401, 'ExpiredAuthenticationToken')


@pytest.mark.parametrize('action', ['read', 'write'])
def test_a_connection_needs_rights_on_the_far_gateway(across, action):
    needed = f'Microsoft.Network/virtualNetworkGateways/{action}'
    allow(across, ({'actions': ['*'], 'notActions': [needed]}, '/'), principal=DEFAULTS.app_object_b)
    answer = put_across(across, across.token(DEFAULTS.tenant_b))
    assert answer.status == 403 and f"'{needed}' on the linked scope(s) '{FAR}'" in answer.body['error']['message']
    assert "'Microsoft.Network/connections/write' on scope" in answer.body['error']['message']


@pytest.mark.parametrize('as_array', [False, True])
def test_reading_the_key_needs_a_right_of_its_own(as_array):
    client = Client(Settings(shared_key_reads_as_empty_array=as_array))
    make_site(client, 1)
    make_site(client, 2)
    client.make(CONNECTION, connection(GATEWAY, network_path('virtualNetworkGateways', 'gw2'), sharedKey='abc'))
    allow(client, (READER, '/'))
    answer = client.get(CONNECTION + '/sharedkey')
    if as_array:
        assert (answer.status, answer.body) == (200, {'value': []})
    else:
        assert answer.status == 403 and 'connections/sharedKey/action' in answer.body['error']['message']


@pytest.mark.parametrize('scope', [f'/subscriptions/{DEFAULTS.subscription_1}', group_path(), IP])
@pytest.mark.parametrize('level, delete, write', [('CanNotDelete', 409, 200), ('ReadOnly', 409, 409)])
def test_locks(scope, level, delete, write):
    client = Client()
    make_site(client, 1, with_gateway=False)
    lock = f'{scope}/providers/Microsoft.Authorization/locks/keep'
    assert client.put(lock, {'properties': {'level': level}}).status == 201
    answers = {'delete': client.send('DELETE', IP), 'write': client.put(IP, public_ip(zones=['1', '2', '3']))}
    assert (answers['delete'].status, answers['write'].status) == (delete, write)
    assert client.send('DELETE', group_path()).body['error']['code'] == 'ScopeLocked'
    assert (
        answers['delete']
        .body['error']['message']
        .startswith(
            f"The scope '{IP}' cannot perform delete operation because following scope(s) are locked: '{scope}'."
        )
    )
    names = [one['name'] for one in client.get(scope + '/providers/Microsoft.Authorization/locks').body['value']]
    assert names == ['keep'] and client.send('DELETE', lock).status == 200
    client.clock.advance(10)
    assert client.send('DELETE', IP).status == 202


SUBSCRIPTION = f'/subscriptions/{DEFAULTS.subscription_1}'
LOCKS = '/providers/Microsoft.Authorization/locks'


@pytest.mark.parametrize(
    'scope, chosen, names',
    [
        (SUBSCRIPTION, '', ['sub', 'group', 'ip', 'other']),
        (group_path(), '', ['sub', 'group', 'ip']),
        (IP, '', ['sub', 'group', 'ip']),
        (IP, 'atScope()', ['sub', 'group', 'ip']),
        (group_path(), 'atScope()', ['sub', 'group']),
        (SUBSCRIPTION, 'atScope()', ['sub']),
        (GATEWAY, 'atScope()', ['sub', 'group']),
        (GATEWAY, '', ['sub', 'group']),
    ],
)
def test_locks_are_listed_at_above_and_below(scope, chosen, names):
    client = Client()
    for group in ('rg', 'rg2'):
        client.make(group_path(group), {'location': 'eastus'})
    for name, place in (('sub', SUBSCRIPTION), ('group', group_path()), ('ip', IP), ('other', group_path('rg2'))):
        client.make(f'{place}{LOCKS}/{name}', {'properties': {'level': 'CanNotDelete'}})
    query = f'?api-version=2016-09-01&$filter={chosen}' if chosen else ''
    assert [one['name'] for one in client.get(scope + LOCKS + query).body['value']] == names


def test_locks_of_no_group():
    assert Client().get(group_path() + LOCKS).body['error']['code'] == 'ResourceGroupNotFound'


@pytest.mark.parametrize(
    'method, url',
    [('PUT', CONNECTION + '/sharedkey'), ('POST', GATEWAY + '/reset'), ('PATCH', IP), ('PUT', group_path())],
)
def test_read_only_forbids_every_write(method, url):
    client = Client()
    make_site(client, 1, with_gateway=False)
    client.make(SUBSCRIPTION + LOCKS + '/frozen', {'properties': {'level': 'ReadOnly'}})
    answer = client.send(method, url, {})
    assert (answer.status, answer.body['error']['code']) == (409, 'ScopeLocked')
    assert 'cannot perform write operation' in answer.body['error']['message'] and client.get(IP).status == 200


@pytest.mark.parametrize('scope', [SUBSCRIPTION, group_path(), IP])
def test_permissions_can_be_unreadable(scope):
    client = Client()
    allow(client, ({'actions': ['*'], 'notActions': ['Microsoft.Authorization/*/read']}, SUBSCRIPTION))
    answer = client.get(scope + '/providers/Microsoft.Authorization/permissions')
    assert (answer.status, answer.body['error']['code']) == (403, 'AuthorizationFailed')
    assert "'Microsoft.Authorization/permissions/read'" in answer.body['error']['message']


def test_permissions_show_not_actions():
    client = Client()
    role = {'actions': ['*'], 'notActions': ['Microsoft.Network/*/delete']}
    allow(client, (role, '/'), (READER, group_path('other')))
    [entry] = client.get(IP + '/providers/Microsoft.Authorization/permissions').body['value']
    assert {key: entry[key] for key in role} == role


def test_an_unregistered_provider():
    client = Client()
    client.make(group_path(), {'location': 'eastus'})
    provider = SUBSCRIPTION + '/providers/Microsoft.Network'
    client.simulator.world.subscriptions[DEFAULTS.subscription_1]['registered'] = []
    assert client.get(provider, '2022-09-01').body['registrationState'] == 'NotRegistered'
    answer = client.put(IP, public_ip())
    [detail] = answer.body['error']['details']
    assert (answer.status, answer.body['error']['code']) == (409, 'MissingSubscriptionRegistration')
    assert 'rps-not-found' in answer.body['error']['message']
    assert detail['target'] == 'Microsoft.Network' and not answer.pretty
    assert answer.headers['x-ms-failure-cause'] == 'gateway'
    client.send('POST', provider + '/register')
    assert client.get(provider, '2022-09-01').body['registrationState'] == 'Registered'
    assert client.put(IP, public_ip()).status == 201


def test_throttling_empties_a_bucket_and_refills_it():
    client = Client(Settings(throttling=True))
    answers = [client.get(group_path()) for _ in range(251)]
    assert {answer.status for answer in answers[:250]} == {404}
    last = answers[250]
    assert (last.status, last.body['error']['code']) == (429, 'SubscriptionRequestsThrottled')
    client.clock.advance(float(last.headers['Retry-After']))
    assert client.get(group_path()).status == 404
