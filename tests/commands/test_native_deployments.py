"""az's own deployments against the simulated Azure, as somebody types them who has a template."""

import json

import pytest

from tests.armsim import DEFAULTS
from tests.armsim.client import connection, group_path, network_path, public_ip
from tests.armsim.deployment_client import AN_IP, BAD, KEYED, SITE, nested, resource, template
from tests.commands.azure import keys, live, resources

KEY = 'Simulated.Key.77'
FAR = {'resourceGroup': 'far', 'subscriptionId': DEFAULTS.subscription_2}


@pytest.fixture(name='group')
def fixture_group(az, simulator):
    """A resource group near, and one far in another subscription."""
    az.run('group create -n near -l eastus')
    az.run(f'group create -n far -l westus2 --subscription {DEFAULTS.subscription_2}')
    return simulator


@pytest.fixture(name='file')
def fixture_file(tmp_path):
    """Return a function that writes a template into a file, with a comment in it, and names the file."""

    def written(content, name='template.json'):
        path = tmp_path / name
        text = json.dumps(content, indent=2)
        path.write_text('// a template\n' + text.replace('"resources"', '/* all of it */ "resources"'), 'utf-8')
        return str(path)

    return written


def table(result):
    """The rows of a table by their first column, without its head."""
    lines = [line.split() for line in result.stdout.splitlines()[2:] if line.strip()]
    return {line[0]: line[1:] for line in lines}


def test_a_template_from_file_to_history(az, group, file):
    given = f'-g near -f {file(SITE)} -p vnet=TestVNet1'
    assert table(az.run(f'deployment group validate {given} -o table')).keys() == {'Succeeded'}
    preview = az.run(f'deployment group what-if {given}').stdout
    assert '+ Microsoft.Network/virtualNetworkGateways/gw [2024-05-01]' in preview
    assert 'Resource changes: 3 to create.' in preview and not resources(group, 'virtualNetworkGateways')
    made = az.run(f'deployment group create -n site {given}').json
    assert made['properties']['provisioningState'] == 'Succeeded'
    assert made['properties']['outputs'] == {'asn': {'type': 'Int', 'value': 65515}}
    assert made['properties']['parameters'] == {'vnet': {'type': 'String', 'value': 'TestVNet1'}}
    assert [one['id'].rsplit('/', 1)[1] for one in made['properties']['outputResources']] == ['ip', 'gw', 'TestVNet1']
    assert table(az.run('deployment group show -g near -n site -o table'))['site'][0] == 'Succeeded'
    assert list(table(az.run('deployment group list -g near -o table'))) == ['site']
    rows = az.run('deployment operation group list -g near -n site').json
    assert [row['properties']['provisioningOperation'] for row in rows] == ['Create'] * 3 + ['EvaluateDeploymentOutput']
    az.run('network public-ip create -g near -n more --zone 1 2 3')
    again = az.run(f'deployment group what-if {given} --no-pretty-print').json
    assert {change['resourceId'].rsplit('/', 1)[1]: change['changeType'] for change in again['changes']} == {
        'TestVNet1': 'NoChange',
        'ip': 'NoChange',
        'gw': 'NoChange',
        'more': 'Ignore',
    }
    az.run('deployment group delete -g near -n site')
    missing = az.run('deployment group show -g near -n site', expect=3).stderr
    assert "(DeploymentNotFound) Deployment 'site' could not be found." in missing
    assert resources(group, 'virtualNetworkGateways').keys() == {'gw'}


def site(prefix):
    """The template of one end, where its group is."""
    text = json.dumps(SITE).replace('10.9.', prefix).replace('"eastus"', '"[resourceGroup().location]"')
    return {**json.loads(text), 'parameters': {'vnet': {'type': 'string', 'defaultValue': 'v'}}}


def half(name, one, other):
    """The template of one half of a pair."""
    body = connection(one, other, '[resourceGroup().location]', sharedKey="[parameters('key')]")
    return template(resource('connections', name, body), parameters=KEYED['parameters'])


def test_a_pair_is_handed_over(az, group, file):
    """Two gateways in two subscriptions, then both connections: what a session need not stay open for."""
    near = network_path('virtualNetworkGateways', 'gw', 'near')
    far = network_path('virtualNetworkGateways', 'gw', 'far', DEFAULTS.subscription_2)
    gateways = [
        'near-gateway',
        f"[resourceId('{DEFAULTS.subscription_2}', 'far', 'Microsoft.Resources/deployments', 'far-gateway')]",
    ]
    given = {'parameters': {'key': "[parameters('key')]"}, 'dependsOn': gateways}
    path = file(
        template(
            nested('near-gateway', site('10.9.')),
            nested('far-gateway', site('10.8.'), **FAR),
            nested('near-half', half('there', near, far), **given),
            nested('far-half', half('back', far, near), **given, **FAR),
            parameters=KEYED['parameters'],
        )
    )
    values = file({'parameters': {'key': {'value': KEY}}}, 'values.json')
    az.run(f'deployment group create -g near -n pair -f {path} -p @{values} --no-wait')
    az.run('deployment group wait -g near -n pair --created --interval 1')
    shown = az.run('deployment group show -g near -n pair').json['properties']
    assert shown['parameters'] == {'key': {'type': 'SecureString'}}
    assert {one['id'].rsplit('/', 1)[1] for one in shown['outputResources']} >= {'there', 'back', 'gw'}
    assert set(keys(group).values()) == {KEY} and len(keys(group)) == 2
    rows = az.run(f'deployment operation group list -g far -n far-half --subscription {DEFAULTS.subscription_2}').json
    assert [
        row['properties'].get('targetResource') and row['properties']['targetResource']['resourceName'] for row in rows
    ] == ['back', None]
    with group.lock:
        assert KEY not in json.dumps(group.simulator.journal) + json.dumps(group.simulator.state()['deployments'])


