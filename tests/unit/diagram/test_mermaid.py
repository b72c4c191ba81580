"""A picture as a Mermaid flowchart."""

import html
import re
from string import punctuation

from azext_vnet2vnet.diagram.mermaid import mermaid
from azext_vnet2vnet.diagram.model import picture_of
from tests.unit import networks
from tests.unit.networks import NAMES, end, gone, pair, unreadable, with_gateway, without_half


def chart(pairs, names=None):
    return mermaid(picture_of(pairs, names or NAMES))


def test_a_network_is_drawn_as_a_flowchart_with_regions_vnets_and_links():
    east, west = end('east', 'eastus'), with_gateway(end('west', 'westus', 's2'), sku='VpnGw1', active_active=True)
    prefixes = [one.vnet.address_prefixes[0] for one in (east, west)]
    assert (
        chart(
            [
                pair(west, east),
                without_half(pair(east, end('lab', 'eastus'), tunnel=networks.BGP)),
                pair(east, gone('old', 's2')),
                pair(east, unreadable('partner')),
            ]
        )
        == f"""\
flowchart LR
    subgraph p1["eastus, Contoso Production"]
        v1["east<br/>{prefixes[0]}<br/>east-gw<br/>VpnGw2AZ · Generation2<br/>ASN 65515"]
        v2["lab<br/>{end('lab', '').vnet.address_prefixes[0]}<br/>lab-gw<br/>VpnGw2AZ · Generation2<br/>ASN 65515"]
    end
    subgraph p2["westus, Contoso Test"]
        v3["west<br/>{prefixes[1]}<br/>west-gw<br/>VpnGw1 · Generation2<br/>ASN 65515 · active-active"]
    end
    subgraph p3["region not known, Contoso Test"]
        v4["(old-gw)<br/>gateway does not exist"]:::unseen
        v5["(partner-gw)<br/>not visible to this login"]:::unseen
    end
    v1 ---|"Half · BGP<br/>half-missing"| v2
    v1 ---|"Half<br/>gateway-replaced"| v4
    v1 ---|"FarEndUnreadable<br/>far-end-unreadable"| v5
    v1 ---|"Connected<br/>sku-retired"| v3
    linkStyle 3 stroke:#b86e00,stroke-width:2px,stroke-dasharray:14 5 3 5
    linkStyle 0,1 stroke:#d1242f,stroke-width:2px,stroke-dasharray:7 5
    linkStyle 2 stroke:#6e7781,stroke-width:2px,stroke-dasharray:2 5
    classDef unseen stroke-dasharray:5 4
"""
    )


def test_names_cannot_be_markup():
    name = f'`1. {punctuation} %%{{init: {{}}}}%% <script>\n"end" é'
    text = chart([pair(end('a', 'eastus'), end('b', 'eastus'))], {'s1': name})
    title = re.search(r'subgraph p1\["(.*)"\]\n', text)[1]
    assert html.unescape(title) == f'eastus, {name}'.replace('\n', ' ')
    assert not set(title) & set('"<>`#%{}[]|*\\$')


def test_a_large_mesh_stays_within_what_github_draws_and_labels_only_what_is_not_healthy():
    pairs = networks.large_mesh()
    pairs[100] = pair(*pairs[100].ends, status='NotConnected')
    text = chart(pairs)
    assert text.count(' --- ') == 434 and text.count('---|"NotConnected<br/>not-connected"|') == 1
    assert len(text) < 50_000
    healthy, unhealthy = (set(found.split(',')) for found in re.findall('linkStyle ([0-9,]+) ', text))
    assert len(healthy) == 434 and len(unhealthy) == 1 and healthy | unhealthy == set(map(str, range(435)))
    links = [line for line in text.splitlines() if ' ---' in line]
    assert 'NotConnected' in links[int(unhealthy.pop())]


def test_hubs_come_first_in_their_links():
    links = re.findall(r'(v\d+) ---.* v\d+', chart(networks.hub_and_spokes()))
    assert len(links) == 7 and len(set(links)) == 1


def test_an_empty_picture_is_a_flowchart_too():
    assert chart([]) == 'flowchart LR\n    none["No pairs"]\n'
