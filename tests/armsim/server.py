"""The simulator over HTTPS on loopback: HTTP/1.1 with keep-alive, in a thread of its own."""

import asyncio
import json
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import trustme
from aiohttp import web

from tests.armsim.deployments import jsonc
from tests.armsim.identity import HOSTS, LOGIN
from tests.armsim.proxy import Proxy
from tests.armsim.settings import Settings
from tests.armsim.simulator import HELD, RESET, Reply, Simulator
from tests.armsim.wire import NO_BODY, Request, Response

DEPLOYMENTS = '/microsoft.resources/deployments/'
LONGEST_LINE = 64 * 1024  # signed URLs and up to four tokens


@dataclass
class Server:
    """A running simulator: where it is, the CA that vouches for it, and its rules core.

    `proxy` leads to the hosts that give tokens to machines in Azure. Hold `lock` when touching the simulator from
    another thread.
    """

    origin: str
    ca_file: str
    simulator: Simulator
    proxy: str = ''
    lock: threading.RLock = field(default_factory=threading.RLock)

    def proxy_variables(self) -> dict[str, str]:
        """The environment of a program that is to meet those hosts, and the simulator itself without a proxy."""
        named = {'http_proxy': self.proxy, 'https_proxy': self.proxy, 'no_proxy': self.origin.removeprefix('https://')}
        return {**named, **{name.upper(): value for name, value in named.items()}}

    def reset(self, state: dict[str, Any] | None = None) -> None:
        """Start anew, from a state or from the default world."""
        with self.lock:
            self.simulator.reset(state)


def write_body(response: Response) -> bytes:
    """The bytes of a body: compact as Resource Manager writes it, or with two spaces and CRLF."""
    if response.body is NO_BODY:
        return b''
    if isinstance(response.body, str) and 'text/html' in response.headers.get('Content-Type', ''):
        return response.body.encode()
    if response.pretty:
        return json.dumps(response.body, indent=2).replace('\n', '\r\n').encode()
    return json.dumps(response.body, separators=(',', ':')).encode()


def read_body(content_type: str, data: bytes, lenient: bool = False) -> Any:
    """A parsed JSON or form body, None for an empty one. Raises ValueError for neither.

    With `lenient` the JSON may be as Resource Manager takes it where a template is in it.
    """
    if not data:
        return None
    if 'x-www-form-urlencoded' in content_type:
        return dict(parse_qsl(data.decode(), keep_blank_values=True))
    return jsonc.loads(data.decode()) if lenient else json.loads(data)


class _Application:
    def __init__(self, server: Server):
        self._server = server

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request."""
        data = await request.read()
        if not request.secure and request.headers.get('Host') not in HOSTS:
            error = {'code': 'NotSimulated', 'message': f'The simulator does not know {request.url}.'}
            return web.json_response({'error': error}, status=501)
        if request.path.startswith('/_sim/'):
            return self._control(request, data)
        try:
            body = read_body(request.content_type, data, DEPLOYMENTS in request.path.lower())
        except ValueError:
            error = {
                'code': 'InvalidRequestContent',
                'message': 'The request content was invalid and could not be deserialized.',
            }
            return web.json_response({'error': error}, status=400)
        query = {name.lower(): value for name, value in request.query.items()}
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request(request.method, request.path, query, headers, body, request.raw_path, self._server.origin)
        with self._server.lock:
            reply = self._server.simulator.serve(asked)
        return await self._deliver(request, reply)

    async def _deliver(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.fate == HELD:
            await asyncio.Event().wait()  # ends when the client goes away
        if reply.fate == RESET:
            request.transport.abort()
            return web.Response()
        if reply.delay:
            await asyncio.sleep(reply.delay / self._server.simulator.clock.speed)
        response = reply.response
        headers = dict(response.headers)
        if response.body is not NO_BODY:
            headers.setdefault('Content-Type', 'application/json; charset=utf-8')
        answer = web.Response(status=response.status, headers=headers, body=write_body(response))
        if headers.get('Connection') == 'close':
            answer.force_close()
        return answer

    def _control(self, request: web.Request, data: bytes) -> web.Response:
        """The simulator's own routes; no part of Azure."""
        simulator, what = self._server.simulator, (request.method, request.path.removeprefix('/_sim/'))
        with self._server.lock:
            if what == ('GET', 'journal'):
                return web.json_response(simulator.journal)
            if what == ('GET', 'state'):
                return web.json_response(simulator.state())
            if what == ('POST', 'reset'):
                simulator.reset(json.loads(data) if data else None)
                return web.json_response({})
            if what == ('POST', 'faults'):
                simulator.faults = json.loads(data)
                return web.json_response({})
        return web.json_response({'error': f'no such control route: {what}'}, status=404)


def _certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert('localhost', '127.0.0.1', LOGIN, key_type=trustme.KeyType.ECDSA).configure_cert(context)
    ca_file = folder / 'ca.pem'
    authority.cert_pem.write_to_path(str(ca_file))
    return context, str(ca_file)


@contextmanager
def serve(
    settings: Settings = Settings(),
    port: int = 0,
    state: dict[str, Any] | None = None,
    folder: str | Path | None = None,
) -> Iterator[Server]:
    """Run a simulator for the time of a `with`; port 0 takes a free one. The CA file lies in `folder`."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(folder or scratch)
        place.mkdir(parents=True, exist_ok=True)
        context, ca_file = _certificate(place)
        simulator = Simulator(settings)
        simulator.reset(state)
        server = Server('', ca_file, simulator)
        loop = asyncio.new_event_loop()
        runner, proxy = loop.run_until_complete(_start(server, context, port))
        thread = threading.Thread(target=loop.run_forever, name='armsim', daemon=True)
        thread.start()
        try:
            yield server
        finally:
            for ending in (proxy.stop(), runner.cleanup()):
                asyncio.run_coroutine_threadsafe(ending, loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


async def _start(server: Server, context: ssl.SSLContext, port: int) -> tuple[web.AppRunner, Proxy]:
    application = web.Application(client_max_size=16 * 1024 * 1024)
    application.router.add_route('*', '/{path:.*}', _Application(server).handle)
    runner = web.AppRunner(
        application,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=0.1,
        keepalive_timeout=300,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
    )
    await runner.setup()
    secure_port = await _listen(runner, port, context)
    proxy = Proxy(secure_port, await _listen(runner, 0))
    server.origin = f'https://localhost:{secure_port}'
    server.proxy = await proxy.start()
    return runner, proxy


async def _listen(runner: web.AppRunner, port: int, context: ssl.SSLContext | None = None) -> int:
    site = web.TCPSite(runner, '127.0.0.1', port, ssl_context=context)
    await site.start()
    return site._server.sockets[0].getsockname()[1]  # pylint: disable=protected-access
