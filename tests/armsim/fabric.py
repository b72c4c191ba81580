"""What every part of the simulated Azure stands on: the world, the present, new ids, and running operations."""

import hashlib
import heapq
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.armsim.ids import Target
from tests.armsim.settings import Settings
from tests.armsim.wire import ArmError, Request
from tests.armsim.world import World


@dataclass(frozen=True)
class Caller:
    """Who asks, as the bearer token says; `auxiliary` are the same for the x-ms-authorization-auxiliary tokens."""

    object_id: str
    name: str
    tenant: str
    auxiliary: tuple['Caller', ...] = ()

    def in_tenant(self, tenant: str) -> 'Caller | None':
        """This caller as the given tenant knows it, None if no token for that tenant came along."""
        return next((one for one in (self, *self.auxiliary) if one.tenant == tenant), None)


@dataclass
class Call:
    """One request on its way to a handler, and what the handler has to say besides its answer.

    `id` is the canonical id of the resource. `delay` is how long the answer takes in Azure seconds,
    `operation` the long-running operation that the request started or joined.
    """

    request: Request
    target: Target
    version: str
    caller: Caller
    id: str = ''
    delay: float = 0.0
    operation: dict | None = None

    @property
    def body(self) -> Any:
        """The parsed body."""
        return self.request.body

    @property
    def name(self) -> str:
        """The name that the path ends with."""
        return self.target.names[-1]


@dataclass(frozen=True)
class Preflight:
    """What is known of a write before it is sent: its right, whether the caller has it, and a policy's error."""

    action: str
    allowed: bool
    policy: ArmError | None


def digest(*parts: object) -> bytes:
    """64 bytes that depend on nothing but `parts`."""
    return hashlib.blake2b('|'.join(map(str, parts)).encode()).digest()


