"""The network client over Azure in this process, and what it must not change for the tests that start az."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from azext_vnet2vnet.arm.failures import RequestFailed
from tests.armsim import DEFAULTS, Settings
from tests.unit.local_azure import LocalAzure, ScriptedAzure, failure, reply

ROOT = Path(__file__).resolve().parents[2]


def test_no_az_that_a_test_starts_finds_the_network_client():
    child = subprocess.run([sys.executable, '-c', 'import azure.mgmt.network'], capture_output=True, check=False)
    assert child.returncode and b'ModuleNotFoundError' in child.stderr


def test_the_network_client_is_of_the_version_that_the_wheel_asks_for():
    asked = re.search(r"'azure-mgmt-network~=(\d+)\.(\d+)'", (ROOT / 'setup.py').read_text('utf-8'))
    pinned = re.search(
        r'^azure-mgmt-network==(\d+)\.(\d+)\.', (ROOT / 'requirements-unit.txt').read_text('utf-8'), re.M
    )
    assert pinned[1] == asked[1] and int(pinned[2]) >= int(asked[2])


def test_a_write_and_its_operation_go_by_virtual_time():
    azure = LocalAzure(Settings(durations={'connection-delete': 35}))
    half, far = azure.make_pair()
    arm = azure.arm()

    async def scenario():
        answer = await arm.delete(half)
        while (await arm.poll(half, answer.headers['azure-asyncoperation'])).body['status'] != 'Succeeded':
            await arm.pause(10)
        assert (await arm.get(half)).is_missing and not (await arm.get(far)).is_missing

    azure.run(scenario())
    assert azure.time.now() == pytest.approx(40)
    assert azure.sent == [
        'DELETE connections/there 202',
        *['GET operations 200'] * 5,
        'GET connections/there 404',
        'GET connections/back 200',
    ]


def test_an_answer_takes_as_long_as_the_simulator_says():
    azure = LocalAzure()
    gateway = azure.make_site(1)
    azure.fail('GET */virtualNetworkGateways/*', 'slow', seconds=8)
    assert azure.run(azure.arm().get(gateway)).status == 200
    assert azure.time.now() == pytest.approx(8)


@pytest.mark.parametrize(
    'do, seconds, reason',
    [('reset-before', 0, 'Connection reset by peer'), ('hold-before', 120, 'ServiceResponseTimeoutError')],
)
def test_a_lost_answer_is_the_error_that_the_sdk_makes_of_it(do, seconds, reason):
    azure = LocalAzure()
    gateway = azure.make_site(1)
    azure.fail('GET *', do, every=True)
    with pytest.raises(RequestFailed) as caught:
        azure.run(azure.arm().get(gateway))
    assert caught.value.status is None and caught.value.text == reason
    assert azure.sent == ['GET virtualNetworkGateways/gw1 -'] * 4
    assert azure.times('GET') == pytest.approx([0, seconds + 5, 2 * seconds + 15, 3 * seconds + 35])


def test_tokens_are_those_of_the_tenants_and_are_renewed():
    azure = LocalAzure(Settings(token_lifetime=100.0))
    gateway = azure.make_site(1)
    arm = azure.arm()

    async def scenario():
        await arm.get(gateway)
        await arm.pause(150)
        await arm.get(gateway)

    azure.run(scenario())
    answered = [entry for entry in azure.simulator.journal if entry['method'] == 'GET']
    assert [(entry['tenant'], entry['status']) for entry in answered] == [(DEFAULTS.tenant_a, 200)] * 2
    assert azure.forgotten == []


def test_scripted_answers_come_in_their_order_with_the_requests_that_got_them():
    azure = ScriptedAzure(failure(429, 'TooManyRequests', retry_after='3'), reply(200, {'answer': 42}))
    assert azure.run(azure.arm().read('s', '/subscriptions/s/locations', '2022-12-01')).body == {'answer': 42}
    assert [request.target for request in azure.requests] == ['/subscriptions/s/locations?api-version=2022-12-01'] * 2
    assert azure.moments == pytest.approx([0, 3]) and azure.left == 0
