"""Resource ids: what is parsed is printed again, and case makes no difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId

VNET = '/subscriptions/s1/resourceGroups/TestRG1/providers/Microsoft.Network/virtualNetworks/TestVNet1'
NAMES = st.text('abcdefgXYZ0123456789-_.()', min_size=1, max_size=12)


@pytest.mark.parametrize(
    'text, type_, names',
    [
        ('/subscriptions/s1/resourceGroups/g', resource_id.GROUP_TYPE, ()),
        (VNET, resource_id.VNET_TYPE, ('TestVNet1',)),
        (f'{VNET}/subnets/GatewaySubnet', resource_id.SUBNET_TYPE, ('TestVNet1', 'GatewaySubnet')),
    ],
)
def test_parts_of_an_id(text, type_, names):
    parsed = ResourceId.parse(text)
    assert (parsed.subscription, parsed.type, parsed.names, str(parsed)) == ('s1', type_, names, text)


@given(NAMES, NAMES, st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=4))
def test_what_is_parsed_is_printed_again(subscription, group, pairs):
    path = '/'.join(part for pair in pairs for part in pair)
    text = f'/subscriptions/{subscription}/resourceGroups/{group}/providers/Some.Namespace/{path}'
    assert str(ResourceId.parse(text)) == text


def test_case_makes_no_difference():
    one, other = ResourceId.parse(VNET), ResourceId.parse(VNET.upper().replace('/SUBSCRIPTIONS', '/subscriptions'))
    assert one == other and hash(one) == hash(other) and not one < other and len({one, other}) == 1


@pytest.mark.parametrize(
    'text',
    [
        '',
        'TestVNet1',
        '/subscriptions/s1',
        '/subscriptions/s1/resourceGroups/',
        f'{VNET}/subnets',
        f'{VNET}//x',
        '/subscriptions/s1/resourceGroups/g/providers/Microsoft.Network',
        VNET.replace('TestRG1', 'Test RG1'),
    ],
)
def test_what_is_no_id_is_refused(text):
    with pytest.raises(ValueError):
        ResourceId.parse(text)


def test_relatives():
    vnet = ResourceId.parse(VNET)
    subnet = resource_id.gateway_subnet_of(vnet)
    assert str(subnet) == f'{VNET}/subnets/GatewaySubnet'
    assert subnet.parent == vnet and vnet.parent == vnet.group_id == ResourceId('s1', 'TestRG1')
    connection = vnet.sibling(resource_id.CONNECTION_TYPE, 'c')
    assert str(resource_id.shared_key_of(connection)).endswith('/connections/c/sharedkey')
