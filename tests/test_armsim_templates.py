"""How the local Azure reads templates: expressions, parameters, what is refused, and what is not simulated."""

import pytest

from tests.armsim import DEFAULTS
from tests.armsim.client import Client, group_path, make_site, network_path, public_ip, vnet
from tests.armsim.deployment_client import AN_IP as IP
from tests.armsim.deployment_client import deployment, deployment_path, nested, properties_of, resource, template
from tests.armsim.deployments import jsonc

D = deployment_path()
SUBSCRIPTION = f'/subscriptions/{DEFAULTS.subscription_1}'


@pytest.fixture(name='client')
def fixture_client():
    """A client with a group."""
    client = Client()
    client.make(group_path(), {'location': 'eastus', 'tags': {'team': 'net'}})
    return client


def outputs(client, content, url=D, **more):
    """The values of the outputs of a deployment that succeeds."""
    answer = client.send('PUT', url, deployment(content, **more))
    assert client.finish(answer).body == {'status': 'Succeeded'}, answer.body
    return {name: entry['value'] for name, entry in client.get(url).body['properties']['outputs'].items()}


def refusal(client, content, url=D, **parameters):
    """Status, code and text with which a deployment is refused; nothing is left of it."""
    answer = client.send('PUT', url, deployment(content, **parameters))
    assert client.get(url).status == 404
    return answer.status, answer.body['error']['code'], answer.body['error']['message']


NETWORK_ID = f'{group_path()}/providers/Microsoft.Network/'
VALUES = {
    'plain [text]': 'plain [text]',
    '[[escaped]': '[escaped]',
    '[not closed': '[not closed',
    "['it''s']": "it's",
    "[ parameters('word') ]": 'Word',
    "[PARAMETERS('WORD')]": 'Word',
    "[parameters('list')[1]]": 'b',
    "[parameters('map').deep[0].name]": 'x',
    "[parameters('map')['deep'][0]['NAME']]": 'x',
    "[parameters('count')]": 3,
    "[parameters('switch')]": False,
    "[parameters('map')]": {'deep': [{'name': 'x'}]},
    "[variables('joined')]": 'Word-3',
    "[variables('tree').leaf]": 'Word-3!',
    "[concat('a', parameters('word'), 1)]": 'aWord1',
    "[concat(parameters('list'), parameters('list'))]": list('abab'),
    "[format('{0}/{1}/{0} {{}}', 'a', 7)]": 'a/7/a {}',
    "[resourceId('Microsoft.Network/virtualNetworks', 'v')]": NETWORK_ID + 'virtualNetworks/v',
    "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]": NETWORK_ID + 'virtualNetworks/v/subnets/s',
    "[resourceId('other', 'Microsoft.Network/connections', 'c')]": network_path('connections', 'c', 'other'),
    f"[resourceId('{DEFAULTS.subscription_2}', 'other', 'Microsoft.Network/connections', 'c')]": network_path(
        'connections', 'c', 'other', DEFAULTS.subscription_2
    ),
    "[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'g')]": f'{SUBSCRIPTION}/resourceGroups/g',
    f"[subscriptionResourceId('{DEFAULTS.subscription_2}', 'Microsoft.Resources/deployments', 'd')]": (
        f'/subscriptions/{DEFAULTS.subscription_2}/providers/Microsoft.Resources/deployments/d'
    ),
    '[resourceGroup().location]': 'eastus',
    '[resourceGroup().id]': group_path(),
    '[resourceGroup().name]': 'rg',
    '[resourceGroup().tags.team]': 'net',
    '[subscription().subscriptionId]': DEFAULTS.subscription_1,
    '[subscription().tenantId]': DEFAULTS.tenant_a,
    '[deployment().name]': 'd',
    "[concat(resourceGroup().name, '-', format('{0}', resourceId('Microsoft.Network/connections', 'c')))]": 'rg-'
    + NETWORK_ID
    + 'connections/c',
}


def test_expressions(client):
    names = {f'o{index}': text for index, text in enumerate(VALUES)}
    content = template(
        parameters={
            'word': {'type': 'string', 'defaultValue': 'Word'},
            'list': {'type': 'array'},
            'map': {'type': 'object'},
            'count': {'type': 'INT'},
            'switch': {'type': 'bool'},
            'later': {'type': 'string', 'defaultValue': "[concat(parameters('word'), resourceGroup().name)]"},
        },
        variables={
            'joined': "[concat(parameters('word'), '-', parameters('count'))]",
            'tree': {'leaf': "[concat(variables('joined'), '!')]"},
        },
        outputs={
            **{name: {'type': 'object', 'value': text} for name, text in names.items()},
            'later': {'type': 'string', 'value': "[parameters('later')]"},
        },
    )
    found = outputs(client, content, list=['a', 'b'], map={'deep': [{'name': 'x'}]}, count=3, switch=False)
    assert found == {**{name: VALUES[text] for name, text in names.items()}, 'later': 'Wordrg'}


