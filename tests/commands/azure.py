"""What a test asks the simulated Azure: which requests came, what is there, which keys it holds."""

from contextlib import contextmanager
from types import SimpleNamespace

from tests.armsim import DEFAULTS


def requests(served) -> list[SimpleNamespace]:
    """The journal's entries of requests to Azure Resource Manager."""
    with served.lock:
        return [
            SimpleNamespace(**entry)
            for entry in served.simulator.journal
            if entry.get('path', '').startswith('/subscriptions/')
        ]


def writes(served) -> list[tuple[str, str]]:
    """Kind and name of each resource that somebody wrote or tried to write, in order."""
    found = []
    for entry in requests(served):
        if entry.method != 'GET':
            kind, name = entry.path.rstrip('/').split('/')[-2:]
            found.append((name, kind) if name == 'sharedkey' else (kind, name))
    return found


def records(served, kind: str) -> list[dict]:
    """All resources of a kind such as `virtualNetworks` or `resourceGroups`, as the simulator keeps them."""
    with served.lock:
        state = served.simulator.state()
    found = state['groups'] if kind == 'resourceGroups' else state['resources']
    return [record for record in found.values() if record['id'].split('/')[-2].lower() == kind.lower()]


def resources(served, kind: str) -> dict[str, dict]:
    """The same by name."""
    return {record['name']: record for record in records(served, kind)}


def subnets(served, vnet: str) -> dict[str, str]:
    """The prefix of each subnet of a VNet, by name."""
    return {
        record['name']: record['properties']['addressPrefix']
        for record in records(served, 'subnets')
        if record['id'].split('/')[-3] == vnet
    }


def keys(served) -> dict[str, str]:
    """The key of each connection, by id in lower case."""
    return {record['id'].lower(): record['key'] for record in resources(served, 'connections').values()}


def refused(az, served, command, *texts, expect=1):
    """The command ends with these texts, writes nothing and shows no trace."""
    before = len(writes(served))
    result = az.run(command, expect=expect)
    assert [text for text in texts if text not in result.stderr] == [], result
    assert 'Traceback' not in result.stderr and result.stdout == ''
    assert writes(served)[before:] == []


def grant(served, *assignments):
    """Give the service principal these rights alone, each (scope, actions, notActions)."""
    world = served.simulator.world
    world.role_assignments[:] = [
        {'principalId': principal, 'scope': scope, 'actions': actions, 'notActions': not_actions}
        for principal in (DEFAULTS.app_object_a, DEFAULTS.app_object_b)
        for scope, actions, not_actions in assignments
    ]


def let_pass(served, seconds: float) -> None:
    """Let Azure's time pass at once."""
    with served.lock:
        clock = served.simulator.clock
        clock.move_to(clock.now() + seconds)


@contextmanager
def live(served, kind: str, name: str):
    """The simulator's own record of a resource, for a test that bends it: `properties`, `key`, `state`, `tags` ..."""
    with served.lock:
        found = [
            record
            for record in served.simulator.fabric.world.resources.values()
            if record['id'].split('/')[-2].lower() == kind.lower() and record['name'] == name
        ]
        assert len(found) == 1, f'{len(found)} {kind} are named {name}'
        yield found[0]
