"""Two runs over one pair, interleaved: when both have ended, its halves have one key, and success means Connected."""

import asyncio
from random import Random

import pytest

from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.desired import Topology
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.readers.pair import find_pair
from azext_vnet2vnet.workflows.apply import preview_apply, run_apply
from azext_vnet2vnet.workflows.create import preview_create, run_create
from azext_vnet2vnet.workflows.delete import preview_deletion, run_deletion
from azext_vnet2vnet.workflows.rotate_key import preview_rotation, run_rotation
from azext_vnet2vnet.workflows.run import RunFailed
from azext_vnet2vnet.workflows.update import preview_update, run_update
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import ACCOUNTS, QUICK, THERE, connected, let_pass, names, pair, record

DONE, FAILED, DELETED = 'done', 'failed', 'deleted'


def creating(key=None, **tunnel):
    async def work(arm):
        desired = pair(key=key and SharedKey(key), tunnel=Tunnel(**tunnel))
        created = await run_create(arm, await preview_create(arm, desired), Report())
        return created.state.observed

    return work


def applying(key=None):
    async def work(arm):
        desired = pair(key=key and SharedKey(key))
        topology = Topology('network', {'one': desired.end1, 'two': desired.end2}, (desired,))
        return (await run_apply(arm, await preview_apply(arm, topology, False), Report())).pairs[0]

    return work


def rotating(key=None):
    async def work(arm):
        found = await find_pair(arm, ACCOUNTS, THERE)
        preview = await preview_rotation(arm, found, key and SharedKey(key))
        return (await run_rotation(arm, preview, Report())).pair

    return work


def updating(**tunnel):
    async def work(arm):
        preview = await preview_update(arm, ACCOUNTS, await find_pair(arm, ACCOUNTS, THERE), Tunnel(**tunnel), None)
        return (await run_update(arm, preview, Report())).pair

    return work


async def deleting(arm):
    await run_deletion(arm, await preview_deletion(arm, await find_pair(arm, ACCOUNTS, THERE), False), Report())


# What two runs do, and how much of the pair exists before them: nothing, both gateways, or all.
MATCHES = (
    (creating(), creating(), 'gateways'),
    (creating('Key.0'), creating('Key.1'), 'gateways'),
    (creating(dpd_timeout=20), creating(dpd_timeout=50), 'gateways'),
    (creating(), applying(), 'gateways'),
    (creating('Key.0'), applying(), 'gateways'),
    (creating(), creating(), 'nothing'),
    (rotating(), rotating(), 'pair'),
    (rotating('Key.0'), rotating('Key.1'), 'pair'),
    (creating(), deleting, 'pair'),
    (updating(dpd_timeout=20), updating(dpd_timeout=50), 'pair'),
)


def azure_with(what):
    azure = LocalAzure(QUICK)
    if what == 'pair':
        return connected(azure)
    for number in (1, 2) if what == 'gateways' else ():
        azure.make_site(number)
    return azure


def interleave(azure, first, second, draw):
    """Both runs, the second one after a drawn time, with answers that take drawn times; what each ended with."""
    for _ in range(draw.randrange(12)):
        match = draw.choice(('* /subscriptions/*', 'PUT *', 'GET */connections/*', '* */sharedkey'))
        azure.fail(match, 'slow', nth=draw.randint(1, 20), seconds=draw.choice((0.2, 3, 20, 60)))

    async def run(work, delay):
        await asyncio.sleep(delay)
        try:
            observed = await work(azure.arm())
        except (RunFailed, Refused):
            return FAILED
        if observed is None:
            return DELETED
        assert [half.status for half in observed.halves] == ['Connected'] * 2
        return DONE

    async def scenario():
        delay = draw.choice((0, draw.random(), draw.uniform(0, 30), draw.uniform(0, 200)))
        return await asyncio.gather(run(first, 0), run(second, delay))

    return azure.run(scenario())


def check_schedule(seed):
    draw = Random(seed)
    first, second, before = MATCHES[seed % len(MATCHES)]
    azure = azure_with(before)
    ended = interleave(azure, first, second, draw)
    azure.simulator.faults.clear()
    let_pass(azure)
    if names(azure, 'connections') == ['back', 'there']:
        there, back = (record(azure, 'connections', name) for name in ('there', 'back'))
        assert there['key'] == back['key'], ended
        timeouts = {one['properties'].get('dpdTimeoutSeconds') for one in (there, back)}
        assert len(timeouts) == 1 or ended != [DONE, DONE], 'one of both was told'


@pytest.mark.parametrize('seed', range(20))
def test_two_runs(seed):
    check_schedule(seed)


@pytest.mark.faults
@pytest.mark.parametrize('seed', range(20, 220))
def test_more_of_two_runs(seed):
    check_schedule(seed)
