"""The end state of a whole run, in a form that can be compared."""

from tests.armsim import DEFAULTS
from tests.armsim.client import Client
from tests.commands.azure import keys
from tests.howto import VNET1, VNET5, create

# Faster than the other tests: a gateway takes little more than the one real second that Azure's first answers ask for.
SPEED = 1200
# Waits that Azure tells are real seconds, of which each takes SPEED of the time that --timeout counts.
COMMAND = create(VNET1, VNET5, '--timeout', '1000000')
DELETE = 'vnet2vnet delete -g TestRG1 -n TestVNet1ToTestVNet5 --gateways --yes --timeout 1000000'

# The pair that it makes, as the commands that change it name it, and a key to give them.
PAIR = ['-g', 'TestRG1', '-n', 'TestVNet1ToTestVNet5', '--yes', '--timeout', '1000000']
HALF1 = VNET1.id(DEFAULTS.subscription_1, 'connections', 'TestVNet1ToTestVNet5').lower()
HALF2 = VNET5.id(DEFAULTS.subscription_5, 'connections', 'TestVNet5ToTestVNet1').lower()
GATEWAY1 = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'VNet1GW').lower()
KEY = 'given_key_0123456789'
CHANGES = ('update', 'rotate-key', 'rotate-key to a given one')

# What Azure draws or counts anew; the keys are compared with each other instead.
FLEETING = (
    'etag',
    'resourceGuid',
    'ingressBytesTransferred',
    'egressBytesTransferred',
    'lastConnectionEstablishedUtcTime',
)


def end_state(served) -> dict:
    """The body of every group and resource by its id, and what Azure still works on."""
    with served.lock:
        client = Client(simulator=served.simulator)
        state = served.simulator.state()
        bodies = {
            key: without_fleeting(client.get(record['id']).body)
            for key, record in {**state['groups'], **state['resources']}.items()
        }
    running = [
        operation['resource'] for operation in state['operations'].values() if operation['status'] == 'InProgress'
    ]
    return {**bodies, 'running': running}


def without_fleeting(value):
    """A body without what differs from run to run."""
    if isinstance(value, dict):
        return {name: without_fleeting(inner) for name, inner in value.items() if name not in FLEETING}
    return [without_fleeting(inner) for inner in value] if isinstance(value, list) else value


def differences(expected, present, path=''):
    """Yield (path, expected, present) where two values differ."""
    if isinstance(expected, dict) and isinstance(present, dict):
        for name in sorted({*expected, *present}):
            yield from differences(expected.get(name), present.get(name), f'{path} {name}')
    elif expected != present:
        yield path, expected, present


def requests_of(served) -> int:
    """How many requests came since the last reset."""
    with served.lock:
        return sum('method' in entry for entry in served.simulator.journal)


def is_held(served) -> bool:
    """Whether a request waits for an answer that never comes."""
    with served.lock:
        return any(entry.get('held') for entry in served.simulator.journal)


def check_whole(result, served, expected):
    """The run ended Connected, Azure is as after a run without faults, and both halves hold one key."""
    assert result.exit_code == 0 and result.json['status'] == 'Connected' and result.json['healthy'], result
    found = list(differences(expected, end_state(served)))
    assert found == [], found
    held = keys(served)
    assert len(held) == 2 and len(set(held.values())) == 1 and all(held.values())
