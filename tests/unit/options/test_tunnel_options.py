"""The options of the tunnel: what is refused, and what Azure may take."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.network.diagnostic import Severity
from azext_vnet2vnet.options.tunnel_options import TunnelOptions, read_tunnel

POLICY = TunnelOptions(
    ike_encryption='AES256',
    ike_integrity='SHA384',
    dh_group='DHGroup24',
    ipsec_encryption='GCMAES256',
    ipsec_integrity='GCMAES256',
    pfs_group='PFS24',
    sa_lifetime=27000,
    sa_max_size=102400000,
)
SELECTOR = [['local=10.1.0.0/16', 'remote=10.2.0.0/16']]


def read(options):
    """The tunnel, with the code and severity of each diagnostic."""
    diagnostics = []
    tunnel = read_tunnel(options, diagnostics)
    return tunnel, [(one.code, one.severity) for one in diagnostics]


@pytest.mark.parametrize(
    'code, changes',
    [
        ('ipsec-policy-range', {'sa_max_size': 1023}),
        ('ipsec-policy-range', {'sa_max_size': -1}),
        ('ipsec-policy-range', {'sa_lifetime': 299}),
        ('ipsec-policy-range', {'sa_lifetime': 0}),
        ('ipsec-policy-gcm', {'ipsec_integrity': 'SHA256'}),
        ('ike-policy-gcm', {'ike_integrity': 'GCMAES256'}),
        ('ike-policy-gcm', {'ike_encryption': 'GCMAES128', 'ike_integrity': 'GCMAES256'}),
    ],
)
def test_the_impossible_is_refused(code, changes):
    assert read(replace(POLICY, **changes))[1] == [(code, Severity.ERROR)]


@pytest.mark.parametrize(
    'changes',
    [
        {'ike_encryption': 'DES'},
        {'ike_encryption': 'DES3'},
        {'ike_encryption': 'GCMAES256', 'ike_integrity': 'GCMAES256'},
        {'pfs_group': 'PFS14'},
        {'pfs_group': 'PFSMM'},
    ],
)
def test_the_undocumented_is_a_warning(changes):
    assert read(replace(POLICY, **changes))[1] == [('ipsec-policy-undocumented', Severity.WARNING)]


@pytest.mark.parametrize('changes', [{}, {'sa_max_size': 0}, {'ike_encryption': 'GCMAES256'}])
def test_what_azure_takes_is_taken_without_a_word(changes):
    assert read(replace(POLICY, **changes))[1] == []


@pytest.mark.parametrize(
    'typed, becomes, codes', [(None, True, ['selectors-unused']), (False, False, []), (True, True, [])]
)
def test_selectors_switch_policy_based_ones_on_with_a_word(typed, becomes, codes):
    tunnel, found = read(TunnelOptions(traffic_selector=SELECTOR, policy_based_selectors=typed))
    assert (tunnel.policy_based, found) == (becomes, [(code, Severity.WARNING) for code in codes])
