"""Azure for one run of a command, and the loop that its tasks run in."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

from azext_vnet2vnet.arm.client import Clients
from azext_vnet2vnet.arm.clock import Clock
from azext_vnet2vnet.arm.threads import DaemonThreads
from azext_vnet2vnet.arm.transport import Arm

_THREADS = 32  # An answer takes some tenths of a second, most of which nobody here has to do anything.
_READ_SECONDS = 900.0  # Real ones: reading takes no longer where Azure is simulated at a higher speed.


def make_arm(cli_ctx, timeout: float | None) -> Arm:
    """Azure with the login of az, until `timeout` seconds from now; None is the patience of a command that looks."""
    # A simulated Azure may run faster than the real one; Azure's own Retry-After needs no such help.
    clock = Clock(cli_ctx.config.getfloat('vnet2vnet', 'speed', fallback=1.0))
    patience = clock.from_real_seconds(_READ_SECONDS) if timeout is None else timeout
    return Arm(
        Clients(cli_ctx, _THREADS),
        DaemonThreads(_THREADS),
        clock,
        jitter=random.random,
        deadline=clock.now() + patience,
        polls_resources=cli_ctx.config.getboolean('vnet2vnet', 'looks', fallback=True),
    )


def run(task: Coroutine) -> Any:
    """Run a task to its end."""
    return asyncio.run(task)
