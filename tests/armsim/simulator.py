"""The front door: every request comes in here, and what Azure does before it looks at the resource is done here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.armsim import access, accounts, entra, identity, locks, throttle
from tests.armsim.clock import Clock, ManualClock
from tests.armsim.fabric import Call, Caller, Fabric, Preflight, Route, not_simulated
from tests.armsim.faults import HTML_404, Fault
from tests.armsim.groups import group_id
from tests.armsim.ids import Target, parse_path
from tests.armsim.journal import entry_of
from tests.armsim.network import methods
from tests.armsim.routes import EFFECTS, ROUTES
from tests.armsim.settings import Settings
from tests.armsim.throttle import Throttle
from tests.armsim.versions import check_type
from tests.armsim.wire import ArmError, Request, Response
from tests.armsim.world import World, default_world

COMMON_HEADERS = {
    'Cache-Control': 'no-cache',
    'Pragma': 'no-cache',
    'Expires': '-1',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
}
NETWORK, AUTHORIZATION = '/providers/microsoft.network/', '/providers/microsoft.authorization/'
FAILURE_CAUSE = 'x-ms-failure-cause'
INTERNAL = ('status', 'policy', 'fail-operation')  # the faults that strike the requests of deployments as well
ANSWERED, RESET, HELD = 'answer', 'reset', 'hold'


@dataclass(frozen=True)
class Reply:
    """What a server has to do: answer after `delay` Azure seconds, reset the connection, or never answer."""

    response: Response
    delay: float = 0.0
    fate: str = ANSWERED


class Simulator:
    """A local Azure: requests in, answers out, time from the clock; no sockets, no threads, no sleeping."""

    def __init__(self, settings: Settings = Settings(), clock: Clock | ManualClock | None = None):
        self.settings = settings
        self.clock = clock or Clock(settings.speed)
        self.journal: list[dict[str, Any]] = []
        self._faults: list[Fault] = []
        self._throttle = Throttle()
        self._number = 0
        self.fabric = self._new_fabric(default_world())

    def _new_fabric(self, world: World) -> Fabric:
        fabric = Fabric(world, self.settings, EFFECTS, self.journal.append)
        fabric.send = self._send
        fabric.preflight = self._preflight
        return fabric

    @property
    def world(self) -> World:
        """The state itself, for tests that change it between requests."""
        return self.fabric.world

    @property
    def faults(self) -> list[Fault]:
        """The scripted faults; set them as a list of dicts."""
        return self._faults

    @faults.setter
    def faults(self, faults: Iterable[Mapping[str, Any]]) -> None:
        self._faults = [Fault.from_json(fault) for fault in faults]

    def state(self) -> dict[str, Any]:
        """Everything, running operations included, as JSON data: reset() of another simulator goes on from it."""
        self.fabric.settle(self.clock.now())
        return self.world.to_json()

    def reset(self, state: dict[str, Any] | None = None) -> None:
        """Start from a state, or from the default world; the journal and the faults are emptied."""
        world = World.from_json(state) if state else default_world()
        if world.time:
            self.clock.move_to(world.time)
        self.journal.clear()
        self._faults = []
        self._throttle = Throttle()
        self.fabric = self._new_fabric(world)

    def answer(self, request: Request) -> Response:
        """The answer to a request, in process; a scripted reset is a ConnectionResetError, a hold a TimeoutError."""
        reply = self.serve(request)
        if reply.fate == RESET:
            raise ConnectionResetError('scripted fault')
        if reply.fate == HELD:
            raise TimeoutError('scripted fault')
        return reply.response

    def serve(self, request: Request) -> Reply:
        """The answer to a request, and how it is to be delivered."""
        self.fabric.settle(self.clock.now())
        self._number += 1
        entry = entry_of(self._number, self.fabric.now, request)
        self.journal.append(entry)
        fault = next((one for one in self._faults if one.strikes(request.method, request.path)), None)
        entry['fault'] = fault.do if fault else None
        response, call = self._execute(request, entry, fault)
        delay = (call.delay if call else 0.0) + self.fabric.settings.latency * self.clock.speed
        if call and call.operation:
            entry['operation'] = call.operation['id']
            if fault and fault.do == 'fail-operation':
                call.operation['fail'] = {'code': fault.code, 'message': fault.message}
            elif fault and fault.do == 'endless-operation':
                call.operation['endless'] = True
            elif fault and fault.do == 'empty-delete':
                call.operation['empty'] = True
        fate = ANSWERED
        if fault and fault.do.startswith('reset'):
            fate = RESET
        elif fault and fault.do.startswith('hold'):
            fate = HELD
        elif fault and fault.do == 'slow':
            delay += fault.seconds
        entry['held'] = fate == HELD
        if fate == ANSWERED:
            entry['status'] = response.status
            entry['delay'] = delay
            entry['end'] = self.fabric.now + delay
            if isinstance(response.body, dict) and isinstance(response.body.get('error'), dict):
                entry['code'] = response.body['error'].get('code')
        return Reply(response, delay, fate)

    def _execute(self, request: Request, entry: dict, fault: Fault | None) -> tuple[Response, Call | None]:
        if fault and fault.do in ('reset-before', 'hold-before'):
            return Response(500), None
        if fault and fault.do == 'html-404':
            return Response(404, HTML_404, {'Content-Type': 'text/html'}), None
        call = None
        try:
            scripted = fault.error(request.path) if fault else None
            if scripted:
                raise scripted
            response = self._public(request)
            if response is None:
                call = self._call(request, entry, fault)
                response = self._handle(call)
        except ArmError as error:
            response = error.response()
        return self._dress(request, response, entry), call

    def _public(self, request: Request) -> Response | None:
        """What needs no token."""
        if request.path.lower() == '/metadata/endpoints':
            return entra.metadata(self.fabric, request)
        return identity.answer(self.fabric, request) or entra.answer(self.fabric, request)

    def _call(self, request: Request, entry: dict, fault: Fault | None) -> Call:
        if fault and fault.do == 'expired-token':
            raise access.expired()
        caller = access.authenticate(self.fabric, request)
        entry['principal'], entry['tenant'] = caller.name, caller.tenant
        return Call(request, parse_path(request.path), request.query.get('api-version', ''), caller)

    def _send(self, request: Request, caller: Caller) -> tuple[Response, dict | None]:
        """A request that Azure makes itself, as a deployment does; with the operation that it started.

        Those scripted faults strike it too that are not about the way to Azure.
        """
        call = Call(request, parse_path(request.path), request.query.get('api-version', ''), caller)
        fault = next(
            (one for one in self._faults if one.do in INTERNAL and one.strikes(request.method, request.path)), None
        )
        try:
            scripted = fault.error(request.path) if fault else None
            if scripted:
                raise scripted
            response = self._handle(call, internal=True)
        except ArmError as error:
            return error.response(), None
        if fault and call.operation:
            call.operation['fail'] = {'code': fault.code, 'message': fault.message}
        return response, call.operation

    def _preflight(self, request: Request, caller: Caller) -> Preflight:
        """What is known of a write that a deployment will make. Raises ArmError for what cannot be written at all."""
        call = Call(request, parse_path(request.path), request.query.get('api-version', ''), caller)
        route = self._route(call)
        call.id = self._resource_id(call.target, route)
        accounts.check_version(self.fabric, call, route.versions, route.type)
        action = f'{route.type}/{route.action}'
        policy = next(
            (
                one.error(request.path)
                for one in self._faults
                if one.do == 'policy' and one.threatens(request.method, request.path)
            ),
            None,
        )
        return Preflight(action, access.allowed(self.fabric, caller.object_id, action, call.id), policy)

    def _handle(self, call: Call, internal: bool = False) -> Response:
        target = call.target
        if target.subscription:
            access.check_tenant(self.fabric, call.caller, target.subscription)
            remaining = (
                None
                if internal
                else self._throttle.draw(self.fabric, call.caller, target.subscription, call.request.method)
            )
        else:
            remaining = None
        route = self._route(call)
        call.id = self._resource_id(target, route)
        if route.action:
            access.require(self.fabric, call.caller, f'{route.type}/{route.action}', call.id or '/')
        accounts.check_version(self.fabric, call, route.versions, route.type)
        if route.action and route.action != 'read' and route.versions != 'locks' and target.subscription:
            if route.action == 'delete':
                locks.check(self.fabric, call.id, 'delete', below=True, asked=target.path)
            else:
                locks.check(self.fabric, call.id, 'write', asked=target.path)
        response = route.handler(self.fabric, call)
        extra = throttle.headers(call.request.method, remaining) if target.subscription else {}
        return Response(response.status, response.body, {**extra, **response.headers}, response.pretty)

    def _route(self, call: Call) -> Route:
        target = call.target
        route = ROUTES.get((call.request.method, target.shape))
        if route is None and target.shape.startswith('subscriptions/{}/providers/'):
            rest = target.shape.split('/')[4:]
            route = ROUTES.get((call.request.method, '/'.join(['subscriptions/{}/providers/*', *rest])))
        if route is None and call.request.method == 'GET' and self.fabric.find(target.path):
            return Route(methods.get_seeded, self.fabric.find(target.path)['type'], 'read')
        if route is None:
            known = sorted(method for method, shape in ROUTES if shape == target.shape)
            what = f'{call.request.method} {call.request.path}'
            if not known:
                check_type(target, call.version)
            raise not_simulated(f'{what} (only {", ".join(known)})' if known else what)
        return route

    def _resource_id(self, target: Target, route: Route) -> str:
        """The canonical id: the group's and the type's own spelling, and an existing resource's own id."""
        if target.scope is not None:
            return target.scope
        parts = target.path.split('/')
        if route.drop:
            parts = parts[: -route.drop]
        if len(parts) > 4 and parts[3].lower() == 'resourcegroups':
            group = self.world.groups.get(group_id(parts[2], parts[4]).lower())
            parts[2:5] = [parts[2].lower(), 'resourceGroups', group['name'] if group else parts[4]]
        if len(parts) > 7 and parts[3] == 'resourceGroups':
            kinds = route.type.split('/')
            parts[6] = kinds[0]
            for place, kind in zip(range(7, len(parts), 2), kinds[1:]):
                parts[place] = kind
        identifier = '/'.join(parts)
        existing = self.fabric.find(identifier)
        return existing['id'] if existing else identifier

    def _dress(self, request: Request, response: Response, entry: dict) -> Response:
        headers = {**COMMON_HEADERS, **response.headers}
        path = request.path.lower()
        if NETWORK in path and AUTHORIZATION not in path and FAILURE_CAUSE not in headers:
            # Recorded: on every answer of the provider itself.
            headers.setdefault('x-ms-arm-service-request-id', self.fabric.guid())
        if entry['principal']:
            correlation = request.headers.get('x-ms-correlation-request-id') or self.fabric.guid()
            headers.setdefault('x-ms-request-id', correlation)
            headers['x-ms-correlation-request-id'] = correlation
            headers['x-ms-routing-request-id'] = f'LOCALSIM:{int(self.fabric.now)}:{correlation}'
            if request.headers.get('x-ms-return-client-request-id', '').lower() == 'true':
                headers['x-ms-client-request-id'] = request.headers.get('x-ms-client-request-id', '')
        return Response(response.status, response.body, headers, response.pretty)