class Fabric:
    """The world and its present. `effects` maps the kind of an event to what happens when it is due.

    An effect is called with this fabric and the operation (or, for a kind that is no operation, the id);
    `report` is told of each operation that ends.
    """

    def __init__(
        self, world: World, settings: Settings, effects: Mapping[str, Callable], report: Callable[[dict], None]
    ):
        self.world = world
        self.settings = settings
        self.now = world.time
        self.send: Callable | None = None
        self.preflight: Callable | None = None
        self._effects = effects
        self._report = report
        self._locks = {
            key: operation['id']
            for operation in world.operations.values()
            if not operation['settled']
            for key in operation['locks']
        }
        self.by_gateways: dict[tuple[str, str], dict] = {}
        for record in world.resources.values():
            if 'gateway1' in record:
                self.index(record)

    def guid(self) -> str:
        """A new id; the same sequence for the same seed."""
        self.world.counter += 1
        return str(uuid.UUID(bytes=digest(self.settings.seed, self.world.counter)[:16], version=4))

    def etag(self) -> str:
        """A new etag, as it stands in bodies."""
        return f'W/"{self.guid()}"'

    def find(self, resource_id: str) -> dict | None:
        """A resource's record, None if there is none."""
        return self.world.resources.get(resource_id.lower())

    def schedule(self, due: float, kind: str, key: str) -> None:
        """Let the effect of `kind` happen at `due`."""
        self.world.counter += 1
        heapq.heappush(self.world.events, [due, self.world.counter, kind, key])

    def settle(self, now: float) -> None:
        """Let everything happen that is due by `now`, in the order of time."""
        events = self.world.events
        while events and events[0][0] <= now:
            due, _, kind, key = heapq.heappop(events)
            self.now = max(self.now, due)
            if kind == 'end':
                self._end(self.world.operations[key])
            elif kind == 'settle':
                self._settle(self.world.operations[key])
            else:
                self._effects[kind](self, key)
        self.now = self.world.time = max(self.now, now)

    def start(
        self,
        kind: str,
        call: Call,
        resource_id: str,
        *,
        name: str,
        location: str,
        duration: float,
        locks: tuple[str, ...] = (),
        result: Any = None,
        **data: Any,
    ) -> dict:
        """Start a long-running operation; it holds `locks` (resource ids, any case) until its effect has happened.

        `name` is what Azure calls it in its 429 texts, `result` what operationResults will give.
        """
        operation = {
            'id': self.guid(),
            'kind': kind,
            'name': name,
            'resource': resource_id,
            'location': location,
            'subscription': call.target.subscription,
            'method': call.request.method,
            'version': call.version,
            'start': self.now,
            'due': self.now + duration,
            'status': 'InProgress',
            'settled': False,
            'polls': 0,
            'error': None,
            'result': result,
            'locks': [lock.lower() for lock in locks],
            'who': [call.caller.tenant, call.caller.object_id],
            **data,
        }
        self.world.operations[operation['id']] = operation
        for lock in operation['locks']:
            self._locks[lock] = operation['id']
        self.schedule(operation['due'], 'end', operation['id'])
        call.operation = operation
        return operation

    def holder(self, lock: str) -> dict | None:
        """The running operation that holds a lock."""
        key = self._locks.get(lock.lower())
        return self.world.operations[key] if key else None

    def _end(self, operation: dict) -> None:
        failure = operation.get('fail')
        if failure:
            operation['error'] = failure
        operation['status'] = 'Failed' if operation['error'] else 'Succeeded'
        self._report(
            {
                'mark': 'operation-ended',
                'time': self.now,
                'operation': operation['id'],
                'kind': operation['kind'],
                'resource': operation['resource'],
                'status': operation['status'],
            }
        )
        if self.settings.settle_lag and operation['kind'].startswith('gateway-'):
            self.schedule(self.now + self.settings.settle_lag, 'settle', operation['id'])
        else:
            self._settle(operation)

    def _settle(self, operation: dict) -> None:
        operation['settled'] = True
        for lock in operation['locks']:
            if self._locks.get(lock) == operation['id']:
                del self._locks[lock]
        effect = self._effects.get(operation['kind'])
        if effect:
            effect(self, operation)
        if operation['error'] and operation['status'] == 'Succeeded':
            operation['status'] = 'Failed'
        for deployment in operation.get('waiters', ()):
            self.schedule(self.now, 'deployment', deployment)

    def attach(self, target: str, user: str) -> None:
        """Note that `target` (a subnet, a public IP) is used by `user` (an ipConfiguration)."""
        users = self.world.attachments.setdefault(target.lower(), [])
        if not any(entry['id'].lower() == user.lower() for entry in users):
            users.append({'id': user, 'until': None})

    def detach(self, target: str, user: str, until: float | None = None) -> None:
        """Undo attach, at once or from `until` on."""
        users = self.world.attachments.get(target.lower(), [])
        for entry in [entry for entry in users if entry['id'].lower() == user.lower()]:
            if until is None or until <= self.now:
                users.remove(entry)
            else:
                entry['until'] = until
        if not users:
            self.world.attachments.pop(target.lower(), None)

    def users(self, target: str) -> list[str]:
        """The ids of what uses `target` now."""
        return [
            entry['id']
            for entry in self.world.attachments.get(target.lower(), ())
            if entry['until'] is None or entry['until'] > self.now
        ]

    def index(self, record: dict) -> None:
        """Let a connection be found by its two gateways."""
        self.by_gateways[_ends(record)] = record

    def connections(self) -> Iterable[dict]:
        """The records of all connections."""
        return self.by_gateways.values()

    def unindex(self, record: dict) -> None:
        """Undo index."""
        self.by_gateways.pop(_ends(record), None)

    def remove(self, resource_id: str) -> None:
        """Take a resource out of the world."""
        self.world.resources.pop(resource_id.lower(), None)
        self.world.gone[resource_id.lower()] = self.now


def _ends(record: dict) -> tuple[str, str]:
    return record['gateway1'].lower(), (record['gateway2'] or '').lower()


@dataclass(frozen=True)
class Route:
    """How one kind of request is answered.

    `type` is the canonical resource type, `action` the right it needs on the resource ('' for none), `versions` the
    family of its api-versions, `drop` how many trailing parts of the path are no part of the resource's id.
    """

    handler: Callable[[Fabric, Call], Any]
    type: str = ''
    action: str = ''
    versions: str = 'network'
    drop: int = 0


def not_simulated(what: str) -> ArmError:
    """The error for what this simulator does not know; never an answer of Azure."""
    return ArmError(501, 'NotSimulated', f'The simulator does not know {what}.')