def test_expressions_at_a_subscription(client):
    url = deployment_path(scope=SUBSCRIPTION)
    content = template(
        outputs={
            'one': {'type': 'string', 'value': "[resourceId('Microsoft.Network/virtualNetworks', 'v')]"},
            'two': {
                'type': 'string',
                'value': f"[resourceId('{DEFAULTS.subscription_2}', 'Microsoft.Network/x', 'v')]",
            },
        }
    )
    assert outputs(client, content, url, location='eastus') == {
        'one': f'{SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks/v',
        'two': f'/subscriptions/{DEFAULTS.subscription_2}/providers/Microsoft.Network/x/v',
    }


INVALID = {
    "[concat('a']": "expected ',' at position",
    '[concat(]': 'expected a function, a string or a number',
    '[parameters]': "expected '('",
    '[1 2]': 'expected the end',
    "[a('b').]": 'expected a name',
    '[?]': "found '?'",
    "[parameters('none')]": "The template parameter 'none' is not found.",
    "[variables('none')]": "The template variable 'none' is not found.",
    "[variables('round')]": "The template variable 'round' is not found.",
    "[parameters('map').none]": "The language expression property 'none' doesn't exist, available properties are 'a'",
    "[parameters('map').a.b]": "The language expression property 'b' can't be evaluated",
    "[parameters('list')[2]]": "array index '2' is out of bounds",
    '[parameters()]': "'parameters' must have only one parameter",
    '[format(1)]': 'must have a string as its first',
    "[format('{1}', 'a')]": 'an index is greater',
    "[concat(parameters('list'), 'a')]": "'concat' are not valid",
    "[resourceId('Microsoft.Network/virtualNetworks')]": "requires '1' resource name argument(s)",
    "[resourceId('Microsoft.Network/virtualNetworks', 'v', 's')]": "requires '1' resource name argument(s)",
    "[resourceId('v')]": 'fully qualified resource type expected',
}


@pytest.mark.parametrize('text', INVALID)
def test_expressions_that_azure_refuses(client, text):
    content = template(
        IP,
        parameters={
            'map': {'type': 'object', 'defaultValue': {'a': 'x'}},
            'list': {'type': 'array', 'defaultValue': [1]},
        },
        variables={'round': "[variables('round')]"},
        outputs={'o': {'type': 'string', 'value': text}},
    )
    status, code, message = refusal(client, content)
    assert (status, code) == (400, 'InvalidTemplate') and INVALID[text] in message
    assert client.get(network_path('publicIPAddresses', 'ip')).status == 404


@pytest.mark.parametrize(
    'text, named',
    [
        ("[uniqueString('a')]", 'the function uniqueString()'),
        ("[concat(toLower('A'), 'b')]", 'the function toLower()'),
        ('[deployment().properties]', 'the property properties'),
        ('[resourceGroup().managedBy]', 'the property managedBy'),
        ("[format('{0:x}', 1)]", 'the format {0:x}'),
    ],
)
def test_expressions_that_are_not_simulated(client, text, named):
    status, code, message = refusal(client, template(outputs={'o': {'type': 'string', 'value': text}}))
    assert (status, code) == (501, 'NotSimulated') and named in message and text in message


def without(content, *names):
    return {name: value for name, value in content.items() if name not in names}


def parameter(**declaration):
    return template(parameters={'p': declaration})


