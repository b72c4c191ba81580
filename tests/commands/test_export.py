"""`az vnet2vnet export`: the network that exists as a file or a picture."""

import json
from xml.etree import ElementTree

import pytest
import yaml

from tests.armsim import DEFAULTS
from tests.commands.azure import live, writes
from tests.howto import VNET1, VNET4, VNET5B


def export(az, *words):
    return az.run(['vnet2vnet', 'export', '--format', *words])


def test_what_is_exported_and_applied_changes_nothing(az, simulator, join):
    join(VNET1, VNET5B, '--dpd-timeout', '45', '--connection-mode', 'InitiatorOnly')
    written = export(az, 'topology', '--file', 'network.yaml')
    assert (written.stdout, written.stderr.splitlines()[-1]) == ('', 'Written to network.yaml.')
    text = (az.folder / 'network.yaml').read_text(encoding='utf-8')
    assert text.startswith('# yaml-language-server: $schema=')
    content = yaml.safe_load(text)
    assert content['connect'] == [
        {'pair': ['TestVNet1', 'TestVNet5'], 'bgp': False, 'dpdTimeout': 45, 'mode': 'InitiatorOnly'}
    ]
    assert content['vnets']['TestVNet5']['subscription'] == 'Subscription B'
    assert az.run('vnet2vnet apply --file network.yaml').json['changes'] == []
    assert writes(simulator) == []
    with live(simulator, 'connections', 'TestVNet5ToTestVNet1') as half:
        half['properties']['dpdTimeoutSeconds'] = 30
    [change] = az.run('vnet2vnet apply --file network.yaml --what-if').json['changes']
    assert change['action'] == 'update' and change['id'].endswith('TestVNet5ToTestVNet1')


@pytest.mark.parametrize(
    'scope',
    [
        ('-g', 'TestRG1'),
        ('-g', 'TestRG4'),
        ('--all-subscriptions',),
        ('--vnet', 'TestVNet4', '-g', 'TestRG4'),
        ('--vnet', VNET1.id(DEFAULTS.subscription_1, 'virtualNetworks', 'TestVNet1')),
    ],
)
def test_every_scope_finds_the_pair(az, simulator, join, scope):
    join(VNET1, VNET4)
    content = yaml.safe_load(export(az, 'topology', *scope).stdout)
    assert set(content['vnets']) == {'TestVNet1', 'TestVNet4'} and len(content['connect']) == 1
    assert writes(simulator) == []


def test_pictures(az, simulator, join):
    join(VNET1, VNET4)
    with live(simulator, 'connections', 'TestVNet1ToTestVNet4') as half:
        half['properties']['enableBgp'] = True
    drawn = export(az, 'mermaid').stdout
    assert drawn.splitlines()[0].startswith('flowchart') and 'bgp-one-sided' in drawn
    assert all(word in drawn for word in ('TestVNet1', 'TestVNet4', 'VpnGw2AZ', 'eastus', 'westus', 'Subscription 1'))
    root = ElementTree.fromstring(export(az, 'svg').stdout)
    assert root.tag == '{http://www.w3.org/2000/svg}svg'
    text = ''.join(root.itertext())
    assert all(word in text for word in ('TestVNet1', 'VNet4GW', 'bgp-one-sided'))


def test_a_template_of_what_exists(az, join):
    join(VNET1, VNET4, '--dpd-timeout', '45')
    written = export(az, 'arm', '--file', 'main.json')
    template, parameters = (
        json.loads((az.folder / name).read_text()) for name in ('main.json', 'main.parameters.json')
    )
    assert parameters['parameters'] == {'key1': {'value': ''}} and template['parameters']['key1']['minLength'] == 1
    nested = [one for part in template['resources'] for one in part['properties']['template']['resources']]
    assert [one['name'] for one in nested] == ['TestVNet1ToTestVNet4', 'TestVNet4ToTestVNet1']
    assert all(one['properties']['dpdTimeoutSeconds'] == 45 for one in nested)
    assert 'Fill in its keys, then run az deployment group create --subscription ' in written.stderr
    assert json.loads(export(az, 'arm', '-g', 'TestRG1').stdout) == template
    (az.folder / 'main.parameters.json').write_text('filled in')
    kept = export(az, 'arm', '--file', 'main.json')
    assert 'main.parameters.json exists already, and is kept: it may hold keys.' in kept.stderr
    assert (az.folder / 'main.parameters.json').read_text() == 'filled in'


