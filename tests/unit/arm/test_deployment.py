"""The deployment around the template: its name and home, its keys, what it is used for, and how large it may be."""

import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_vnet2vnet.arm.template import (
    check_size,
    handed_over,
    is_one_tenant,
    left_over,
    parameters_file,
    quick_steps,
    with_keys,
)
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.observed import FAILED
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.topology_plan import compare_all, plan_topology, unnamed_connections
from tests.unit import samples
from tests.unit.deployments import FULL, NOTHING, deployment, hub, mesh, names, pair_at, sent


def names_of(steps):
    return [f'{step.action.value} {step.id.name}' for step in steps]


def test_names_are_short_unique_and_of_what_they_are_about():
    long = 'x' * 60 + ' (ü)'
    plans = [
        samples.plan_pair(pair_at(('s1', f'{"g" * 80}{number}'), ('s1', f'{"g" * 80}{other}')), NOTHING)
        for number, other in combinations(range(12), 2)
    ]
    made = [deployment(plan) for plan in plans] + [
        deployment(plan, name) for plan in plans for name in (long, 'Backbone', '東京')
    ]
    assert len({one.name for one in made}) == len(made) == 4 * 66
    for one in made:
        every = [one.name, *names(one.template['resources'])]
        assert len(set(every)) == 5
        assert all(re.fullmatch(r'vnet2vnet-[A-Za-z0-9_.-]{1,54}', name) for name in every), every
    assert made[-1].name.startswith('vnet2vnet-') and '--' not in made[-1].name


def test_the_same_whichever_vnet_is_named_first_and_whatever_exists_already():
    pair = samples.pair()
    turned = samples.pair(end1=samples.end(4, 1, 'westus'), end2=samples.end(1, 2, 'eastus'))
    made = deployment(samples.plan_pair(pair, NOTHING))
    again = deployment(samples.plan_pair(turned, NOTHING))
    assert made == deployment(samples.plan_pair(pair, NOTHING))
    assert (again.name, again.home) == (made.name, made.home)
    assert again.template['resources'] == made.template['resources']
    for observed in (
        ObservedPair(FULL.end1, samples.nothing()),
        ObservedPair(samples.nothing(), FULL.end2),
        ObservedPair(replace(FULL.end1, half=None), FULL.end2),
    ):
        later = deployment(samples.plan_pair(pair, observed))
        assert (later.name, later.home) == (made.name, made.home)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='-~'), min_size=12, max_size=128))
def test_no_key_is_anywhere_but_in_the_values_of_the_request(text):
    given_key = SharedKey(text)
    plan = samples.plan_pair(samples.pair(key=given_key), NOTHING)
    made = deployment(plan)
    request = with_keys(made, {'key1': given_key})
    assert request['properties'].pop('parameters') == {'key1': {'value': text}}
    assert request == {'properties': {'mode': 'Incremental', 'template': made.template}}
    assert made == deployment(samples.plan_pair(samples.pair(), NOTHING))
    bodies = sent(made, {'key1': given_key})
    assert [
        body['properties']['sharedKey'] for target, body in bodies.items() if target.is_a(resource_id.CONNECTION_TYPE)
    ] == [text, text]


def test_a_file_of_parameters_has_no_key():
    made = deployment(hub(4, 5))
    assert parameters_file(made) == {
        '$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
        'contentVersion': '1.0.0.0',
        'parameters': {'key1': {'value': ''}, 'key2': {'value': ''}},
    }
    with pytest.raises(KeyError):
        with_keys(made, {'key1': SharedKey('one')})


