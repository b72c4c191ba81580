"""What a session refuses at once, and the exit codes that it asks for."""

from types import SimpleNamespace

import pytest
from azure.cli.core.azclierror import InvalidArgumentValueError

from azext_vnet2vnet.cli.session import Session


@pytest.mark.parametrize(
    ('entry', 'option'),
    (('_acquire_policy_token', '--acquire-policy-token'), ('_change_reference', '--change-reference')),
)
def test_a_key_is_not_sent_with_an_option_by_which_az_posts_bodies(entry, option):
    context = SimpleNamespace(data={entry: 'CHG1'})
    with pytest.raises(InvalidArgumentValueError, match=f'^{option} would have az post the shared key'):
        Session(context, 60, sends_key=True)
    Session(context, 60)


@pytest.mark.parametrize(
    ('statuses', 'codes'),
    ((['Connected'], []), (['Half'], []), (['Connected', 'NotConnected'], [5]), (['Connecting'], [5])),
)
def test_a_tunnel_that_is_not_up_is_exit_code_5(statuses, codes, monkeypatch):
    session, asked = Session(SimpleNamespace(data={})), []
    monkeypatch.setattr(session, 'exit_with', asked.append)
    session.exit_unless_up([{'status': status} for status in statuses])
    assert asked == codes
