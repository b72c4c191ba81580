"""The shape of a pair that `create` returns, with what is left to another administrator where there is one."""

from collections.abc import Mapping

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.health import HALF
from azext_vnet2vnet.cli.far_end import far_command, far_rights
from azext_vnet2vnet.cli.output import Changes, diagnostic_json, pair_shape
from azext_vnet2vnet.network.desired import Pair
from azext_vnet2vnet.network.observed import CONNECTED, Observed, ObservedConnection
from azext_vnet2vnet.network.pair import ObservedPair, observed_end


def created_shape(pair: Pair, observed: Observed, changes: Changes) -> dict:
    """The pair as JSON; `changes` is what the command did to it."""
    found = ObservedPair(*map(observed_end, pair.ends, observed.sites))
    shape = pair_shape(found, changes)
    far_end = _far_end(pair, observed)
    if not far_end:
        return shape
    return {**shape, 'name': pair.connection_name(pair.end1), **_one_sided(found.halves[0], far_end), 'farEnd': far_end}


def _far_end(pair: Pair, observed: Observed) -> dict | None:
    """What is left to the other administrator, where this one wrote one end only."""
    for end, site in zip(pair.ends, observed.sites):
        if pair.far(end).is_foreign:
            gateway = site.vpn_gateway.id if site.vpn_gateway else end.gateway
            return {'command': far_command(pair, gateway, site.half), 'rights': far_rights(pair)}
    return None


def _one_sided(half: ObservedConnection, far_end: Mapping) -> dict:
    """Status and reasons of a pair of which only one half can be seen."""
    if half.status == CONNECTED:
        return {'status': CONNECTED, 'healthy': True, 'reasons': []}
    reason = rules.HALF_MISSING.found(
        f'{half.id} waits for its other half, which the other administrator makes',
        f'The other administrator runs: {far_end["command"]}',
    )
    return {'status': HALF, 'healthy': False, 'reasons': [diagnostic_json(reason)]}
