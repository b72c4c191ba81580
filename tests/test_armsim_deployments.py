"""How the local Azure runs deployments: their order, where they write, their answers, and what they keep secret."""

import json

import pytest

from tests.armsim import DEFAULTS, ManualClock, Settings, Simulator
from tests.armsim.client import Client, group_path, make_site, network_path, public_ip
from tests.armsim.deployment_client import (
    AN_IP,
    BAD,
    KEYED,
    OTHER_GROUP,
    SITE,
    deployment,
    deployment_path,
    nested,
    properties_of,
    resource,
    rows_of,
    run,
    start,
    template,
    with_groups,
)

D = deployment_path()
CONNECTION = network_path('connections', 'c')
IP = network_path('publicIPAddresses', 'ip')
SUBSCRIPTION = f'/subscriptions/{DEFAULTS.subscription_1}'
KEY = 'Very.Secret.1'
THERE = {'resourceGroup': 'other', 'subscriptionId': DEFAULTS.subscription_2}


@pytest.fixture(name='client')
def fixture_client():
    """A client with a group, and another one in another subscription."""
    return with_groups(Client())


def test_a_whole_site(client):
    answer = start(client, SITE, vnet='v')
    assert answer.status == 201 and answer.body['properties']['provisioningState'] == 'Accepted'
    assert client.send('GET', answer.headers['Azure-AsyncOperation']).body == {'status': 'Accepted'}
    client.clock.advance(2)
    assert rows_of(client) == [('v', 'Running', 'Created'), ('ip', 'Running', 'Created')]  # side by side
    client.clock.advance(100)
    assert rows_of(client) == [('v', 'Succeeded', 'OK'), ('ip', 'Succeeded', 'OK'), ('gw', 'Running', 'Created')]
    assert client.send('GET', answer.headers['Azure-AsyncOperation']).body == {'status': 'Running'}
    assert client.finish(answer).body == {'status': 'Succeeded'}
    assert rows_of(client)[-2:] == [('gw', 'Succeeded', 'OK'), (None, 'Succeeded', 'OK')]
    body = client.get(D).body['properties']
    assert body['outputs'] == {'asn': {'type': 'Int', 'value': 65515}} and body['duration'] == 'PT26M24S'
    assert [kind['resourceType'] for kind in body['providers'][0]['resourceTypes']] == [
        'virtualNetworks',
        'publicIPAddresses',
        'virtualNetworkGateways',
    ]
    [needs] = body['dependencies']
    assert [one['resourceName'] for one in needs['dependsOn']] == ['v', 'ip'] and needs['resourceName'] == 'gw'
    assert [one['id'].rsplit('/', 1)[1] for one in body['outputResources']] == ['ip', 'gw', 'v']
    row = client.get(D + '/operations').body['value'][2]
    assert client.get(f'{D}/operations/{row["operationId"]}').body == row
    assert row['properties']['duration'] == 'PT26M20S' and row['properties']['targetResource']['id'].endswith('/gw')


def test_nested_deployments_in_two_subscriptions(client):
    """As a pair is handed over: what each gateway needs in its own group, then the connections."""
    there = template(resource('publicIPAddresses', 'far', public_ip('westus2')))
    content = template(
        nested('one', template(AN_IP)),
        nested('two', there, **THERE),
        nested(
            'three',
            template(resource('publicIPAddresses', 'last', public_ip())),
            dependsOn=[
                'one',
                f"[resourceId('{DEFAULTS.subscription_2}', 'other', 'Microsoft.Resources/deployments', 'two')]",
            ],
        ),
    )
    assert run(client, content) == {'status': 'Succeeded'}
    far = network_path('publicIPAddresses', 'far', 'other', DEFAULTS.subscription_2)
    assert [one['id'] for one in properties_of(client)['outputResources']] == [
        IP,
        network_path('publicIPAddresses', 'last'),
        far,
    ]
    assert rows_of(client) == [
        ('one', 'Succeeded', 'OK'),
        ('two', 'Succeeded', 'OK'),
        ('three', 'Succeeded', 'OK'),
        (None, 'Succeeded', 'OK'),
    ]
    assert rows_of(client, deployment_path('two', OTHER_GROUP)) == [
        ('far', 'Succeeded', 'OK'),
        (None, 'Succeeded', 'OK'),
    ]
    assert [one['name'] for one in client.get(deployment_path('', OTHER_GROUP)).body['value']] == ['two']
    assert properties_of(client)['providers'] == [
        {'namespace': 'Microsoft.Resources', 'resourceTypes': [{'resourceType': 'deployments', 'locations': [None]}]}
    ]


