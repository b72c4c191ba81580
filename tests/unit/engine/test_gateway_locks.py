"""Which writes of a run go side by side, and which wait for a gateway."""

import asyncio

import pytest

from azext_vnet2vnet.arm.requests import Answer
from azext_vnet2vnet.engine.gateway_locks import Collided, GatewayLocks
from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.planning.plan import Action, Step
from tests.unit.virtual_time import VirtualTime


def gateway(number):
    return ResourceId('s', 'g', resource_id.GATEWAY_TYPE, (f'GW{number:02}',))


def connection(near, far):
    return Step(
        ResourceId('s', 'g', resource_id.CONNECTION_TYPE, (f'{near}to{far}',)),
        Action.CREATE,
        lock=gateway(near),
        far_lock=gateway(far),
    )


FREE = Step(ResourceId('s', 'g', resource_id.PUBLIC_IP_TYPE, ('ip',)), Action.CREATE)


class Run:
    """Steps that hold their gateways until `end`."""

    def __init__(self, locks=None):
        self.locks = locks or GatewayLocks()
        self.running = {}

    async def hold(self, step):
        async with self.locks.held(step):
            self.running[step] = asyncio.Event()
            try:
                await self.running[step].wait()
            finally:
                del self.running[step]

    async def start(self, *steps):
        self.tasks = [asyncio.ensure_future(self.hold(step)) for step in steps]
        await self.settle()

    async def end(self, step):
        self.running[step].set()
        await self.settle()

    async def cancel(self, number):
        """Cancel a task while it waits or holds its gateways."""
        self.tasks[number].cancel()
        await asyncio.gather(self.tasks[number], return_exceptions=True)
        assert self.tasks[number].cancelled()
        await self.settle()

    async def settle(self):
        for _ in range(10):
            await asyncio.sleep(0)


def test_a_gateway_has_one_write_at_a_time_and_its_far_end_none_of_it():
    async def scenario():
        run = Run()
        await run.start(connection(1, 2), connection(1, 3), connection(2, 1), FREE)
        assert set(run.running) == {connection(1, 2), connection(2, 1), FREE}
        await run.end(connection(1, 2))
        assert set(run.running) == {connection(1, 3), connection(2, 1), FREE}

    VirtualTime().run(scenario())


def test_a_refusal_that_another_write_explains_has_both_ends_locked_from_then_on():
    async def scenario():
        run = Run()
        await run.start(connection(1, 2), connection(2, 1), connection(3, 4), connection(2, 3))
        with pytest.raises(Collided):
            run.locks.collide(connection(2, 1))
        await run.end(connection(2, 1))
        assert connection(2, 3) not in run.running, 'gateway 2 is held by the connection from 1'
        await run.end(connection(1, 2))
        assert connection(2, 3) not in run.running, 'gateway 3 is held too'
        await run.end(connection(3, 4))
        assert set(run.running) == {connection(2, 3)}

    VirtualTime().run(scenario())


@pytest.mark.parametrize(
    'code, text, is_one',
    [
        ('AnotherOperationInProgress', 'Another operation on this or dependent resource is in progress.', True),
        ('RetryableErrorDueToAnotherOperation', 'Operation PutVirtualNetworkGatewayConnectionOperation (x) is', True),
        ('RetryableErrorDueToAnotherOperation', 'Operation PutVirtualNetworkGatewayOperation (x) is updating', False),
        ('ReferencedResourceNotProvisioned', 'Cannot proceed with operation because resource', False),
    ],
)
def test_a_write_of_a_gateway_is_no_other_connection(code, text, is_one):
    assert Answer(429, {}, {'error': {'code': code, 'message': text}}).is_beside_another is is_one


def test_a_refusal_that_no_other_write_explains_is_somebody_elses():
    async def scenario():
        run = Run()
        await run.start(connection(1, 2), connection(3, 4))
        run.locks.collide(connection(1, 2))
        await run.start(connection(4, 3))
        assert connection(4, 3) in run.running, 'far gateways are not locked'

    VirtualTime().run(scenario())


@pytest.mark.parametrize('size', [4, 10, 20])
def test_a_mesh_with_both_ends_locked_is_done_in_few_rounds(size):
    async def scenario():
        run = Run()
        await run.start(connection(1, 2), connection(2, 1))
        with pytest.raises(Collided):
            run.locks.collide(connection(2, 1))
        for step in list(run.running):
            await run.end(step)
        await run.start(*(connection(one, other) for one in range(size) for other in range(size) if one != other))
        rounds = 0
        while run.running:
            held = [end for step in run.running for end in (step.lock, step.far_lock)]
            assert len(held) == len(set(held))
            rounds += 1
            for step in list(run.running):
                run.running[step].set()
            await run.settle()
        assert 2 * (size - 1) <= rounds <= 2.5 * (size - 1)

    VirtualTime().run(scenario())


@pytest.mark.parametrize('number', [0, 1, 2])
def test_a_cancelled_step_frees_its_gateway_or_leaves_the_queue(number):
    """The first one holds its gateway, the others wait for it."""
    steps = [connection(1, 2), connection(1, 3), connection(1, 4)]

    async def scenario():
        run = Run()
        await run.start(*steps)
        assert set(run.running) == {steps[0]}
        await run.cancel(number)
        left = [step for step in steps if step != steps[number]]
        for step in left:
            assert step in run.running
            await run.end(step)
        await run.start(steps[number])
        assert steps[number] in run.running, 'a step may come back'
        await run.end(steps[number])

    VirtualTime().run(scenario())


def test_a_step_that_is_cancelled_at_the_moment_of_its_turn_does_not_keep_its_gateway():
    steps = [connection(1, 2), connection(1, 3)]

    async def scenario():
        for ticks in range(4):
            run = Run()
            task = asyncio.ensure_future(run.hold(steps[0]))
            for _ in range(ticks):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await run.start(steps[1])
            assert steps[1] in run.running
            await run.end(steps[1])

    VirtualTime().run(scenario())
