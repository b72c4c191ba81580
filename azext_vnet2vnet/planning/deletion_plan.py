"""Delete a pair that exists, with its gateways if asked; and how a deletion goes on that was cut off."""

from collections.abc import Iterator

from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.observed import ObservedConnection
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, GATEWAY_TYPE, PUBLIC_IP_TYPE, ResourceId
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from azext_vnet2vnet.planning.update_plan import planned


def plan_deletion(pair: ObservedPair, with_gateways: bool) -> Plan:
    """Both connections, then the gateways, then their public IPs, without waiting for the other end's.

    The named half goes only when Azure has accepted the deletion of the other one: a run that dies before that still
    finds the pair.
    """
    far = pair.end2.half
    follows = (far.id,) if far else ()
    halves = [delete_connection(half, follows if half is pair.end1.half else ()) for half in reversed(pair.halves)]
    gateways = _gateway_deletions(pair, tuple(step.id for step in halves)) if with_gateways else ()
    return Plan((*halves, *gateways), (planned(pair),))


def delete_connection(connection: ObservedConnection, follows: tuple[ResourceId, ...] = ()) -> Step:
    """The step that deletes a connection."""
    return Step(
        connection.id,
        Action.DELETE,
        lock=connection.gateway,
        far_lock=connection.far_gateway,
        follows=follows,
        disturbs=True,
    )


def _gateway_deletions(pair: ObservedPair, halves: tuple[ResourceId, ...]) -> Iterator[Step]:
    for gateway in (end.gateway for end in pair.ends if end.gateway):
        yield Step(gateway.id, Action.DELETE, halves, lock=gateway.id, disturbs=True)
        for public_ip in gateway.public_ip_ids:
            yield Step(public_ip, Action.DELETE, (gateway.id,), disturbs=True)


def commands_by_id(plan: Plan) -> str:
    """What a user types to have the gateways and public IPs of a deletion deleted; empty where it has none."""
    nouns = (('vnet-gateway', _ids(plan, GATEWAY_TYPE)), ('public-ip', _ids(plan, PUBLIC_IP_TYPE)))
    return ', then '.join(f'az network {noun} delete --ids {" ".join(map(quoted, ids))}' for noun, ids in nouns if ids)


def resumption_of_deletion(plan: Plan, named: ResourceId, again: str) -> tuple[str, str]:
    """What a user does to go on with a deletion of which this is left, and what if that finds no connection.

    It is `again`, the same command, while the half that it names may exist; then the other half leads to the rest, and
    then nothing does.
    """
    rest = commands_by_id(plan)
    gateways = ' --gateways' if rest else ''
    ways = [
        again if half == named else f'run az vnet2vnet delete --ids {quoted(half)}{gateways}'
        for half in reversed(_ids(plan, CONNECTION_TYPE))
    ]
    if rest:
        ways.append(f'run {rest}')
    conditions = ('Where that finds no connection any more', 'where that finds none either')
    return ways[0], '; '.join(f'{condition}, {way}' for condition, way in zip(conditions, ways[1:], strict=False))


def _ids(plan: Plan, type_: str) -> list[ResourceId]:
    return [step.id for step in plan.steps if step.id.is_a(type_)]
