"""What a test asks the simulated Azure: which requests came, what is there, which keys it holds."""
from types import SimpleNamespace


def requests(served) -> list[SimpleNamespace]:
    """The journal's entries of requests to Azure Resource Manager."""
    with served.lock:
        return [SimpleNamespace(**entry) for entry in served.simulator.journal
                if entry.get('path', '').startswith('/subscriptions/')]


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
    return {record['name']: record['properties']['addressPrefix'] for record in records(served, 'subnets')
            if record['id'].split('/')[-3] == vnet}


def keys(served) -> dict[str, str]:
    """The key of each connection, by id in lower case."""
    return {record['id'].lower(): record['key'] for record in resources(served, 'connections').values()}