def test_another_tenant_is_out_of_reach(client):
    other = Client(simulator=client.simulator, tenant=DEFAULTS.tenant_b)
    other.make(group_path('other', DEFAULTS.subscription_b), {'location': 'eastus'})
    content = template(
        AN_IP, nested('n', template(AN_IP), resourceGroup='other', subscriptionId=DEFAULTS.subscription_b)
    )
    auxiliary = {'x-ms-authorization-auxiliary': f'Bearer {client.token(DEFAULTS.tenant_b)}'}
    for method, url in (('PUT', D), ('POST', D + '/validate'), ('POST', D + '/whatIf')):
        answer = client.send(method, url, deployment(content), headers=auxiliary)
        assert (answer.status, answer.body['error']['code']) == (403, 'CrossTenantDeploymentNotPermitted')
        assert (
            f"subscription '{DEFAULTS.subscription_b}'. However, the current tenant" in answer.body['error']['message']
        )
    assert client.get(D).status == client.get(IP).status == 404


@pytest.mark.parametrize(
    'members, code',
    [
        ({'resourceGroup': 'none'}, 'ResourceGroupNotFound'),
        ({**THERE, 'subscriptionId': 'none'}, 'SubscriptionNotFound'),
    ],
)
def test_a_nested_deployment_that_leads_nowhere(client, members, code):
    content = template(AN_IP, nested('n', template(AN_IP), **members))
    for method, url in (('PUT', D), ('POST', D + '/validate')):
        answer = client.send(method, url, deployment(content))
        assert (answer.status, answer.body['error']['code']) == (404, code)


def test_a_deployment_at_a_subscription(client):
    url = deployment_path(scope=SUBSCRIPTION)
    content = template(
        {
            'type': 'Microsoft.Resources/resourceGroups',
            'apiVersion': '2022-09-01',
            'name': 'new',
            'location': 'West US 2',
            'tags': {'a': 'b'},
            'properties': {},
        },
        nested(
            'n',
            template(resource('publicIPAddresses', 'ip', public_ip('[resourceGroup().location]'))),
            resourceGroup='new',
            dependsOn=["[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'new')]"],
        ),
        nested(
            'between', template(nested('deep', template(), resourceGroup='new')), dependsOn=['n'], location='eastus'
        ),
    )
    assert run(client, content, url, location='East US') == {'status': 'Succeeded'}
    body = client.get(url).body
    assert list(body) == ['id', 'name', 'type', 'location', 'properties'] and body['location'] == 'eastus'
    new = network_path('publicIPAddresses', 'ip', 'new')
    assert body['properties']['outputResources'] == [{'id': group_path('new')}, {'id': new}]
    assert client.get(new).body['location'] == 'westus2' and client.get(group_path('new')).body['tags'] == {'a': 'b'}
    assert rows_of(client, url)[0] == ('new', 'Succeeded', 'Created')
    assert [one['name'] for one in client.get(deployment_path('', SUBSCRIPTION)).body['value']] == ['d', 'between']
    for where, body in (
        (url, deployment(content)),
        (D, deployment(template(), location='eastus')),
        (D, deployment(template(nested('n', template(), location='eastus')))),
    ):
        assert client.send('PUT', where, body).body['error']['code'] == 'InvalidDeployment'
    assert (
        client.send('PUT', url, deployment(content, location='westus')).body['error']['code']
        == 'InvalidDeploymentLocation'
    )
    for content, location, code in (
        (template(AN_IP), 'eastus', 'InvalidTemplate'),
        (template(), 'mars', 'LocationNotAvailableForResourceType'),
    ):
        assert client.send('PUT', url, deployment(content, location=location)).body['error']['code'] == code


def test_what_is_secure_stays_so():
    client = Client()
    for number in (1, 2):
        make_site(client, number)
    content = template(
        nested('n', KEYED, parameters={'key': "[parameters('key')]"}),
        parameters=KEYED['parameters'],
        outputs={
            'key': {'type': 'securestring', 'value': "[parameters('key')]"},
            'id': {'type': 'string', 'value': "[resourceId('Microsoft.Network/connections', 'c')]"},
        },
    )
    answer = start(client, content, key=KEY)
    client.clock.advance(10)
    shown = json.dumps(
        [
            client.get(url + more).body
            for url in (D, deployment_path('n'), deployment_path(''))
            for more in ('', '/operations')
            if url + more
        ]
    )
    assert KEY not in shown + json.dumps(client.simulator.journal) + json.dumps(answer.body)
    assert properties_of(client)['parameters'] == {'key': {'type': 'SecureString'}}
    state = json.loads(json.dumps(client.simulator.state()))
    assert KEY in json.dumps(state)  # another simulator goes on from it
    heir = Client(simulator=Simulator(Settings(), ManualClock()))
    heir.simulator.reset(state)
    assert heir.finish(answer).body == {'status': 'Succeeded'}
    assert heir.get(CONNECTION + '/sharedkey').body == {'value': KEY}
    assert KEY not in json.dumps(heir.simulator.state()['deployments'])
    assert properties_of(heir)['outputs'] == {
        'key': {'type': 'SecureString'},
        'id': {'type': 'String', 'value': CONNECTION},
    }


