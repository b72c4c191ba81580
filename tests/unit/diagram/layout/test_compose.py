"""Where everything stands in a drawing."""

from collections import Counter
from itertools import combinations, pairwise

import pytest

from azext_vnet2vnet.diagram.layout.compose import draw
from azext_vnet2vnet.diagram.layout.text import shortened, width_of
from azext_vnet2vnet.diagram.model import Health, picture_of
from tests.unit.networks import NAMES, NETWORKS

each_network = pytest.mark.parametrize('pairs', NETWORKS.values(), ids=NETWORKS)


def picture(pairs):
    return picture_of(pairs, NAMES)


@each_network
def test_cards_stand_apart_and_inside_the_frame_of_their_region(pairs):
    drawing = draw(picture(pairs))
    assert {card.vnet for card in drawing.cards} == set(picture(pairs).vnets)
    assert {frame.region for frame in drawing.frames} == set(picture(pairs).regions)
    assert not [
        (one, other)
        for parts in (drawing.cards, drawing.frames)
        for one, other in combinations(parts, 2)
        if one.box.grown(8).overlaps(other.box.grown(8))
    ]
    assert not [two for two in combinations(drawing.labels, 2) if two[0].box.overlaps(two[1].box)]
    for frame in drawing.frames:
        inside = {card.vnet for card in drawing.cards if frame.box.overlaps(card.box)}
        assert inside == set(frame.region.vnets)
        assert not any(frame.title.overlaps(part.box) for part in (*drawing.cards, *drawing.labels))
        assert all(
            frame.box.contains(corner)
            for card in drawing.cards
            if card.vnet in inside
            for corner in (
                card.box.centre,
                card.box.centre.moved(-card.box.width / 2, -card.box.height / 2),
                card.box.centre.moved(card.box.width / 2, card.box.height / 2),
            )
        )


@each_network
def test_lines_run_from_card_to_card_and_through_no_card_and_no_title(pairs):
    drawing = draw(picture(pairs))
    boxes = {card.vnet.gateway_id: card.box for card in drawing.cards}
    assert Counter(wire.link for wire in drawing.wires) == Counter(picture(pairs).links)
    for wire in drawing.wires:
        for gateway, point in zip(wire.link.gateways, (wire.points[0], wire.points[3]), strict=True):
            assert boxes[gateway].grown(0.1).contains(point) and not boxes[gateway].grown(-0.1).contains(point)
        hidden = [card.box.grown(-0.1) for card in drawing.cards] + [frame.title.grown(-17) for frame in drawing.frames]
        assert not [box for box in hidden for point in wire.trace(40) if box.contains(point)]
    ends_ = [point for wire in drawing.wires for point in (wire.points[0], wire.points[3])]
    assert len(set(ends_)) == len(ends_)


@each_network
def test_labels_hide_no_card_and_lie_on_their_link(pairs):
    drawing = draw(picture(pairs))
    wires = {wire.link: wire for wire in drawing.wires}
    for label in drawing.labels:
        assert not any(label.box.overlaps(card.box) for card in drawing.cards)
        assert any(label.box.contains(point) for point in wires[label.link].trace(100))
    unhealthy = {link for link in picture(pairs).links if link.health is not Health.HEALTHY}
    assert len(unhealthy - {label.link for label in drawing.labels}) == drawing.unlabelled


@pytest.mark.parametrize(
    'name',
    [
        'hub and spokes',
        'hubs',
        'star of 5 in 1',
        'star of 5 in 5',
        'triangles apart',
        'troubled',
        'mesh of 3 in 2',
        'mesh of 4 in 1',
        'mesh of 4 in 2',
    ],
)
def test_lines_do_not_cross_where_they_need_not(name):
    traces = [wire.trace(30) for wire in draw(picture(NETWORKS[name])).wires]
    assert not [
        (one, other)
        for one, other in combinations(traces, 2)
        if any(cross(*step, *far) for step in pairwise(one) for far in pairwise(other))
    ]


def cross(start, end_, far_start, far_end):
    """Whether two straight lines cross."""

    def turn(one, two, three):
        return (two.x - one.x) * (three.y - one.y) - (two.y - one.y) * (three.x - one.x)

    return (
        turn(start, end_, far_start) * turn(start, end_, far_end) < 0
        and turn(far_start, far_end, start) * turn(far_start, far_end, end_) < 0
    )


def test_a_pair_in_one_region_lies_side_by_side():
    drawing = draw(picture(NETWORKS['two in a place']))
    one, other = (card.box for card in drawing.cards)
    assert one.y == other.y and one.right < other.x
    assert len({point.y for point in drawing.wires[0].points}) == 1


def test_a_hub_stands_between_its_spokes():
    drawing = draw(picture(NETWORKS['hub and spokes']))
    boxes = {card.vnet.name: card.box for card in drawing.cards}
    assert boxes['tokyo-a'].right < boxes['hub'].x and boxes['hub'].right < boxes['lab'].x
    assert boxes['data'].bottom < boxes['hub'].y and boxes['hub'].bottom < boxes['web'].y


def test_a_text_is_shortened_to_its_room():
    assert shortened('short', 100, 12) == 'short'
    cut = shortened('W' * 50, 100, 12)
    assert cut.endswith('…') and 50 < width_of(cut, 12) <= 100 and cut[:-1] == 'W' * (len(cut) - 1)
    assert width_of('日本', 12) > width_of('ab', 12) > width_of('il', 12)
    assert shortened('W', 1, 12) == '…'
