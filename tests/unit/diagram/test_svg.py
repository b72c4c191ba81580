"""A picture as an SVG: what it says, and that it is whole and safe."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from azext_vnet2vnet.diagram.layout.compose import draw
from azext_vnet2vnet.diagram.layout.text import width_of
from azext_vnet2vnet.diagram.model import LINE_STYLES, Health, picture_of
from azext_vnet2vnet.diagram.svg import summary_of, svg
from tests.unit import networks
from tests.unit.networks import NAMES, NETWORKS, end, ends, mesh, pair, troubled, with_gateway, without_half

SVG = '{http://www.w3.org/2000/svg}'


def picture(pairs):
    return picture_of(pairs, NAMES)


def document(pairs, names=None):
    return ElementTree.fromstring(svg(picture_of(pairs, names or NAMES)))


def texts(root):
    return [element.text for element in root.iter(f'{SVG}text')]


def curves(root):
    """The line of each link: the last path of its group."""
    return [group.findall(f'{SVG}path')[-1] for group in root.iter(f'{SVG}g') if group.get('class') == 'link']


@pytest.mark.parametrize('pairs', NETWORKS.values(), ids=NETWORKS)
def test_everything_lies_inside_the_view_box(pairs):
    root = document(pairs)
    _, _, width, height = map(float, root.get('viewBox').split())
    assert (float(root.get('width')), float(root.get('height'))) == (width, height)
    heights = {text.text: float(text.get('y')) for text in root.iter(f'{SVG}text')}
    head, foot = heights[summary_of(picture(pairs))], heights[f'Healthy ({picture(pairs).count(Health.HEALTHY)})'] - 20
    background, *boxes = (
        tuple(float(box.get(name)) for name in ('x', 'y', 'width', 'height')) for box in root.iter(f'{SVG}rect')
    )
    assert background == (0, 0, width, height)
    assert all(x > 0 and x + w < width and head < y and y + h < foot for x, y, w, h in boxes)
    for curve in curves(root):
        points = list(map(float, re.findall(r'[-\d.]+', curve.get('d'))))
        assert len(points) == 8 and all(0 <= x <= width for x in (points[0], points[6]))
        assert all(0 <= y <= height for y in (points[1], points[7]))
    box = draw(picture(pairs)).box
    assert (round(box.x, 6), round(box.y, 6)) == (0, 0) and box.width < width and box.height < height
    for text in root.iter(f'{SVG}text'):
        x, size = float(text.get('x')), float(text.get('font-size'))
        share = 0.5 if text.get('text-anchor') == 'middle' else 0
        room = width_of(text.text, size, text.get('font-weight') == '600')
        assert x - share * room > 0 and x + (1 - share) * room < width and size < float(text.get('y')) < height


def test_the_same_network_gives_the_same_bytes_in_whatever_order_and_process():
    pairs = troubled()
    expected = svg(picture(pairs))
    assert svg(picture(pairs[::-1])) == expected
    script = (
        'from tests.unit.diagram import test_svg as t; import sys; '
        'sys.stdout.buffer.write(t.svg(t.picture(t.troubled())).encode())'
    )
    for seed in ('1', '2'):
        run = subprocess.run(
            [sys.executable, '-c', script],
            env={**os.environ, 'PYTHONHASHSEED': seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
        )
        assert run.stdout == expected.encode()
    assert not re.search(r'\d\.\d\d', ' '.join(re.findall(r' (?:d|x|y|cx|cy|width|height)="([^"]*)"', expected)))


def test_health_shows_by_colour_and_by_dashes():
    root = document(troubled())
    strokes = {
        health: (style.colour, ' '.join(map(str, style.dashes)) or None) for health, style in LINE_STYLES.items()
    }
    assert len({colour for colour, _ in strokes.values()}) == len({dashes for _, dashes in strokes.values()}) == 4
    drawn = Counter((curve.get('stroke'), curve.get('stroke-dasharray')) for curve in curves(root))
    assert drawn == {strokes[Health.UNHEALTHY]: 3, strokes[Health.UNKNOWN]: 2, strokes[Health.WARNING]: 1}
    assert {'Healthy (0)', 'Warning (1)', 'Unhealthy (3)', 'Unknown (2)'} <= set(texts(root))
    assert {
        'NotConnected',
        'not-connected',
        'half-missing',
        'gateway-replaced',
        'far-end-unreadable',
        'sku-retired',
        'Updating',
        'connection-updating',
        'not visible to this login',
        'gateway does not exist',
    } <= set(texts(root))


def test_an_end_without_a_connection_has_an_open_dot():
    def dots(pairs):
        return Counter(dot.get('fill') for dot in document(pairs).iter(f'{SVG}circle') if dot.get('r') == '4')

    colour = LINE_STYLES[Health.UNHEALTHY].colour
    both, without = [pair(*ends(2), status='NotConnected')], [without_half(pair(*ends(2)))]
    assert (dots(both)[colour], dots(both)['#ffffff']) == (2, 1)  # The open one of the legend.
    assert (dots(without)[colour], dots(without)['#ffffff']) == (1, 2)


def test_cards_tell_of_address_space_and_gateway_and_leave_no_room_for_what_none_has():
    east = with_gateway(end('east', 'eastus'), asn=65010, enable_bgp=True, active_active=True)
    west = end('west', 'westus', 's2')
    shown = texts(document([pair(east, west, tunnel=networks.BGP)]))
    assert {
        'east',
        *east.vnet.address_prefixes,
        'east-gw',
        'VpnGw2AZ · Generation2',
        'ASN 65010 · active-active',
        'ASN 65515',
        'Contoso Production',
        'Contoso Test',
        'eastus',
        'westus',
        '2 VNets · 2 regions · 2 subscriptions · 1 pair',
    } <= set(shown)
    plain = draw(picture([pair(end('east', 'eastus'), west)]))
    assert plain.cards[0].box.height < draw(picture([pair(east, west)])).cards[0].box.height


def test_among_many_links_only_those_at_fault_are_labelled():
    pairs = networks.large_mesh()
    assert 'Connected' not in texts(document(pairs)) and len(curves(document(pairs))) == 435
    pairs[200] = pair(*pairs[200].ends, status='NotConnected')
    assert Counter(texts(document(pairs)))['not-connected'] == 1
    failed = document(mesh(ends(30, 5, 2), status='NotConnected'))
    labelled = Counter(texts(failed))['not-connected']
    assert 20 < labelled <= 60 and f'{435 - labelled} more pairs are not healthy: point at them' in texts(failed)


def test_names_cannot_be_markup():
    name = 'R&D <script>alert("1")</script> \' ]]>\x00\x0b\ud800'
    text = svg(picture_of([pair(*ends(2, 2))], {'s1': name}))
    root = ElementTree.fromstring(text.encode())
    assert name[:32] in ''.join(root.itertext()) and '<script' not in text
    assert not [character for character in text if character in '\x00\x0b\ud800']


def test_long_names_are_shortened_and_whole_in_a_title():
    name = 'a-virtual-network-' * 3 + 'end'
    root = document([pair(end(name, 'eastus'), end('b', 'eastus'))])
    shown = [text for text in texts(root) if text.startswith('a-virtual')]
    assert len(shown) == 2 and all(text.endswith('…') and name.startswith(text[:-1]) for text in shown)
    assert {name, f'{name}-gw'} <= {title.text for title in root.iter(f'{SVG}title')}


def test_the_document_needs_nothing_else():
    text = svg(picture(troubled()))
    assert not re.search(r'<script|href|url\(|@import|onclick|onload', text)
    assert re.findall(r'https?://[^"]*', text) == ['http://www.w3.org/2000/svg']


def test_an_empty_picture_is_a_document_too():
    assert 'No pairs' in texts(document([]))