def test_steps_are_done_before_by_the_deployment_or_not_with_one():
    pairs = [
        samples.pair(tunnel=Tunnel(dpd_timeout=30), key=SharedKey('one')),
        samples.pair(end2=samples.end(5, 2, 'westus')),
        samples.pair(end2=samples.end(6, 2, 'westus')),
    ]
    updating = samples.site(6, 1, 'westus', gateway=samples.gateway(6, 'westus', state='Updating'), half=None)
    stranger = samples.half(1, 4, 'eastus', id=samples.vnet_id(1).sibling(resource_id.CONNECTION_TYPE, 'old'))
    site1 = replace(FULL.end1, connections=(stranger,))
    observed = [
        replace(FULL, end1=site1),
        ObservedPair(replace(site1, half=None), samples.nothing()),
        ObservedPair(replace(site1, half=None), updating),
    ]
    states = compare_all(pairs, observed)
    plan = plan_topology(states, unnamed_connections(states, ()))
    assert names_of(quick_steps(plan)) == ['create TestRG5', 'create TestVNet5', 'create VNet5GWIP']
    assert names_of(handed_over(plan)) == [
        'create VNet5GW',
        'create TestVNet1ToTestVNet5',
        'create TestVNet5ToTestVNet1',
        'create TestVNet1ToTestVNet6',
        'create TestVNet6ToTestVNet1',
    ]
    assert names_of(left_over(plan)) == [
        'delete old',
        'update TestVNet1ToTestVNet4',
        'update TestVNet1ToTestVNet4',
        'update TestVNet4ToTestVNet1',
        'update TestVNet4ToTestVNet1',
    ]
    waits = {step.id for step in plan.steps} - {
        step.id for steps in (quick_steps(plan), handed_over(plan), left_over(plan)) for step in steps
    }
    assert [one.name for one in waits] == ['VNet6GW']
    quick = quick_steps(plan)
    assert {need for step in quick for need in step.needs} <= {step.id for step in quick}


def test_quick_steps_wait_for_what_azure_still_makes():
    site1 = samples.site(
        1,
        4,
        'eastus',
        vnet=replace(samples.vnet(1, 'eastus', False), state='Updating'),
        gateway=None,
        public_ips=(replace(samples.public_ip(1, 'eastus', samples.ZONES), state='Updating'),),
        half=None,
    )
    plan = samples.plan_pair(samples.pair(), ObservedPair(site1, replace(FULL.end2, half=None)))
    assert names_of(quick_steps(plan)) == ['wait TestVNet1', 'wait VNet1GWIP'] and left_over(plan) == ()


def test_a_failed_half_and_a_gateway_to_be_changed_are_left_over():
    pair = samples.pair(end1=samples.end(1, 1, 'eastus', enable_bgp=True))
    plan = samples.plan_pair(
        pair, ObservedPair(FULL.end1, replace(FULL.end2, half=replace(FULL.end2.half, state=FAILED)))
    )
    assert names_of(left_over(plan)) == ['update VNet1GW', 'update TestVNet4ToTestVNet1']
    assert handed_over(plan) == () == quick_steps(plan) and is_one_tenant(plan)


def test_two_tenants_are_told_whichever_half_is_missing():
    pair = samples.pair(end2=samples.end(4, 2, 'westus', tenant='tenant-b'))
    for observed in (
        NOTHING,
        ObservedPair(replace(FULL.end1, half=None), FULL.end2),
        ObservedPair(FULL.end1, replace(FULL.end2, half=None)),
    ):
        plan = samples.plan_pair(pair, observed)
        assert not is_one_tenant(plan)


@pytest.mark.parametrize(
    'plan, flaws',
    [
        (mesh(23), []),
        (mesh(24), ['276 shared keys; Azure takes 256 at most']),
        (
            mesh(29),
            [
                '812 resources in one resource group; Azure takes 800 at most',
                '406 shared keys; Azure takes 256 at most',
            ],
        ),
    ],
)
def test_what_azure_would_refuse_as_too_large_is_told_with_a_way_out(plan, flaws):
    made = deployment(plan, 'backbone')
    found = check_size(made)
    assert [one.message for one in found] == [f'Deployment {made.name} would have {flaw}' for flaw in flaws]
    assert all('several topology files, or omit --no-wait' in one.recommendation for one in found)


def test_tags_count_too():
    made = deployment(mesh(20, tags={f'name{number}': 'x' * 256 for number in range(12)}), 'backbone')
    assert [re.sub(r'have \d{7} ', 'have N ', one.message) for one in check_size(made)] == [
        f'Deployment {made.name} would have N bytes for one resource group; Azure takes 1048576 at most'
    ]
