"""Drawn answers of every shape in place of Azure's: no fault of ours, no storm of requests, no lost write."""

import copy
import random
from collections import Counter

import pytest

from azext_vnet2vnet.arm.failures import Failure
from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.readers.listing import list_pairs
from azext_vnet2vnet.readers.pair import find_pair
from azext_vnet2vnet.workflows.create import preview_create, run_create
from azext_vnet2vnet.workflows.delete import preview_deletion, run_deletion
from azext_vnet2vnet.workflows.rotate_key import preview_rotation, run_rotation
from azext_vnet2vnet.workflows.run import RunFailed
from azext_vnet2vnet.workflows.verify import verify_pair
from tests.armsim.simulator import Reply
from tests.armsim.wire import NO_BODY, Response
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import ACCOUNTS, QUICK, THERE, connected, key_of, names, pair

ODD = (None, [], {}, 'text', '', 5, -1, True, float('inf'), [None], {'id': 'none'}, {'properties': None})
WAITS = ('0', '-1', '0.1', 'inf', 'nan', '', '5, 10', 'soon', '99999999', 'Wed, 21 Oct 2015 07:28:00 GMT')
MOST_PER_SECOND = 40  # Requests in one virtual second; those of one moment run side by side.


async def create(arm):
    created = await run_create(arm, await preview_create(arm, pair()), Report())
    return created.state.observed


async def show(arm):
    return await find_pair(arm, ACCOUNTS, THERE)


async def verify(arm):
    return await verify_pair(arm, ACCOUNTS, THERE)


async def list_all(arm):
    return await list_pairs(arm, ACCOUNTS, None)


async def rotate(arm):
    found = await find_pair(arm, ACCOUNTS, THERE)
    return await run_rotation(arm, await preview_rotation(arm, found, SharedKey('New.Key.1')), Report())


async def delete(arm):
    found = await find_pair(arm, ACCOUNTS, THERE)
    return await run_deletion(arm, await preview_deletion(arm, found, False), Report())


def changed(draw, value):
    """The value with one part of it, at any depth, replaced by something odd."""
    if not isinstance(value, (dict, list)) or not value or draw.random() < 0.2:
        return draw.choice(ODD)
    value = copy.copy(value)
    name = draw.choice(list(value)) if isinstance(value, dict) else draw.randrange(len(value))
    value[name] = changed(draw, value[name])
    return value


class OddAnswers:
    """Answers of the simulator, some of which are spoiled, or come of nobody who has passed the request on."""

    def __init__(self, azure, seed):
        self._draw = random.Random(seed)
        self._serve = azure._adapter._answer
        self._left = self._draw.randrange(40)
        self._odd = self._draw.choice((1, 1, 2, 5, 1000))
        self._time = azure.time
        self.seconds = Counter()
        azure._adapter._answer = self.answer

    def answer(self, request):
        self.seconds[int(self._time.now())] += 1
        self._left -= 1
        if self._left >= 0 or self._odd <= 0:
            return self._serve(request)
        self._odd -= 1
        draw = self._draw
        if draw.random() < 0.2:
            page = Response(200, '<html>Sign in</html>', {'Content-Type': 'text/html'})
            return Reply(draw.choice((page, Response(200, NO_BODY), Response(307, {}, {'Location': 'https://evil/'}))))
        reply = self._serve(request)
        found = reply.response
        headers = {**found.headers, 'Retry-After': draw.choice(WAITS)}
        if draw.random() < 0.2:
            headers |= {'Azure-AsyncOperation': 'https://evil/1', 'Location': 'https://evil/2'}
        body = found.body if found.body is NO_BODY else changed(draw, found.body)
        return Reply(Response(found.status, body, headers), reply.delay, reply.fate)


@pytest.mark.parametrize('seed', range(12))
@pytest.mark.parametrize('verb', [create, show, verify, list_all, rotate, delete])
def test_an_odd_answer_ends_in_a_result_or_in_a_failure_that_has_a_name(verb, seed):
    azure = LocalAzure(QUICK) if verb is create else connected(LocalAzure(QUICK))
    odd = OddAnswers(azure, f'{verb.__name__} {seed}')
    is_done = True
    try:
        azure.run(verb(azure.arm()))
    except RunFailed as run:
        is_done = False
        assert all(isinstance(failure, Failure) for failure in run.failures.values()), run.failures
    except (Failure, Refused):
        is_done = False
    assert max(odd.seconds.values(), default=0) <= MOST_PER_SECOND
    if is_done and verb in (create, rotate):
        assert names(azure, 'connections') == ['back', 'there']
        assert key_of(azure, 'there') == key_of(azure, 'back')
        assert verb is create or key_of(azure, 'there') == 'New.Key.1'
    if is_done and verb is delete:
        assert names(azure, 'connections') == []
