"""A picture as a Mermaid flowchart, in the syntax that GitHub draws."""

from collections import Counter
from collections.abc import Iterable, Iterator
from html.entities import html5
from string import punctuation

from azext_vnet2vnet.diagram.layout.labels import MANY
from azext_vnet2vnet.diagram.line_styles import STROKES
from azext_vnet2vnet.diagram.model import DrawnVnet, Health, Picture

_PLAIN = '._-/,:()~'
_UNSEEN = 'classDef unseen stroke-dasharray:5 4'
# By name: Mermaid's own way, such as #35;, is not read in all titles of subgraphs (seen with 11.16).
_ENTITIES = {
    character: min(
        (name for name, text in html5.items() if text == character and name.endswith(';')),
        key=lambda name: (len(name), not name.islower(), name),
    )
    for character in punctuation
    if character not in _PLAIN
}


def mermaid(picture: Picture) -> str:
    """The flowchart; the same picture gives the same text. GitHub draws 500 links and 50000 characters at most."""
    return '\n'.join(_lines(picture)) + '\n'


def _lines(picture: Picture) -> Iterator[str]:
    yield 'flowchart LR'
    if not picture.places:
        yield '    none["No pairs"]'
    nodes = {vnet.gateway_id: f'v{number}' for number, vnet in enumerate(picture.vnets, start=1)}
    for number, place in enumerate(picture.places, start=1):
        yield f'    subgraph p{number}[{_text((f"{place.title}, {place.subscription}",))}]'
        for vnet in place.vnets:
            yield f'        {nodes[vnet.gateway_id]}[{_text(_facts(vnet))}]{":::unseen" if vnet.note else ""}'
        yield '    end'
    degrees = Counter(gateway for link in picture.links for gateway in link.gateways)
    for link in picture.links:
        # Mermaid puts what comes first to the left: hubs.
        one, other = map(nodes.get, sorted(link.gateways, key=lambda gateway: -degrees[gateway]))
        is_plain = link.health is Health.HEALTHY and len(picture.links) >= MANY
        yield f'    {one} --- {other}' if is_plain else f'    {one} ---|{_text((link.state, *link.codes))}| {other}'
    yield from _styles(picture)


def _facts(vnet: DrawnVnet) -> Iterable[str]:
    gateway = vnet.gateway_id.name
    return vnet.name, vnet.prefixes, '' if vnet.name == f'({gateway})' else gateway, vnet.kind, vnet.details


def _styles(picture: Picture) -> Iterator[str]:
    for health, stroke in STROKES.items():
        numbers = [str(number) for number, link in enumerate(picture.links) if link.health is health]
        if numbers:
            dashes = f',stroke-dasharray:{" ".join(map(str, stroke.dashes))}' if stroke.dashes else ''
            yield f'    linkStyle {",".join(numbers)} stroke:{stroke.colour},stroke-width:2px{dashes}'
    if any(vnet.note for vnet in picture.vnets):
        yield f'    {_UNSEEN}'


def _text(lines: Iterable[str]) -> str:
    """Lines in quotes."""
    return '"' + '<br/>'.join(''.join(map(_written, line)) for line in lines if line) + '"'


def _written(character: str) -> str:
    """The character, by its name where it could be markup; a blank for what is not printed."""
    if character in _ENTITIES:
        return f'&{_ENTITIES[character]}'
    return character if character.isprintable() else ' '
