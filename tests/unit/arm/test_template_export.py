"""Pairs that exist, as a template that would create them again, and the files that it comes in."""

import json
from dataclasses import replace

from azext_vnet2vnet.arm.template import deployment_of
from azext_vnet2vnet.arm.template_export import command_of, plan_of_existing, reason_to_omit, texts_of
from tests.unit.deployments import inner
from tests.unit.networks import BGP, end, pair, without_half

ONE, OTHER = end('one', 'eastus'), end('other', 'westus', 's2')
TENANTS = {'s1': 'tenant-a', 's2': 'tenant-a'}


def test_connections_are_created_as_they_are_and_gateways_are_referred_to():
    made = deployment_of(plan_of_existing([pair(ONE, OTHER, tunnel=BGP, tags={'team': 'net'})], TENANTS), 'network')
    connections = [one for group in made.template['resources'] for one in inner(group)]
    assert [(one['type'], one['name']) for one in connections] == [
        ('Microsoft.Network/connections', 'one-to-other'),
        ('Microsoft.Network/connections', 'other-to-one'),
    ]
    assert all(one['properties']['enableBgp'] and one['tags'] == {'team': 'net'} for one in connections)
    assert [parameter.name for parameter in made.parameters] == ['key1']


def test_a_pair_that_lacks_a_half_has_one_connection():
    made = deployment_of(plan_of_existing([without_half(pair(ONE, OTHER))], TENANTS), 'network')
    assert [one['name'] for group in made.template['resources'] for one in inner(group)] == ['one-to-other']


def test_a_template_has_the_weight_and_the_protocol():
    made = deployment_of(plan_of_existing([pair(ONE, OTHER, weight=10, protocol='IKEv1')], TENANTS), 'network')
    connections = [one['properties'] for group in made.template['resources'] for one in inner(group)]
    assert [(one['routingWeight'], one['connectionProtocol']) for one in connections] == [(10, 'IKEv1')] * 2


def test_what_no_template_can_create_is_omitted_with_a_reason():
    plain = pair(ONE, OTHER)
    nat = replace(plain, end2=replace(plain.end2, half=replace(plain.end2.half, more=('egressNatRules',))))
    assert reason_to_omit(plain, TENANTS) is None
    assert reason_to_omit(nat, TENANTS) == 'the template would not have its egressNatRules'
    across = reason_to_omit(plain, {**TENANTS, 's2': 'tenant-b'})
    assert across == 'a deployment does not write across tenants'


def test_the_files_and_the_command_that_deploys_them():
    made = deployment_of(plan_of_existing([pair(ONE, OTHER)], TENANTS), 'network')
    template, parameters = texts_of(made)
    assert json.loads(template) == made.template and template.endswith('}\n')
    assert json.loads(parameters)['parameters'] == {'key1': {'value': ''}}
    assert command_of(made, 'my file.json', 'keys.json') == (
        f'az deployment group create --subscription s1 --resource-group net --name {made.name} '
        "--template-file 'my file.json' --parameters keys.json"
    )