def test_what_fails_is_told(az, group, file):
    bad = file(template(nested('inner', template(BAD, AN_IP))))
    refused = az.run(f'deployment group create -g near -n d -f {bad}', expect=1).stderr
    assert (
        '{"code": "InvalidTemplateDeployment", "message": "The template deployment \'d\' is not valid according'
        in refused
        and "Could not find member 'colour'" in refused
    )
    with group.lock:
        group.simulator.faults = [
            {
                'match': 'PUT */publicIPAddresses/*',
                'do': 'fail-operation',
                'code': 'Full',
                'message': 'No room.',
                'every': True,
            }
        ]
    path = file(template(nested('inner', template(AN_IP), **FAR)))
    failed = az.run(f'deployment group create -g near -n d -f {path}', expect=1).stderr
    assert '"status":"Failed","error":{"code":"DeploymentFailed","target":"/subscriptions/' in failed
    [row] = az.run('deployment operation group list -g near -n d').json
    assert row['properties']['statusMessage']['error']['details'][0]['code'] == 'DeploymentFailed'
    [row] = az.run(f'deployment operation group list -g far -n inner --subscription {DEFAULTS.subscription_2}').json
    assert row['properties']['provisioningState'] == 'Failed'
    assert row['properties']['statusMessage']['error']['details'][0] == {
        'code': 'Full',
        'message': 'No room.',
        'details': [],
        'additionalInfo': None,
        'target': None,
    }
    error = az.run('deployment group show -g near -n d').json['properties']['error']
    inner = json.loads(error['details'][0]['message'])['error']['details'][0]
    assert json.loads(inner['details'][0]['message'])['error']['details'][0]['code'] == 'Full'
    with group.lock:
        group.simulator.faults = []
    path = file(template({**AN_IP, 'dependsOn': ['nothing']}))
    for command in ('validate', 'what-if', 'create'):
        refused = az.run(f'deployment group {command} -g near -f {path}', expect=1).stderr
        assert "validation failed: 'The resource 'nothing' is not defined in the template. Please see" in refused


@pytest.mark.azure(durations={'gateway-create-VpnGw2AZ': 600000})
def test_a_deployment_is_cancelled(az, group, file):
    path = file(
        template(
            *SITE['resources'], resource('publicIPAddresses', 'later', public_ip(), 'gw'), parameters=SITE['parameters']
        )
    )
    az.run(f'deployment group create -g near -n d -f {path} -p vnet=v --no-wait')
    az.run('deployment group cancel -g near -n d')
    az.run(
        [
            'deployment',
            'group',
            'wait',
            '-g',
            'near',
            '-n',
            'd',
            '--custom',
            "properties.provisioningState=='Canceled'",
            '--interval',
            '1',
        ]
    )
    assert table(az.run('deployment group list -g near -o table'))['d'][0] == 'Canceled'
    refused = az.run('deployment group cancel -g near -n d', expect=1).stderr
    assert "(DeploymentCannotBeCancelled) The deployment 'd' cannot be cancelled because it is in" in refused
    assert 'later' not in resources(group, 'publicIPAddresses')


def test_a_template_at_a_subscription(az, simulator, file):
    path = file(
        template(
            {
                'type': 'Microsoft.Resources/resourceGroups',
                'apiVersion': '2022-09-01',
                'name': 'new',
                'location': 'westus2',
            },
            nested(
                'inside',
                template(resource('publicIPAddresses', 'ip', public_ip('[resourceGroup().location]'))),
                resourceGroup='new',
                dependsOn=['new'],
            ),
            outputs={
                'group': {
                    'type': 'string',
                    'value': "[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'new')]",
                }
            },
        )
    )
    made = az.run(f'deployment sub create -n s -l eastus -f {path}').json
    assert made['location'] == 'eastus' and made['properties']['outputs']['group']['value'] == group_path('new')
    with live(simulator, 'publicIPAddresses', 'ip') as record:
        assert record['location'] == 'westus2' and '/resourceGroups/new/' in record['id']
    assert list(table(az.run('deployment sub list -o table'))) == ['s']
    assert len(az.run('deployment operation sub list -n s').json) == 3
    assert az.run('deployment group show -g new -n inside --query properties.provisioningState').json == 'Succeeded'
