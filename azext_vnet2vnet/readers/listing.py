"""List the pairs of a group, of a subscription, or of everything that the login can see."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from knack.log import get_logger

from azext_vnet2vnet.arm import from_json, resource_graph
from azext_vnet2vnet.arm.failures import LoginEnded, RequestFailed
from azext_vnet2vnet.arm.pages import Pages
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.network.observed import ObservedConnection, ObservedGateway
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair, Obstacle
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.readers.pair import read_gateway_end, tenants_of, with_half
from azext_vnet2vnet.readers.resources import obstacle_of, read_connection, read_optional

logger = get_logger(__name__)

_Read = tuple[ObservedGateway | None, Obstacle | None]


async def list_pairs(arm: Arm, accounts: Sequence[Account], scope: ResourceId | str | None) -> list[ObservedPair]:
    """The pairs with a half in the scope: a group, a subscription, or, where that is None, everything of the login."""
    return await Listing(arm, accounts).of_scope(scope)


class Listing:
    """One run of `list`: what it read, so that nothing is read twice."""

    def __init__(self, arm: Arm, accounts: Sequence[Account]):
        self._arm = arm
        self._tenants = tenants_of(accounts)
        self._known: dict[ResourceId, ObservedGateway] = {}
        self._gateways: dict[ResourceId, asyncio.Task[_Read]] = {}
        self._far_ends: dict[ResourceId, asyncio.Task[ObservedEnd]] = {}

    async def of_scope(self, scope: ResourceId | str | None) -> list[ObservedPair]:
        """The pairs with a half in a group, in a subscription, or in any of the login."""
        if scope is None:
            return await self.of_login()
        return await (self.of_subscription(scope) if isinstance(scope, str) else self.of_group(scope))

    async def of_halves(self, halves: Iterable[ResourceId]) -> list[ObservedPair]:
        """The pairs that these connections are halves of: each once, with status, sorted by the first half."""
        read = await asyncio.gather(*(self._read_half(half) for half in sorted(set(halves))))
        found: dict[tuple[ResourceId | None, ResourceId | None], ObservedConnection] = {
            (half.gateway, half.far_gateway): half for half in read if half and half.far_gateway
        }
        pairs = [(half, found.get((far, near))) for (near, far), half in found.items()]
        firsts = [(half, back) for half, back in pairs if back is None or half.id < back.id]
        return list(await asyncio.gather(*(self._pair(half, back) for half, back in firsts)))

    async def of_group(self, group: ResourceId) -> list[ObservedPair]:
        """The pairs with a half in the group; RequestFailed where it may not be read, or is not there."""
        listed = map(from_json.connection_from_arm, await self._arm.list_connections(group))
        return await self.of_halves(one.id for one in listed if one.far_gateway)

    async def of_subscription(self, subscription: str) -> list[ObservedPair]:
        """The pairs with a half in the subscription."""
        return await self.of_halves(await self._find_in(subscription))

    async def of_login(self) -> list[ObservedPair]:
        """The pairs with a half in any subscription of the login.

        Resource Graph finds them, tenant by tenant; where it may not be asked, each subscription is. How old what it
        says of a status is is not known: that comes from each connection itself.
        """
        by_tenant = sorted(
            (tenant, subscription) for subscription, tenant in self._tenants.items() if subscription != tenant
        )  # A tenant without subscriptions is kept as one.
        found = await asyncio.gather(
            *(
                self._find_in_tenant(tenant, [subscription for _, subscription in entries])
                for tenant, entries in groupby(by_tenant, key=lambda entry: entry[0])
            )
        )
        return await self.of_halves(half for halves in found for half in halves)

    async def _find_in_tenant(self, tenant: str, subscriptions: list[str]) -> list[ResourceId]:
        try:
            rows = await self._read_graph(subscriptions)
            if rows is None:
                return await self._find_one_by_one(subscriptions)
        except LoginEnded:
            logger.warning(
                'The login to tenant %s has ended: its pairs are left out. Run az login --tenant %s.', tenant, tenant
            )
            return []
        self._known |= {gateway.id: gateway for gateway in rows.translated(resource_graph.gateway_from_row) if gateway}
        return [half for half in rows.translated(resource_graph.connection_from_row) if half]

    async def _read_graph(self, subscriptions: list[str]) -> Pages | None:
        """All rows of the query; None where it is refused or does not work."""
        rows = Pages('of Azure Resource Graph')
        token: str | None = ''
        while token is not None:
            try:
                answer = await self._arm.query(subscriptions[0], resource_graph.query(subscriptions, token))
            except RequestFailed:
                return None
            token = rows.add(answer.body, 'data', '$skipToken')
        return rows

    async def _find_one_by_one(self, subscriptions: Iterable[str]) -> list[ResourceId]:
        found = await asyncio.gather(*(self._find_leniently(subscription) for subscription in subscriptions))
        return [half for halves in found for half in halves]

    async def _find_leniently(self, subscription: str) -> list[ResourceId]:
        try:
            return await self._find_in(subscription)
        except RequestFailed as failure:
            logger.warning('Subscription %s cannot be read (%s): its pairs are left out.', subscription, failure.word)
            return []

    async def _find_in(self, subscription: str) -> list[ResourceId]:
        """The ids of a subscription's connections, of all types."""
        found = await self._arm.list_resources(subscription, CONNECTION_TYPE)
        return [ResourceId.parse(entry['id']) for entry in found]

    async def _read_half(self, half: ResourceId) -> ObservedConnection | None:
        try:
            return await read_connection(self._arm, half)
        except RequestFailed as failure:
            logger.warning('Connection %s cannot be read (%s) and is left out.', half, failure.word)
            return None

    async def _pair(self, half: ObservedConnection, back: ObservedConnection | None) -> ObservedPair:
        near = ObservedEnd(_gateway_of(half.gateway), half=half)
        far_gateway = _gateway_of(half.far_gateway)
        far = ObservedEnd(far_gateway, half=back) if back else await self._read_far_end(far_gateway, half)
        return ObservedPair(*await asyncio.gather(self._with_gateway(near), self._with_gateway(far)))

    async def _read_far_end(self, gateway: ResourceId, half: ObservedConnection) -> ObservedEnd:
        """The far end of a half; where a read fails, the list goes on with what is known."""
        try:
            return await with_half(self._arm, await self._far_end(gateway), half)
        except RequestFailed as failure:
            return ObservedEnd(gateway, self._tenants.get(gateway.subscription.lower(), ''), obstacle_of(failure))

    def _far_end(self, gateway: ResourceId) -> 'asyncio.Task[ObservedEnd]':
        """What is behind a gateway that halves lead to, read once."""
        if gateway not in self._far_ends:
            self._far_ends[gateway] = asyncio.ensure_future(read_gateway_end(self._arm, self._tenants, gateway))
        return self._far_ends[gateway]

    async def _with_gateway(self, end: ObservedEnd) -> ObservedEnd:
        """The end with the VNet of its gateway, and without the gateway's other connections."""
        gateway, obstacle = end.gateway, end.gateway_obstacle
        if not gateway and not end.obstacle and not end.gateway_missing:
            gateway, obstacle = await self._gateway(end.gateway_id)
        vnet_id = gateway.vnet if gateway else None
        return replace(end, gateway=gateway, gateway_obstacle=obstacle, vnet_id=vnet_id, connections=())

    def _gateway(self, gateway: ResourceId) -> 'asyncio.Task[_Read]':
        if gateway not in self._gateways:
            self._gateways[gateway] = asyncio.ensure_future(self._read_gateway(gateway))
        return self._gateways[gateway]

    async def _read_gateway(self, gateway: ResourceId) -> _Read:
        if gateway in self._known:
            return self._known[gateway], None
        return await read_optional(self._arm, gateway, from_json.gateway_from_arm)


def _gateway_of(gateway: ResourceId | None) -> ResourceId:
    """The gateway of a half of a pair, which names two."""
    assert gateway is not None
    return gateway
