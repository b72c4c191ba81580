"""What is told of answers that are none, and what to do about them."""

import pytest

from azext_vnet2vnet.arm.failures import AnswerUnreadable, ReadTimedOut, RequestFailed
from azext_vnet2vnet.arm.requests import UNREADABLE
from azext_vnet2vnet.cli.errors import azure_error


@pytest.mark.parametrize(
    'failure, message, advice',
    [
        (
            AnswerUnreadable('PUT', '/x', None, '', UNREADABLE.text),
            "Azure's answer about /x could not be read.",
            'such as a proxy',
        ),
        (
            AnswerUnreadable('GET', '/x', None, '', 'the answer is a redirect'),
            "Azure's answer about /x could not be read (the answer is a redirect).",
            'such as a proxy',
        ),
        (ReadTimedOut(900), 'Not everything could be read within 900 s. Nothing was written.', '--resource-group'),
        (
            RequestFailed('GET', '/x', None, '', 'CERTIFICATE_VERIFY_FAILED: self-signed certificate'),
            '/x could not be read: no answer came from Azure (CERTIFICATE_VERIFY_FAILED: self-signed certificate).',
            'REQUESTS_CA_BUNDLE',
        ),
        (
            RequestFailed('GET', '/x', None, '', 'the proxy: Connection refused'),
            '/x could not be read: no answer came from Azure (the proxy: Connection refused).',
            'HTTPS_PROXY',
        ),
        (
            RequestFailed('GET', '/x', None, '', 'Connection reset by peer'),
            '/x could not be read: no answer came from Azure (Connection reset by peer).',
            'Check the network',
        ),
    ],
)
def test_the_message_has_the_reason_and_the_advice_fits_it(failure, message, advice):
    error = azure_error(failure)
    assert error.error_msg == message
    [recommendation] = error.recommendations
    assert advice in recommendation and '--timeout' not in recommendation
