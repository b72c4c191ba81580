"""Azure in this process: the SDK's own network client over the rules of the simulator, or over scripted answers.

No socket, no thread, no az, and virtual time: what `arm` and all above it do in hours of Azure takes milliseconds.
"""

from collections.abc import Callable, Coroutine
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from azure.cli.core.azclierror import AuthenticationError
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from azext_vnet2vnet.arm.client import host_policy
from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.arm.transport import Arm
from azext_vnet2vnet.network.resource_id import ResourceId
from tests.armsim import DEFAULTS, ManualClock, Simulator
from tests.armsim import client as seeds
from tests.armsim.client import ORIGIN, Client
from tests.armsim.faults import Fault
from tests.armsim.server import read_body, write_body
from tests.armsim.settings import Settings
from tests.armsim.simulator import HELD, RESET, Reply
from tests.armsim.wire import NO_BODY, Request, Response
from tests.unit.virtual_time import InlineExecutor, VirtualTime

TIMEOUT = 7200.0
READ_TIMEOUT = 120.0


def reply(status: int, body: Any = NO_BODY, delay: float = 0.0, **headers: str) -> Reply:
    """An answer for ScriptedAzure: `retry_after='3'` is the header Retry-After."""
    return Reply(Response(status, body, {name.replace('_', '-'): value for name, value in headers.items()}), delay)


def failure(status: int, code: str, message: str = 'No.', **headers: str) -> Reply:
    """An error of Azure's for ScriptedAzure."""
    return reply(status, {'error': {'code': code, 'message': message}}, **headers)


class InMemoryAzure:
    """What `Arm` needs of arm.client.Clients, over a function that answers requests.

    `answer` may raise what the requests library raises, too. `forgotten` are the clients that were dropped.
    """

    def __init__(self, answer: Callable[[Request], Reply], time: VirtualTime | None = None):
        self.time = time or VirtualTime()
        self.forgotten: list[tuple[str, str | None]] = []
        self._session = requests.Session()
        self._session.trust_env = False
        self._adapter = InMemoryAdapter(answer)
        self._session.mount('https://', self._adapter)
        self._clients: dict[tuple[str, str | None], Any] = {}

    def arm(self, timeout: float = TIMEOUT, jitter: float = 0.0, polls_resources: bool = True) -> Arm:
        """Azure for one run of a command, `timeout` seconds of virtual time from now on."""
        clock = Clock(now=self.time.now)
        return Arm(
            self,
            InlineExecutor(self._adapter.take_seconds),
            clock,
            jitter=lambda: jitter,
            deadline=clock.now() + timeout,
            polls_resources=polls_resources,
        )

    def run(self, task: Coroutine) -> Any:
        """Run a task to its end."""
        return self.time.run(task)

    def network(self, subscription: str, aux_tenant: str | None = None):
        """The client for a subscription, made as arm.client makes it."""
        from azure.mgmt.network import NetworkManagementClient

        key = subscription, aux_tenant
        if key not in self._clients:
            own, *more = self.tenants(subscription, aux_tenant)
            tokens = ', '.join(f'Bearer {self.token(tenant)}' for tenant in more)
            self._clients[key] = NetworkManagementClient(
                _Credential(lambda: self.token(own)),
                subscription,
                base_url=ORIGIN,
                headers={'x-ms-authorization-auxiliary': tokens} if more else {},
                retry_total=0,
                permit_redirects=False,
                per_call_policies=[host_policy(ORIGIN)],
                transport=RequestsTransport(session=self._session, session_owner=False, read_timeout=READ_TIMEOUT),
            )
        return self._clients[key]

    def tenants(self, subscription: str, aux_tenant: str | None = None) -> tuple[str, ...]:
        """The tenants that requests of this client carry tokens of."""
        return (DEFAULTS.tenant_a, *filter(None, [aux_tenant]))

    def forget(self, subscription: str, aux_tenant: str | None = None) -> None:
        """Drop a client, so that the next one starts with new tokens."""
        self._clients.pop((subscription, aux_tenant), None)
        self.forgotten.append((subscription, aux_tenant))

    def token(self, tenant: str) -> str:
        """An access token."""
        return f'of {tenant}'


