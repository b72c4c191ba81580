"""`verify`: the reasons that a pair is judged by, from what was read."""

import pytest

from azext_vnet2vnet.checks.health import is_healthy, reasons_of
from azext_vnet2vnet.network.diagnostic import Severity
from azext_vnet2vnet.workflows.verify import verify_pair
from tests.armsim import Settings
from tests.unit.local_azure import LocalAzure
from tests.unit.readers.azure_pairs import (
    ACCOUNTS,
    QUICK,
    THERE,
    add_route_table,
    connected,
    join,
    let_pass,
    record,
    refusal,
)


def verify(azure, half=THERE):
    """The codes of a pair's reasons, and whether it is healthy."""
    pair = azure.run(verify_pair(azure.arm(), ACCOUNTS, half))
    reasons = reasons_of(pair)
    return [one.code for one in reasons], is_healthy(pair, reasons)


def test_a_connected_pair_is_healthy_without_a_reason():
    assert verify(connected(LocalAzure(QUICK))) == ([], True)


def test_a_connection_that_does_not_exist_is_refused():
    azure = LocalAzure()
    assert refusal(azure, verify_pair(azure.arm(), ACCOUNTS, THERE)) == ['connection-missing']


def test_keys_that_differ_are_found():
    azure = connected(LocalAzure(QUICK), back={'sharedKey': 'Other.Key.1'})
    assert verify(azure) == (['key-mismatch', 'not-connected'], False)


def test_a_key_that_may_not_be_read_is_a_warning():
    azure = connected(LocalAzure(QUICK))
    azure.fail('GET */sharedkey', 'status', every=True, status=403)
    codes, is_well = verify(azure)
    assert set(codes) == {'key-unreadable'} and is_well


def test_a_route_table_that_catches_all_traffic_is_found():
    azure = connected(LocalAzure(QUICK))
    add_route_table(azure, 2)
    codes, is_well = verify(azure)
    assert codes == ['gateway-subnet-default-route', 'gateway-subnet-propagation-off'] and not is_well


def test_tunnels_that_are_not_up_are_found_in_the_security_associations(monkeypatch):
    azure = connected(LocalAzure(QUICK))
    monkeypatch.setattr('tests.armsim.network.tunnels.seconds_up', lambda *_: None)
    assert verify(azure) == (['tunnels-missing'] * 2, True)


def test_a_tunnel_whose_status_lags_is_said_to_be_up():
    azure = LocalAzure(QUICK)
    azure.make_pair()
    let_pass(azure, 20)
    [reason] = reasons_of(azure.run(verify_pair(azure.arm(), ACCOUNTS, THERE)))
    assert reason.code == 'not-connected' and 'The IKE security associations are up' in reason.message


def test_a_bgp_peer_that_is_down_is_found(monkeypatch):
    azure = LocalAzure(QUICK)
    for number in (1, 2):
        azure.make_site(number, enableBgp=True, bgpSettings={'asn': 65000 + number})
    join(azure, 1, 2, enableBgp=True)
    let_pass(azure)
    half = THERE.sibling(THERE.type, '1to2')
    assert verify(azure, half) == ([], True)
    monkeypatch.setattr('tests.armsim.network.bgp._speaks_bgp', lambda *_: False)
    assert verify(azure, half)[0] == ['bgp-peer-down', 'bgp-peer-down']


@pytest.mark.parametrize('status, advice', [(403, 'Ask for the action'), (500, 'Run az vnet2vnet verify again')])
def test_a_report_that_is_missing_is_a_warning(status, advice):
    azure = connected(LocalAzure(QUICK))
    azure.fail('POST */there/getikesas', 'status', every=True, status=status)
    [reason] = reasons_of(azure.run(verify_pair(azure.arm(), ACCOUNTS, THERE)))
    assert (reason.code, reason.severity) == ('report-missing', Severity.WARNING)
    assert reason.recommendation.startswith(advice)


def test_reports_that_come_too_late_are_warnings():
    assert verify(connected(LocalAzure(Settings(durations={'query': 500})))) == (['report-missing'] * 2, True)


@pytest.mark.parametrize(
    'pattern, code', [('*/virtualNetworkGateways/gw1', 'gateway-unreadable'), ('*/vnet1', 'vnet-unreadable')]
)
@pytest.mark.parametrize('status, is_well', [(403, True), (500, False)])
def test_only_a_missing_right_leaves_a_pair_healthy(pattern, code, status, is_well):
    azure = connected(LocalAzure(QUICK))
    azure.fail(f'GET {pattern}', 'status', every=True, status=status)
    assert verify(azure) == ([code], is_well)


def test_a_half_that_azure_failed_at_is_found():
    azure = connected(LocalAzure(QUICK))
    record(azure, 'connections', 'there')['state'] = 'Failed'
    codes, _ = verify(azure)
    assert 'connection-failed' in codes
