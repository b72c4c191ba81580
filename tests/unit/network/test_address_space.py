"""Address ranges: overlaps, insides, and where a GatewaySubnet finds room."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_vnet2vnet.network.address_space import contains, highest_free, overlaps, parse_prefix

LENGTHS = (27, 28, 29)


@pytest.mark.parametrize(
    'text', ['10.0.0.0', '10.0.0.1/24', '10.0.0.0/33', '300.0.0.0/8', 'ten/8', '', '10.52.255.0.0/27']
)
def test_what_is_no_prefix_is_refused(text):
    with pytest.raises(ValueError):
        parse_prefix(text)


def test_overlaps_names_the_pairs():
    assert overlaps(['10.1.0.0/16', '10.2.0.0/16', 'fd00::/48'], ['10.2.3.0/24', '10.9.0.0/16', 'fd01::/48']) == [
        ('10.2.0.0/16', '10.2.3.0/24')
    ]


@pytest.mark.parametrize(
    'prefix, inside',
    [
        ('10.11.0.0/24', True),
        ('10.11.0.0/16', True),
        ('10.13.0.0/24', False),
        ('10.10.0.0/15', False),
        ('fd00::/64', False),
    ],
)
def test_contains(prefix, inside):
    assert contains(['10.11.0.0/16', '10.12.0.0/16'], prefix) is inside


@pytest.mark.parametrize(
    'space, taken, found',
    [
        (['10.11.0.0/16', '10.12.0.0/16'], ['10.11.0.0/24', '10.12.0.0/24'], '10.12.255.224/27'),
        (['10.12.0.0/16', '10.11.0.0/16'], ['10.12.255.224/27'], '10.12.255.192/27'),
        (['10.12.0.0/16', '10.11.0.0/16'], ['10.12.0.0/16'], '10.11.255.224/27'),
        (['10.0.0.0/24'], ['10.0.0.0/25', '10.0.0.240/28'], '10.0.0.192/27'),
        (['10.0.0.0/26'], ['10.0.0.8/29', '10.0.0.40/29'], '10.0.0.48/28'),
        (['10.0.0.0/28'], ['10.0.0.0/29'], '10.0.0.8/29'),
        (['10.0.0.0/29'], [], '10.0.0.0/29'),
        (['10.0.0.0/24'], ['10.0.0.0/24'], None),
        (['10.0.0.0/30'], [], None),
        (['fd00::/48'], [], None),
        ([], [], None),
    ],
)
def test_highest_free(space, taken, found):
    assert highest_free(space, taken, LENGTHS) == found


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(24, 30)), max_size=20))
def test_the_highest_free_prefix_is_what_trying_all_of_them_finds(subnets):
    space = ip_network('10.0.0.0/24')
    taken = [
        ip_network((int(space.network_address) + (offset >> (32 - length) << (32 - length)), length))
        for offset, length in subnets
    ]
    expected = next(
        (
            str(candidate)
            for length in LENGTHS
            for candidate in reversed(list(space.subnets(new_prefix=length)))
            if not any(candidate.overlaps(other) for other in taken)
        ),
        None,
    )
    assert highest_free([str(space)], [str(other) for other in taken], LENGTHS) == expected
