"""From what stopped a command to one error of az."""

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.cli.errors import azure_error
from azext_vnet2vnet.network.diagnostic import Refused


def test_many_findings_are_cut_with_a_count():
    found = tuple(rules.GROUP_NOT_NAMED.found(f'Number {number}', 'Name it') for number in range(2000))
    error = azure_error(Refused(found))
    assert error.error_msg.startswith('2000 findings, and nothing was written: (1) Number 0; (2) Number 1;')
    assert error.error_msg.endswith('; (201) Number 200; and 1799 more.') and len(error.recommendations) == 201