NO_TEXT = resource('publicIPAddresses', 'ip', public_ip(), 'ip2')
REFUSED = [
    (without(template(), '$schema'), {}, "Required property '$schema' not found in JSON"),
    (without(template(), 'contentVersion'), {}, "Required property 'contentVersion' not found"),
    (without(template(), 'resources'), {}, "Required property 'resources' not found"),
    ({**template(), '$schema': 'https://example.org/template.json'}, {}, 'is not supported'),
    (template(), {'p': 1}, "The template parameters 'p' in the parameters file are not valid"),
    (parameter(type='string'), {}, "value for the template parameter 'p' at line '1' and column '1' is not provided"),
    (parameter(type='string'), {'p': 1}, "Expected 'String'. Actual 'Integer'"),
    (parameter(type='int'), {'p': True}, "Expected 'Integer'. Actual 'Boolean'"),
    (parameter(type='secureObject'), {'p': None}, "Expected 'Object'. Actual 'Null'"),
    (parameter(type='text'), {'p': 'a'}, "the type 'text', which is not valid"),
    (parameter(type='string', allowedValues=['a', 'b']), {'p': 'c'}, "not part of the allowed value(s): 'a,b'"),
    (parameter(type='securestring', minLength=1), {'p': ''}, 'Length of the value should be greater than or equal to'),
    (parameter(type='array', maxLength=1), {'p': [1, 2]}, "Length of the value should be less than or equal to '1'"),
    (parameter(type='int', minValue=2, maxValue=4), {'p': 1}, "The value should be greater than or equal to '2'"),
    (parameter(type='int', minValue=2, maxValue=4), {'p': 5}, "The value should be less than or equal to '4'"),
    (template(*[{**IP, 'name': f'ip{number}'} for number in range(801)]), {}, "Limit: '800' and actual: '801'"),
    (template(IP, IP), {}, f"The resource '{network_path('publicIPAddresses', 'ip')}' at line"),
    (template(NO_TEXT), {}, "The resource 'ip2' is not defined in the template"),
    (template(NO_TEXT, {**IP, 'name': 'ip2', 'dependsOn': ['ip']}), {}, 'Circular dependency detected on resource'),
    (
        template({**IP, 'dependsOn': ['x']}, {**IP, 'name': 'x'}, resource('virtualNetworks', 'x', vnet())),
        {},
        'more than one resource has this name',
    ),
    (template({**IP, 'type': 'Microsoft.Network/virtualNetworks/subnets'}), {}, 'has incorrect segment lengths'),
    (template({**IP, 'name': 'a/b'}), {}, 'has incorrect segment lengths'),
    (template(without(IP, 'apiVersion')), {}, 'The apiVersion property is required'),
    (template({**IP, 'name': "[parameters('p')]"}, parameters={'p': {'type': 'int'}}), {'p': 1}, "type 'String'"),
    (template({**IP, 'condition': 'yes'}), {}, 'the condition is not a boolean'),
    (template('text'), {}, 'The template resources are not objects'),
    (template({**IP, 'type': 'Microsoft.Resources/resourceGroups'}), {}, 'cannot be deployed at the scope'),
]


@pytest.mark.parametrize('content, parameters, message', REFUSED)
def test_templates_that_azure_refuses(client, content, parameters, message):
    status, code, text = refusal(client, content, **parameters)
    assert (status, code) == (400, 'InvalidTemplate') and message in text


UNKNOWN = [
    (template({**IP, 'copy': {'name': 'c', 'count': 2}}), 'copy in a template'),
    (template({**IP, 'scope': '/'}), 'scope in a template'),
    ({**template(), 'functions': []}, 'functions in templates'),
    ({**template(), 'resources': {'ip': IP}}, 'resources with symbolic names'),
    (parameter(type='string', nullable=True), 'nullable of the template parameter p'),
    (parameter(type='string', maxValue=3), 'maxValue of the template parameter p'),
    (template(outputs={'o': {'type': 'string', 'copy': {}}}), 'copy of the template output o'),
    (template({**IP, 'tags': {"[concat('a')]": 'b'}}), 'an expression as the name of a member'),
    (template({**IP, 'tags': {'a': "[reference('ip').ipAddress]"}}), 'reference() outside of outputs'),
    (template({**IP, 'type': 'Microsoft.Storage/storageAccounts'}), 'PUT /subscriptions/'),
    (template({**IP, 'type': 'Microsoft.Network/natGateways'}), '/natGateways/ip'),
    (template(without(nested('n', template()), 'properties')), 'a nested deployment n without a template'),
]


@pytest.mark.parametrize('content, message', UNKNOWN)
def test_templates_that_are_not_simulated(client, content, message):
    status, code, text = refusal(client, content)
    assert (status, code) == (501, 'NotSimulated') and message in text


@pytest.mark.parametrize(
    'properties, message',
    [
        ({'mode': 'Complete'}, 'the deployment mode Complete'),
        ({'mode': None}, 'the deployment mode (none)'),
        ({'templateLink': {'uri': 'https://localhost/t'}}, 'templateLink in the properties'),
        ({'parameters': {'p': {'reference': {}}}}, 'anything but a value for the template parameter p'),
    ],
)
def test_deployments_that_are_not_simulated(client, properties, message):
    body = deployment(parameter(type='string'), p='a')
    body['properties'].update(properties)
    error = client.send('PUT', D, body).body['error']
    assert error['code'] == 'NotSimulated' and message in error['message']