class LocalAzure(InMemoryAzure):
    """The simulator. `client` seeds it with the functions of tests.armsim.client, which let its own time pass."""

    def __init__(self, settings: Settings = Settings(), state: dict | None = None):
        time = VirtualTime()
        self.simulator = Simulator(settings, _SimulatorClock(time))
        self.simulator.reset(state)
        self.client = Client(simulator=self.simulator)
        self._tokens: dict[str, tuple[str, float]] = {}
        super().__init__(self.simulator.serve, time)

    def make_site(self, number: int, **options: Any) -> ResourceId:
        """Group `rg`, `vnet1`, `ip1` and `gw1`, as tests.armsim.client.make_site does; the id of the gateway.

        The journal begins anew.
        """
        made = seeds.make_site(self.client, number, **options)
        self.simulator.journal.clear()
        return ResourceId.parse(made)

    def make_pair(self, **options: Any) -> tuple[ResourceId, ResourceId]:
        """Two sites joined by `there` and `back`, as tests.armsim.client.make_pair does; the ids of both halves."""
        seeds.make_pair(self.client, **options)
        self.simulator.journal.clear()
        halves = (ResourceId.parse(seeds.network_path('connections', name)) for name in ('there', 'back'))
        return next(halves), next(halves)

    def fail(self, match: str, do: str, **more: Any) -> None:
        """Script one more fault, such as fail('PUT */connections/*', 'reset-after')."""
        self.simulator.faults.append(Fault.from_json({'match': match, 'do': do, **more}))

    @property
    def sent(self) -> list[str]:
        """Each request since the last seed: method, type and name (of polls `operations` alone), and status.

        The status is '-' where no answer came.
        """
        return [
            f'{entry["method"]} {_what(entry["path"])} {entry["status"] or "-"}'
            for entry in self.simulator.journal
            if '/oauth2/' not in entry.get('path', '/oauth2/')
        ]

    def times(self, method: str) -> list[float]:
        """When the requests of a method were sent, in seconds since the first of them."""
        found = [entry['time'] for entry in self.simulator.journal if entry.get('method') == method]
        return [moment - found[0] for moment in found]

    def tenants(self, subscription: str, aux_tenant: str | None = None) -> tuple[str, ...]:
        """The tenants that requests of this client carry tokens of."""
        found = self.simulator.world.subscriptions.get(subscription.lower())
        return (found['tenantId'] if found else DEFAULTS.tenant_a, *filter(None, [aux_tenant]))

    def token(self, tenant: str) -> str:
        """A token as the simulator's Entra ID gives it, kept while it is good; az's error where it gives none."""
        token, end = self._tokens.get(tenant, ('', 0.0))
        if self.simulator.clock.now() >= end:
            form = {'grant_type': 'client_credentials', 'client_id': DEFAULTS.app_id, 'client_secret': DEFAULTS.secret}
            answer = self.simulator.answer(Request('POST', f'/{tenant}/oauth2/v2.0/token', body=form))
            if answer.status != 200:
                raise AuthenticationError(answer.body['error_description'])
            token, end = answer.body['access_token'], self.simulator.clock.now() + answer.body['expires_in']
            self._tokens[tenant] = token, end
        return token

    def forget(self, subscription: str, aux_tenant: str | None = None) -> None:
        """Drop a client and its tokens."""
        for tenant in self.tenants(subscription, aux_tenant):
            self._tokens.pop(tenant, None)
        super().forget(subscription, aux_tenant)


class ScriptedAzure(InMemoryAzure):
    """Answers that the simulator does not give: the first request gets the first one, and so on.

    An exception among them is raised, as the requests library does. `requests` are those that came, `moments` when.
    """

    def __init__(self, *answers: Reply | Exception):
        self.requests: list[Request] = []
        self.moments: list[float] = []
        self._answers = list(answers)
        super().__init__(self._answer)

    def _answer(self, request: Request) -> Reply:
        self.requests.append(request)
        self.moments.append(self.time.now())
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def left(self) -> int:
        """How many answers nobody came for."""
        return len(self._answers)


class _SimulatorClock(ManualClock):
    """Azure's time, which follows the virtual one, and is moved on by seeds."""

    def __init__(self, time: VirtualTime):
        super().__init__()
        self._virtual = time

    def now(self) -> float:
        return super().now() + self._virtual.now()

    def move_to(self, moment: float) -> None:
        super().move_to(moment - self._virtual.now())


class _Credential:
    """az's credential: asked for a token with each request, as the one before is no good any more in real time."""

    def __init__(self, token: Callable[[], str]):
        self._token = token

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """An access token."""
        return AccessToken(self._token(), 0)


class InMemoryAdapter(HTTPAdapter):
    """Carries requests of the requests library to a function, and its replies back, with their faults."""

    def __init__(self, answer: Callable[[Request], Reply]):
        super().__init__()
        self._answer = answer
        self._seconds = 0.0

    def take_seconds(self) -> float:
        """The seconds that all requests took since the last question."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        """One answer; the requests library's error where a fault keeps it back."""
        asked = _asked(request)
        found = self._answer(asked)
        if found.fate == RESET:
            raise requests.ConnectionError(
                ProtocolError('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer')),
                request=request,
            )
        patience = timeout[1]
        if found.fate == HELD or found.delay > patience:
            self._seconds += patience
            raise requests.ReadTimeout(f'Read timed out. (read timeout={patience})', request=request)
        self._seconds += found.delay
        return self.build_response(request, _raw(found.response))


def _what(path: str) -> str:
    kind, name = path.split('/')[-2:]
    return kind if kind.lower() in ('operations', 'operationresults') else f'{kind}/{name}'


def _asked(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    data = request.body.encode() if isinstance(request.body, str) else request.body or b''
    query = {name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
    return Request(
        request.method,
        unquote(parts.path),
        query,
        headers,
        read_body(headers.get('content-type', ''), data, lenient=True),
        request.url.removeprefix(ORIGIN),
        ORIGIN,
    )


def _raw(response: Response) -> HTTPResponse:
    headers = dict(response.headers)
    if response.body is not NO_BODY:
        headers.setdefault('Content-Type', 'application/json; charset=utf-8')
    return HTTPResponse(BytesIO(write_body(response)), headers, response.status, preload_content=False)
