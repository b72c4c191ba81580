"""Resource locks at any scope."""

from tests.armsim.fabric import Call, Fabric, not_simulated
from tests.armsim.groups import require_group
from tests.armsim.ids import is_under, parent
from tests.armsim.wire import ArmError, Response

LEVELS = ('CanNotDelete', 'ReadOnly')


def _key(call: Call) -> str:
    return f'{call.target.scope}/providers/Microsoft.Authorization/locks/{call.name}'


def _body(lock: dict) -> dict:
    return {
        'properties': lock['properties'],
        'id': lock['id'],
        'type': 'Microsoft.Authorization/locks',
        'name': lock['name'],
    }


def put_lock(fabric: Fabric, call: Call) -> Response:
    """PUT: 201 or 200, done at once (recorded)."""
    if call.target.group:
        require_group(fabric, call.target.subscription, call.target.group)
    properties = (call.body or {}).get('properties') or {}
    if properties.get('level') not in LEVELS:
        raise ArmError(400, 'LockLevelNotValid', f"The lock level '{properties.get('level')}' is not valid.")
    key = _key(call)
    status = 200 if key.lower() in fabric.world.locks else 201
    fabric.world.locks[key.lower()] = {
        'id': key,
        'name': call.name,
        'properties': {
            name: properties[name] for name in ('level', 'notes', 'owners') if properties.get(name) is not None
        },
    }
    return Response(status, _body(fabric.world.locks[key.lower()]))


def get_lock(fabric: Fabric, call: Call) -> Response:
    """GET of one lock."""
    lock = fabric.world.locks.get(_key(call).lower())
    if lock is None:
        raise ArmError(404, 'LockNotFound', f"The lock '{call.name}' could not be found.")
    return Response(200, _body(lock))


def delete_lock(fabric: Fabric, call: Call) -> Response:
    """DELETE: 200 without a body (recorded), 204 where there is none."""
    return Response(200 if fabric.world.locks.pop(_key(call).lower(), None) else 204)


def list_locks(fabric: Fabric, call: Call) -> Response:
    """GET of the locks at, above and below a scope; with $filter=atScope() of those at and above it (documented)."""
    scope = call.target.scope or ''
    chosen = call.request.query.get('$filter', '')
    if chosen not in ('', 'atScope()'):
        raise not_simulated(f'the filter {chosen}')
    if call.target.group:
        require_group(fabric, call.target.subscription, call.target.group)
    return Response(
        200,
        {
            'value': [
                _body(lock)
                for key, lock in fabric.world.locks.items()
                if is_under(_scope(key), scope) or not chosen and is_under(scope, _scope(key))
            ]
        },
    )


def _scope(lock_id: str) -> str:
    return parent(lock_id, 2)


def check(fabric: Fabric, scope: str, verb: str, below: bool = False, asked: str = '') -> None:
    """Raise ArmError 409 ScopeLocked (recorded) where a lock at `scope` or above forbids `verb`, write or delete.

    With `below` locks under the scope count too, as when a group is deleted. `asked` is the scope as the request
    spelt it, which is how the text repeats it (recorded).
    """
    if not fabric.world.locks:
        return
    found = [
        lock['id']
        for key, lock in fabric.world.locks.items()
        if (verb == 'delete' or lock['properties']['level'] == 'ReadOnly')
        and (is_under(_scope(key), scope) or below and is_under(scope, _scope(key)))
    ]
    if found:
        locked = ', '.join(sorted({_scope(lock) for lock in found}))
        raise ArmError(
            409,
            'ScopeLocked',
            f"The scope '{asked or scope}' cannot perform {verb} operation because following scope(s) are "
            f"locked: '{locked}'. Please remove the lock and try again.",
        )
