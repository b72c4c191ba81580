"""A network that exists as files for Azure Resource Manager: a template, and the parameters that it needs."""

import json
from collections.abc import Mapping, Sequence

from azext_vnet2vnet.arm.template import Deployment, parameters_file
from azext_vnet2vnet.network.command_line import command_line
from azext_vnet2vnet.network.desired import Connection
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.planning.plan import Action, Plan, PlannedPair, Step


def plan_of_existing(pairs: Sequence[ObservedPair], tenants: Mapping[str, str]) -> Plan:
    """The plan that would create the connections of pairs as they are, between gateways that exist.

    `tenants` are those of subscriptions, by id in lower case.
    """
    steps, planned = [], []
    for pair in pairs:
        for half in pair.halves:
            assert half.gateway and half.far_gateway  # As of every half of a pair.
            near, far = (tenants.get(gateway.subscription.lower(), '') for gateway in (half.gateway, half.far_gateway))
            connection = Connection(
                half.id,
                half.location,
                half.gateway,
                half.far_gateway,
                near,
                far,
                half.tunnel.without_defaults(),
                half.tags or None,
                half.protocol,
                half.weight,
            )
            steps.append(Step(half.id, Action.CREATE, (), connection))
        half1, half2 = (end.half.id if end.half else None for end in pair.ends)
        planned.append(PlannedPair((half1, half2), vnets=tuple(end.vnet_id or end.gateway_id for end in pair.ends)))
    return Plan(tuple(steps), tuple(planned))


def reason_to_omit(pair: ObservedPair, tenants: Mapping[str, str]) -> str | None:
    """Why a template cannot create the pair as it is; None where it can."""
    if len({tenants.get(end.gateway_id.subscription.lower(), '') for end in pair.ends}) > 1:
        return 'a deployment does not write across tenants'
    more = sorted({name for half in pair.halves for name in half.more})
    return f'the template would not have its {", ".join(more)}' if more else None


def texts_of(deployment: Deployment) -> tuple[str, str]:
    """The texts of two files: the template, and its parameters with keys to be filled in."""
    template, parameters = (
        json.dumps(content, indent=2) for content in (deployment.template, parameters_file(deployment))
    )
    return f'{template}\n', f'{parameters}\n'


def command_of(deployment: Deployment, file: str, parameters: str) -> str:
    """The command that deploys the files."""
    home = deployment.home
    where = ['--subscription', home.subscription, '--resource-group', home.group, '--name', deployment.name]
    files = ['--template-file', file, '--parameters', parameters]
    return command_line(['az', 'deployment', 'group', 'create', *where, *files])