def test_what_a_parent_evaluated_is_forgotten_too():
    """In outer scope the template that is handed on has the value itself (documented as a risk)."""
    client = Client()
    for number in (1, 2):
        make_site(client, number)
    content = template(nested('n', without_parameters(KEYED), False), parameters=KEYED['parameters'])
    answer = start(client, content, key=KEY)
    client.clock.advance(3)
    assert KEY in json.dumps(client.simulator.state()['deployments'][deployment_path('n').lower()]['steps'])
    assert KEY not in json.dumps([properties_of(client, deployment_path('n')), client.simulator.journal])
    assert client.finish(answer).body == {'status': 'Succeeded'}
    assert KEY not in json.dumps(client.simulator.state()['deployments'])


def without_parameters(content):
    return {name: value for name, value in content.items() if name != 'parameters'}


def test_cancel_stops_what_has_not_begun(client):
    content = template(
        nested('n', SITE, parameters={'vnet': 'v'}), resource('publicIPAddresses', 'z', public_ip(), 'n')
    )
    answer = start(client, content)
    client.clock.advance(60)
    assert client.send('POST', D + '/cancel').status == 204
    assert client.send('GET', answer.headers['Azure-AsyncOperation']).body == {'status': 'Canceled'}
    assert {properties_of(client, url)['provisioningState'] for url in (D, deployment_path('n'))} == {'Canceled'}
    assert rows_of(client) == [('n', 'Canceled', 'Created')]
    assert rows_of(client, deployment_path('n'))[-1] == ('gw', 'Canceled', 'Created')
    client.clock.advance(3600)
    assert client.get(network_path('publicIPAddresses', 'z')).status == 404
    made = client.get(network_path('virtualNetworkGateways', 'gw')).body
    assert made['properties']['provisioningState'] == 'Succeeded'
    for url, code in ((D, 'DeploymentCannotBeCancelled'), (deployment_path('none'), 'DeploymentNotFound')):
        assert client.send('POST', url + '/cancel').body['error']['code'] == code


def test_a_name_is_taken_while_its_deployment_runs(client):
    answer = start(client, SITE, vnet='v')
    for method, text in (('PUT', "previous deployment from '1/15/2027 8:00:"), ('DELETE', 'it is still active')):
        refused = client.send(method, D, deployment(template()) if method == 'PUT' else None)
        assert (refused.status, refused.body['error']['code']) == (409, 'DeploymentActive')
        assert text in refused.body['error']['message']
    client.finish(answer)
    assert start(client, SITE, vnet='v').status == 200
    client.clock.advance(3600)
    assert properties_of(client)['provisioningState'] == 'Succeeded'


def test_the_life_of_a_deployment(client):
    assert client.send('HEAD', D).status == 404 and client.send('DELETE', D).status == 204
    run(client, template(AN_IP))
    run(client, template(BAD), deployment_path('worse'))
    assert client.send('HEAD', D).status == 204 and 'parameters' not in properties_of(client)
    many = deployment_path('')
    for query, names in (('', ['worse', 'd']), ("?$filter=provisioningState eq 'Failed'", ['worse'])):
        assert [one['name'] for one in client.get(many + query).body['value']] == names
    assert client.get(f'{many}?$filter=name').status == 501
    answer = client.send('DELETE', D)
    assert answer.status == 202 and client.send('GET', answer.headers['Location']).status == 202
    assert client.finish(answer).status == 204
    assert client.get(D).body['error'] == {
        'code': 'DeploymentNotFound',
        'message': "Deployment 'd' could not be found.",
    }
    assert client.get(D + '/operations').status == client.get(deployment_path('worse') + '/operations/1').status == 404
    assert client.get(IP).status == 200


def test_the_status_comes_from_the_url_that_was_named(client):
    answer = start(client, template(AN_IP))
    url = answer.headers['Azure-AsyncOperation']
    assert url.startswith(f'https://localhost{D}/operationStatuses/0858') and '&s=' in url
    assert 'Retry-After' not in answer.headers  # recorded
    assert client.send('GET', url[:-1]).body['error']['code'] == 'InvalidOperationUrl'
    other = url.replace('/0858', '/0859')
    assert client.send('GET', other).body['error']['code'] == 'DeploymentOperationNotFound'


def test_history_is_kept_within_bounds():
    client = with_groups(Client(Settings(deployment_history=2)))
    for name in 'abc':
        run(client, template(), deployment_path(name))
    assert [one['name'] for one in client.get(deployment_path('')).body['value']] == ['c', 'b']
    client.make(f'{group_path()}/providers/Microsoft.Authorization/locks/l', {'properties': {'level': 'CanNotDelete'}})
    assert client.send('PUT', D, deployment(template())).body['error']['code'] == 'DeploymentQuotaExceeded'