def test_a_template_of_what_a_topology_file_lacks(az, simulator):
    vnets = {
        f'v{number}': {'resourceGroup': 'G', 'location': 'eastus', 'addressPrefixes': [f'10.{number}.0.0/16']}
        for number in (1, 2)
    }
    (az.folder / 'network.yaml').write_text(
        yaml.safe_dump({'name': 'n', 'vnets': vnets, 'connect': [{'pair': ['v1', 'v2']}]})
    )
    written = export(az, 'arm', '--topology', 'network.yaml')
    kinds = [
        one['type'].rpartition('/')[2]
        for part in json.loads(written.stdout)['resources']
        for one in part['properties']['template']['resources']
    ]
    assert kinds == ['virtualNetworkGateways', 'virtualNetworkGateways', 'connections', 'connections']
    assert 'The template requires /subscriptions/' in written.stderr and writes(simulator) == []


def test_what_has_no_template(az, join):
    assert 'There is nothing to be deployed.' in az.run('vnet2vnet export --format arm', expect=1).stderr
    refused = az.run('vnet2vnet export --format svg --topology x.yaml', expect=1)
    assert '--topology cannot be combined with --format svg.' in refused.stderr
    join(VNET1, VNET5B)
    foreign = az.run('vnet2vnet export --format arm --all-subscriptions', expect=1)
    assert 'is left out: a deployment does not write across tenants.' in foreign.stderr


def test_nothing_is_an_empty_network(az):
    assert yaml.safe_load(export(az, 'topology').stdout)['connect'] == []
    ElementTree.fromstring(export(az, 'svg').stdout)


def test_the_schema(az):
    assert json.loads(export(az, 'schema').stdout)['$schema'].startswith('https://json-schema.org/draft/2020-12')


def test_what_a_template_would_lose_is_left_out(az, simulator, join):
    join(VNET1, VNET4)
    with live(simulator, 'connections', 'TestVNet1ToTestVNet4') as half:
        half['properties']['useLocalAzureIpAddress'] = True
    refused = az.run('vnet2vnet export --format arm', expect=1)
    assert 'is left out: the template would not have its useLocalAzureIpAddress.' in refused.stderr


def test_what_cannot_be_exported(az, simulator, join):
    join(VNET1, VNET4)
    both = az.run('vnet2vnet export --format svg --all-subscriptions -g TestRG1', expect=1)
    assert '--all-subscriptions and --resource-group cannot be combined.' in both.stderr
    az.run('network vnet create -g TestRG1 -n Bare -l eastus --address-prefixes 10.99.0.0/16')
    bare = az.run('vnet2vnet export --format svg --vnet Bare -g TestRG1', expect=1)
    assert 'virtualNetworks/Bare has no gateway, so nothing can be reached from it.' in bare.stderr
    missing = az.run('vnet2vnet export --format svg --vnet Nope -g TestRG1', expect=3)
    assert 'virtualNetworks/Nope does not exist.' in missing.stderr
    unnamed = az.run('vnet2vnet export --format svg --vnet Nope', expect=1)
    assert "The resource group of VNet 'Nope' is not named." in unnamed.stderr
    nowhere = az.run('vnet2vnet export --format schema --file no/such/folder', expect=1)
    assert "File 'no/such/folder' cannot be written" in nowhere.stderr
    assert "'pdf' is not a valid value for '--format'." in az.run('vnet2vnet export --format pdf', expect=2).stderr


def test_text_is_utf_8_whatever_the_locale(az, simulator, join):
    """A topology comes in, goes to Azure and is exported again; PowerShell 5.1 writes UTF-16."""
    join(VNET1, VNET4)
    with live(simulator, 'virtualNetworks', 'TestVNet1') as vnet:
        vnet['tags'] = {'ort': 'Zürich'}
    expected = None
    for encoding in ('cp1252', 'cp932', 'ascii'):
        narrow = {'PYTHONUTF8': '0', 'PYTHONIOENCODING': encoding, 'LC_ALL': 'C', 'PYTHONCOERCECLOCALE': '0'}
        drawn = az.run('vnet2vnet export --format svg', env=narrow).stdout
        assert '·' in drawn and '�' not in drawn
        assert expected in (None, drawn)
        expected = drawn
    (az.folder / 'wide.yaml').write_text(export(az, 'topology').stdout, encoding='utf-16')
    assert az.run('vnet2vnet apply --file wide.yaml', env=narrow).json['changes'] == []