def test_types_and_versions_are_those_of_direct_writes(client):
    _, code, message = refusal(client, template({**IP, 'type': 'Microsoft.Network/publicIps'}))
    assert code == 'InvalidResourceType' and "'publicIps' could not be found" in message
    _, code, message = refusal(client, template({**IP, 'apiVersion': '1999-01-01'}))
    assert code == 'NoRegisteredProviderFound' and "'1999-01-01' for type 'publicIPAddresses'" in message
    assert refusal(client, template(), deployment_path('n' * 65))[1] == 'InvalidDeploymentName'


def test_conditions(client):
    off = {**IP, 'name': 'off', 'condition': "[parameters('p')]"}
    content = template(off, {**IP, 'dependsOn': ['off']}, parameters={'p': {'type': 'bool'}})
    assert client.finish(client.send('PUT', D, deployment(content, p=False))).body == {'status': 'Succeeded'}
    properties = client.get(D).body['properties']
    assert properties['dependencies'] == []
    assert properties['outputResources'] == [{'id': network_path('publicIPAddresses', 'ip')}]
    assert client.get(network_path('publicIPAddresses', 'off')).status == 404


def test_scopes_of_nested_deployments(client):
    """What parameters() and resourceGroup() mean in a nested template (documented)."""
    client.make(group_path('other'), {'location': 'westus'})
    said = {
        'where': {'type': 'string', 'value': '[resourceGroup().location]'},
        'who': {'type': 'string', 'value': "[parameters('who')]"},
        'raw': {'type': 'string', 'value': '[[bracket]'},
    }
    who = {'who': {'type': 'string', 'defaultValue': 'child'}}
    content = template(
        nested('in', template(parameters=who, outputs=said), resourceGroup='other'),
        nested(
            'given',
            template(parameters=who, outputs=said),
            parameters={'who': "[parameters('who')]"},
            resourceGroup='other',
        ),
        nested(
            'out',
            template(
                nested('deep', template(outputs=said), False),
                nested('deep-in', template(parameters=who, outputs=said), parameters={'who': '[[literal]'}),
                outputs=said,
            ),
            False,
            resourceGroup='other',
        ),
        parameters={'who': {'type': 'string'}},
        outputs={
            name: {'type': 'object', 'value': f"[reference('{name}').outputs]"} for name in ('in', 'given', 'out')
        },
    )
    found = {
        name: {key: entry['value'] for key, entry in value.items()}
        for name, value in outputs(client, content, who='parent').items()
    }
    assert found == {
        'in': {'where': 'westus', 'who': 'child', 'raw': '[bracket]'},
        'given': {'where': 'westus', 'who': 'parent', 'raw': '[bracket]'},
        'out': {'where': 'eastus', 'who': 'parent', 'raw': '[bracket]'},
    }
    for name, value in (('deep', 'parent'), ('deep-in', '[literal]')):
        assert properties_of(client, deployment_path(name, group_path('other')))['outputs']['who']['value'] == value


def test_references_in_outputs(client):
    address = network_path('publicIPAddresses', 'ip1')
    make_site(client, 1, with_gateway=False)
    content = template(
        IP,
        outputs={
            'o': {
                'type': 'array',
                'value': [
                    "[reference('ip').publicIPAllocationMethod]",
                    "[reference(resourceId('Microsoft.Network/publicIPAddresses', 'ip')).provisioningState]",
                    f"[reference('{address}', '2024-05-01').provisioningState]",
                ],
            }
        },
    )
    assert outputs(client, content) == {'o': ['Static', 'Succeeded', 'Succeeded']}
    for name, code in (('nothing', 'InvalidTemplate'), (f"{address}x', '2024-05-01", 'ResourceNotFound')):
        content = template(outputs={'o': {'type': 'object', 'value': f"[reference('{name}')]"}})
        last = client.finish(client.send('PUT', D, deployment(content))).body
        assert (last['status'], last['error']['code']) == ('Failed', 'DeploymentOutputEvaluationFailed')
        assert last['error']['details'][0]['code'] == code


def test_templates_with_comments():
    text = """{"properties": {"mode": "Incremental", template:{ // comment
      /** more
      **/ "url": "https://a//b", "text": "two
lines /* kept */", "quote": "\\"// kept", "a": {"b": [1, true]} /* end */ }}}"""
    assert jsonc.loads(text) == {
        'properties': {
            'mode': 'Incremental',
            'template': {
                'url': 'https://a//b',
                'text': 'two\nlines /* kept */',
                'quote': '"// kept',
                'a': {'b': [1, True]},
            },
        }
    }
    with pytest.raises(ValueError):
        jsonc.loads('{"properties": }')
