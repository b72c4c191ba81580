"""What a failure of the login is told as."""

import pytest
from azure.cli.core.azclierror import UnauthorizedError

from azext_vnet2vnet.arm.failures import LoginEnded
from azext_vnet2vnet.cli.errors import azure_error

CLAIMS = 'eyJhY2Nlc3NfdG9rZW4iOnt9fQ=='


def told(text, claims=''):
    error = azure_error(LoginEnded(('a', 'b'), text, claims))
    assert isinstance(error, UnauthorizedError)
    return error.error_msg, error.recommendations[0]


def test_a_claims_challenge_is_answered_by_a_login_with_it():
    message, advice = told('Trace 1', CLAIMS)
    assert message == 'Azure wants a stronger login for this request, such as one with a second factor.'
    assert advice.startswith(f'Run az logout, az login --tenant a --claims-challenge {CLAIMS} and az login --tenant b ')


@pytest.mark.parametrize('code', ('AADSTS50076', 'AADSTS50079', 'AADSTS50158'))
def test_a_renewal_that_requires_a_second_factor_is_no_ended_login(code):
    message, advice = told(f'{code}: You must use multi-factor authentication.')
    assert message.startswith('Azure wants a stronger login') and code in message
    assert advice.startswith('Run az login --tenant a and az login --tenant b, then')


def test_an_account_of_another_tenant_is_no_ended_login():
    message, advice = told('AADSTS50020: User account does not exist in tenant.')
    assert message.startswith('The account does not exist in a tenant') and '--only-end' in advice


def test_an_ended_login_is_one():
    assert told('AADSTS70043: Expired.')[0] == 'The login has ended: AADSTS70043: Expired.'
