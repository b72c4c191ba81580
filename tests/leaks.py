"""No shared key may occur in anything that az printed or wrote."""

import json

# az logs its whole command line under --debug before it loads an extension: a key typed there is out of our hands.
COMMAND_LINE = 'cli.knack.cli: Command arguments: ['

# Shorter keys occur by chance.
SHORTEST = 8


class KeyWatch:
    """Collects the shared keys that a simulator holds, each time it looks, and searches for them."""

    def __init__(self, served):
        self.served = served
        self.keys = set()

    def look(self):
        """Note the keys that the simulator holds now."""
        with self.served.lock:
            self.keys.update(held_keys(self.served.simulator.state()))

    def find_leaks(self, az):
        """Return (file name, line) of each occurrence of a key in what az, and each copy of it, printed or wrote."""
        self.look()
        return find(az, sorted(key for key in self.keys if len(key) >= SHORTEST))


def held_keys(state):
    """Yield every shared key in a simulator's state: of connections, of operations that set one, of deployments."""
    if isinstance(state, dict):
        for name, value in state.items():
            if name.lower() in ('key', 'sharedkey') and isinstance(value, str):
                yield value
            if name == 'secrets':
                yield from (secret for secret in (value or {}).values() if isinstance(secret, str))
            yield from held_keys(value)
    elif isinstance(state, list):
        for value in state:
            yield from held_keys(value)


def find(az, keys):
    """Return (file name, line) of each line that holds one of keys, as it is or quoted, in the files of az."""
    spellings = {spelling for key in keys for spelling in (key, json.dumps(key)[1:-1], repr(key)[1:-1])}
    found = []
    for path in az.files():
        for line in path.read_bytes().decode('utf-8', 'replace').splitlines():
            if any(spelling in line for spelling in spellings) and COMMAND_LINE not in line:
                found.append((path.name, line))
    for copy in az.copies:
        found += find(copy, keys)
    return found
