"""A picture as a Mermaid flowchart, in the syntax that GitHub draws."""

from collections import Counter
from collections.abc import Iterable, Iterator
from html.entities import html5
from string import punctuation

from azext_vnet2vnet.diagram.layout.labels import MANY
from azext_vnet2vnet.diagram.model import LINE_STYLES, DrawnVnet, Health, Picture

_PLAIN = '._-/,:()~'
_UNSEEN = 'classDef unseen stroke-dasharray:5 4'
# By name: Mermaid's own entities, such as #35;, are not decoded in all titles of subgraphs (seen with 11.16).
_ENTITIES = {
    character: min(
        (name for name, text in html5.items() if text == character and name.endswith(';')),
        key=lambda name: (len(name), not name.islower(), name),
    )
    for character in punctuation
    if character not in _PLAIN
}


def mermaid(picture: Picture) -> str:
    """The flowchart; the same picture gives the same text. GitHub draws at most 500 links and 50000 characters."""
    return '\n'.join(_lines(picture)) + '\n'


def _lines(picture: Picture) -> Iterator[str]:
    yield 'flowchart LR'
    if not picture.regions:
        yield '    none["No pairs"]'
    nodes = {vnet.gateway_id: f'v{number}' for number, vnet in enumerate(picture.vnets, start=1)}
    for number, region in enumerate(picture.regions, start=1):
        yield f'    subgraph p{number}[{_text((f"{region.title}, {region.subscription}",))}]'
        for vnet in region.vnets:
            yield f'        {nodes[vnet.gateway_id]}[{_text(_facts(vnet))}]{":::unseen" if vnet.note else ""}'
        yield '    end'
    degrees = Counter(gateway for link in picture.links for gateway in link.gateways)
    for link in picture.links:
        # Mermaid draws the first node on the left, where hubs belong.
        one, other = (nodes[gateway] for gateway in sorted(link.gateways, key=lambda gateway: -degrees[gateway]))
        is_plain = link.health is Health.HEALTHY and len(picture.links) >= MANY
        yield f'    {one} --- {other}' if is_plain else f'    {one} ---|{_text((link.state, *link.codes))}| {other}'
    yield from _styles(picture)


def _facts(vnet: DrawnVnet) -> Iterable[str]:
    gateway = vnet.gateway_id.name
    return vnet.name, vnet.prefixes, '' if vnet.name == f'({gateway})' else gateway, vnet.kind, vnet.details


def _styles(picture: Picture) -> Iterator[str]:
    for health, style in LINE_STYLES.items():
        numbers = [str(number) for number, link in enumerate(picture.links) if link.health is health]
        if numbers:
            dashes = f',stroke-dasharray:{" ".join(map(str, style.dashes))}' if style.dashes else ''
            yield f'    linkStyle {",".join(numbers)} stroke:{style.colour},stroke-width:2px{dashes}'
    if any(vnet.note for vnet in picture.vnets):
        yield f'    {_UNSEEN}'


def _text(lines: Iterable[str]) -> str:
    """A quoted text of several lines."""
    return '"' + '<br/>'.join(''.join(map(_written, line)) for line in lines if line) + '"'


def _written(character: str) -> str:
    """The character, as an entity if it could be markup; a space if it is unprintable."""
    if character in _ENTITIES:
        return f'&{_ENTITIES[character]}'
    return character if character.isprintable() else ' '
