"""What a message says is to be typed, typed."""

import re

BY_ID = re.compile(r'run az (network [^;.]*?--ids [^;]+?)\.$', re.MULTILINE)


def type_by_id(az, text: str) -> None:
    """Type what a message says is to be run where no connection leads to the gateways any more."""
    said = BY_ID.findall(text)
    assert said, f'no command is said in {text}'
    for command in said[-1].split(', then az '):
        assert re.match('network (vnet-gateway|public-ip) delete --ids /', command), command
        az.run(command)
