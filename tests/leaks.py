"""No shared key may occur in anything that az printed or wrote."""

import json

# az logs its whole command line under --debug before it loads an extension; a key that was typed there is out of our hands.
COMMAND_LINE = 'cli.knack.cli: Command arguments: ['

# Shorter keys occur by chance.
SHORTEST = 8


def find_keys(az, keys):
    """Return (file name, line) of each occurrence of a key in what az, and each copy of it, printed or wrote."""
    spellings = sorted({spelling for key in keys if len(key) >= SHORTEST
                        for spelling in (key, json.dumps(key)[1:-1], repr(key)[1:-1])})
    found = []
    for path in az.files():
        for line in path.read_bytes().decode('utf-8', 'replace').splitlines():
            if any(spelling in line for spelling in spellings) and COMMAND_LINE not in line:
                found.append((path.name, line))
    for copy in az.copies:
        found += find_keys(copy, keys)
    return found
