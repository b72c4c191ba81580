"""A network that exists as text: the formats of `export`."""
from typing import Callable, Mapping, Sequence

from azext_vnet2vnet.domain.observed_pair import ObservedPair
from azext_vnet2vnet.formats.diagram import picture_of
from azext_vnet2vnet.formats.mermaid import mermaid
from azext_vnet2vnet.formats.svg import svg
from azext_vnet2vnet.formats.topology_file import write_topology_file

Names = Mapping[str, str]  # Of subscriptions, by id in lower case.
Writer = Callable[[Sequence[ObservedPair], Names], str]

WRITERS: Mapping[str, Writer] = {
    'topology': lambda pairs, names: write_topology_file('network', pairs, names),
    'mermaid': lambda pairs, names: mermaid(picture_of(pairs, names)),
    'svg': lambda pairs, names: svg(picture_of(pairs, names)),
}
