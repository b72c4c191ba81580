"""Azure Resource Manager: what can be read and written, each in one method."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar

from azext_vnet2vnet.arm import api_versions, requests
from azext_vnet2vnet.arm.api_versions import api_version_of
from azext_vnet2vnet.arm.client import Clients
from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.arm.failures import RequestFailed
from azext_vnet2vnet.arm.from_json import connection_from_arm, id_of
from azext_vnet2vnet.arm.json_values import Json, as_object, needed_text_in, object_in, text_in
from azext_vnet2vnet.arm.pages import Pages, check_page, check_rows, check_whole_page
from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.arm.sender import FIRST_BACKOFF, TRIES, OnBusy, Sender, is_busy, just_retry
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, ResourceId

Entry = TypeVar('Entry')

_DEFAULT_POLL_INTERVAL = 30.0  # Without a Retry-After; azure-core has the same.
_REFUSALS = (400, 403, 404)
_GRAPH = '/providers/Microsoft.ResourceGraph/resources'


class Arm(Sender):
    """Azure Resource Manager.

    Every method may raise RequestFailed, LoginEnded and TimedOut; where another operation is in the way, also what
    `on_busy` raises.
    """

    def __init__(
        self,
        clients: Clients,
        executor: Executor,
        clock: Clock,
        *,
        jitter: Callable[[], float],
        deadline: float,
        polls_resources: bool = True,
    ):
        """`polls_resources` says whether to read a resource between the polls of its operation.

        Azure asks to send those less and less often. `jitter` returns numbers from 0 to 1, `deadline` is a time of the
        clock.
        """
        super().__init__(clients, executor, clock, jitter=jitter, deadline=deadline)
        self.polls_resources = polls_resources

    async def get(self, target: ResourceId, tries: int | None = TRIES) -> Answer:
        """Read a resource or group: its body, or an answer that `is_missing`."""
        return await self.send(
            'GET',
            str(target),
            target.subscription,
            requests.getting(target),
            tries=tries,
            is_expected=lambda answer: answer.is_missing,
        )

    async def watch(self, target: ResourceId) -> Answer:
        """The same for what Azure has accepted and is at work on: with as many tries as it takes until the deadline."""
        return await self.get(target, tries=None)

    async def check_token(self, subscription: str, aux_tenant: str) -> None:
        """Get the tokens of a request to a subscription that also needs one of another tenant; nothing is sent.

        The client is dropped afterwards: its auxiliary token would be old by the time of the write.
        """
        await self.send('GET', 'tokens', subscription, lambda client: Answer(200), aux_tenant)
        self._clients.forget(subscription, aux_tenant)

    async def list_connections(self, place: ResourceId) -> list[dict[str, Any]]:
        """The connections that start at a gateway, or all of a group, without status and key.

        Those of a gateway decide what is deleted and made: where one cannot be read, none is. Of a group, such a one is
        left out.
        """
        path = f'{place}/connections' if place.names else f'{place}/providers/{CONNECTION_TYPE}'
        check = check_whole_page(connection_from_arm) if place.names else check_page
        version = api_version_of(CONNECTION_TYPE)
        return await self._list(place.subscription, path, version, connection_from_arm, check_answer=check)

    async def list_resources(self, subscription: str, type_: str) -> list[dict[str, Any]]:
        """The resources of a type in a subscription: id, name and location only."""
        return await self._list(
            subscription,
            f'/subscriptions/{subscription}/resources',
            api_versions.RESOURCES,
            lambda entry: ResourceId.parse(needed_text_in(entry, 'id')),
            {'$filter': f"resourceType eq '{type_}'"},
        )

    async def list_operations(self, deployment: ResourceId) -> list[dict[str, Any]]:
        """The operations of a deployment, one entry per resource."""
        return await self._list(
            deployment.subscription, f'{deployment}/operations', api_versions.DEPLOYMENTS, _operation
        )

    async def _list(
        self,
        subscription: str,
        path: str,
        api_version: str,
        check: Callable[[Json], object],
        params: Mapping[str, str] | None = None,
        check_answer: Callable[[Any], None] = check_page,
    ) -> list[dict[str, Any]]:
        """All pages of a list, without the entries that `check` raises ValueError at."""
        entries = await self.read_list(
            subscription, path, api_version, lambda one: (check(one), dict(one))[1], params, check_answer
        )
        if isinstance(entries, Answer):
            raise RequestFailed('GET', path, entries.status, *entries.error)
        return entries

    async def read_list(
        self,
        subscription: str,
        path: str,
        api_version: str,
        translate: Callable[[Json], Entry],
        params: Mapping[str, str] | None = None,
        check_answer: Callable[[Any], None] = check_page,
    ) -> list[Entry] | Answer:
        """The entries of all pages of a list, translated; or the answer that refuses it (400, 403, 404).

        An entry that `translate` raises ValueError at is left out, with a warning. A list whose pages repeat has no
        end: what was read until then is what there is.
        """
        pages = Pages(path)
        link: str | None = path
        while link is not None:
            send = requests.plain('GET', link, None if pages.links else api_version, params=params)
            answer = await self.send(
                'GET',
                path,
                subscription,
                requests.reading(send, check_answer),
                is_expected=lambda answer: answer.status in _REFUSALS,
            )
            if answer.status >= 400:
                return answer
            link = pages.add(answer.body)
        return pages.translated(translate)

    async def read(self, subscription: str, path: str, api_version: str) -> Answer:
        """Read an object that is no resource of a group; a refusal (400, 403, 404) is an answer too."""
        return await self.send(
            'GET',
            path,
            subscription,
            requests.reading(requests.plain('GET', path, api_version), as_object),
            is_expected=lambda answer: answer.status in _REFUSALS,
        )

    async def put(
        self, target: ResourceId, body: Mapping[str, Any], aux_tenant: str | None = None, on_busy: OnBusy = just_retry
    ) -> Answer:
        """Write a resource or group; the answer is the first one, of an operation that may go on."""
        return await self.send(
            'PUT', str(target), target.subscription, requests.putting(target, body), aux_tenant, on_busy=on_busy
        )

    async def put_if_free(
        self, target: ResourceId, body: Mapping[str, Any], aux_tenant: str | None = None, on_busy: OnBusy = just_retry
    ) -> Answer | None:
        """The same for a body that was read and changed: None, after a wait, where another operation is in the way.

        The resource may have changed since: read it again and make the body from that.
        """
        answer = await self.send(
            'PUT',
            str(target),
            target.subscription,
            requests.putting(target, body),
            aux_tenant,
            is_expected=lambda answer: is_busy(answer.status, answer.error[0]),
        )
        if answer.status < 400:
            return answer
        on_busy(answer)
        await self.pause(self.retry_after(answer) or FIRST_BACKOFF)
        return None

    async def delete(self, target: ResourceId, on_busy: OnBusy = just_retry) -> Answer:
        """Delete a resource; an answer that `is_in_use` or `is_missing` is one too."""
        return await self.send(
            'DELETE',
            str(target),
            target.subscription,
            requests.deleting(target),
            is_expected=lambda answer: answer.is_missing or answer.is_in_use,
            on_busy=on_busy,
        )

    async def tag(self, target: ResourceId, tags: Mapping[str, str]) -> Answer:
        """Replace the tags of a resource; the answer is the first one, of an operation that may go on."""
        return await self.send('PATCH', str(target), target.subscription, requests.tagging(target, tags))

    async def begin(self, target: ResourceId, action: str, on_busy: OnBusy = just_retry) -> Answer:
        """Start an action of a resource, such as reset; the answer is the first one, of an operation that goes on.

        It is not sent again where no answer came, since Azure would then do it twice: RequestFailed.
        """
        what = f'{action.removesuffix("_connection")} of {target}'
        send = requests.asking(target, action)
        return await self.send('POST', what, target.subscription, send, tries=1, on_busy=on_busy)

    async def query(self, subscription: str, body: Mapping[str, Any]) -> Answer:
        """Query Azure Resource Graph, as the tenant of the subscription."""
        send = requests.reading(requests.plain('POST', _GRAPH, api_versions.RESOURCE_GRAPH, body), check_rows)
        return await self.send('POST', _GRAPH, subscription, send)

    async def poll(self, target: ResourceId, url: str) -> Answer:
        """Read the state of an operation, with as many tries as it takes; any 404 is an answer.

        The URL is signed and is sent byte for byte (recorded 2025).
        """
        return await self.send(
            'GET',
            f'the operation on {target}',
            target.subscription,
            requests.plain('GET', url, None),
            tries=None,
            is_expected=lambda answer: answer.status == 404,
        )

    async def collect(self, target: ResourceId, answer: Answer) -> Any:
        """Poll the Location of an operation that has no other URL; its result, None where Azure lost it.

        Each answer may sign the Location anew: the newest one counts (recorded 2025).
        """
        url = answer.headers.get('location')
        while answer.status == 202 and url:
            await self.pause(self.poll_interval(answer))
            answer = await self.poll(target, url)
            url = answer.headers.get('location', url)
        return None if answer.status == 404 else answer.body

    def poll_interval(self, answer: Answer) -> float:
        """How long to wait before the next poll of an operation."""
        return self.retry_after(answer) or _DEFAULT_POLL_INTERVAL


def _operation(entry: Json) -> None:
    properties = object_in(entry, 'properties')
    text_in(properties, 'provisioningState')
    id_of(properties.get('targetResource'))
