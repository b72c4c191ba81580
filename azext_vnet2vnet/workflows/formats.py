"""A network that exists as text: the formats of `export`."""

from collections.abc import Callable, Mapping, Sequence

from azext_vnet2vnet.diagram.mermaid import mermaid
from azext_vnet2vnet.diagram.model import picture_of
from azext_vnet2vnet.diagram.svg import svg
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.topology_file.writer import write_topology_file

Names = Mapping[str, str]  # Of subscriptions, by id in lower case.
Writer = Callable[[Sequence[ObservedPair], Names], str]

WRITERS: Mapping[str, Writer] = {
    'topology': lambda pairs, names: write_topology_file('network', pairs, names),
    'mermaid': lambda pairs, names: mermaid(picture_of(pairs, names)),
    'svg': lambda pairs, names: svg(picture_of(pairs, names)),
}
