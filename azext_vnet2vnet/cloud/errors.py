"""From a failed request or run to one azclierror that names the resource, the reason and the next step."""
from typing import Iterable, Mapping

from azure.cli.core import azclierror

from azext_vnet2vnet.cloud.arm import RequestFailed, TimedOut
from azext_vnet2vnet.cloud.engine import KeyUnreadable
from azext_vnet2vnet.cloud.operations import OperationFailed
from azext_vnet2vnet.domain.finding import Finding, Kind
from azext_vnet2vnet.domain.ids import ResourceId

AGAIN = 'run the same command again: it goes on where this run ended'

_CLASSES = {Kind.ARGUMENT: azclierror.InvalidArgumentValueError,
            Kind.MISSING_ARGUMENT: azclierror.RequiredArgumentMissingError,
            Kind.STATE: azclierror.ValidationError,
            Kind.NOT_FOUND: azclierror.ResourceNotFoundError,
            Kind.LOGIN: azclierror.UnauthorizedError}

# What to do about an error that Azure answers a write or an operation with; codes and their meaning: recorded,
# documented or reported live (2023 to 2026).
_ADVICE = {
    'AuthorizationFailed': 'Ask for a role that has this action, such as Network Contributor on the group, then '
                           '{again}',
    'LinkedAuthorizationFailed': 'The login needs virtualNetworkGateways/read and /write on both gateways; across '
                                 'tenants it must be logged in to both: az login --tenant TENANT. Then {again}',
    'RequestDisallowedByPolicy': 'A policy of the organisation forbids this: ask its owner for an exemption, or give '
                                 'other options (location, tags, SKU), then {again}',
    'ScopeLocked': 'Remove the lock named above with az lock delete, then {again}',
    'MissingSubscriptionRegistration': 'Run az provider register --namespace Microsoft.Network --wait, then {again}',
    'PublicIPCountLimitReached': 'Free a public IP of this region, or ask for more quota, then {again}',
    'IPv4BasicSkuPublicIpCountLimitReached': 'Basic public IPs are retired; {again}',
    'InvalidAuthenticationTokenTenant': 'Run az login --tenant TENANT for the tenant named above, then {again}',
    'ExpiredAuthenticationToken': 'Run az login, then {again}',
}
_SERVICE_ADVICE = ('A 5xx that stays is how Azure answers when something that the resource refers to is unfit (an IP, '
                   'a gateway or a subnet in state Failed): look at those, then {again}')


def refusal(findings: Iterable[Finding]) -> azclierror.AzCLIError:
    """One error for all the findings that stopped a command before its first write."""
    findings = tuple(findings)
    if len(findings) == 1:
        found = findings[0]
        return _CLASSES[found.kind](f'{found.message}.', f'{found.recommendation}.')
    numbered = list(enumerate(findings, start=1))
    text = '; '.join(f'({number}) {found.message}' for number, found in numbered)
    return azclierror.ValidationError(f'{len(findings)} findings, and nothing was written: {text}.',
                                      [f'({number}) {found.recommendation}.' for number, found in numbered])


def run_error(failures: Mapping[ResourceId, Exception]) -> azclierror.AzCLIError:
    """One error for all the steps of a run that failed."""
    if len(failures) == 1:
        target, failure = next(iter(failures.items()))
        return failure_error(failure, target)
    if all(isinstance(failure, TimedOut) for failure in failures.values()):
        return failure_error(TimedOut())
    errors = [failure_error(failure, target) for target, failure in sorted(failures.items())]
    numbered = list(enumerate(errors, start=1))
    text = ' '.join(f'({number}) {error.error_msg}' for number, error in numbered)
    return azclierror.AzureResponseError(
        f'{len(errors)} resources could not be made: {text}',
        [f'({number}) {advice}' for number, error in numbered for advice in error.recommendations])


def failure_error(failure: Exception, target: ResourceId | None = None) -> azclierror.AzCLIError:
    """The error that tells what failed, on which resource and why; `failure` itself where az has a word for it."""
    if isinstance(failure, azclierror.AzCLIError):
        return failure
    if isinstance(failure, TimedOut):
        return azclierror.AzureResponseError(
            'The time is over (--timeout); nothing is undone, and Azure goes on with what was begun.',
            'Give more time with --timeout SECONDS and ' + AGAIN + '.')
    if isinstance(failure, KeyUnreadable):
        return azclierror.ForbiddenError(
            f'The key of {failure.connection} cannot be read, so the other half cannot be given the same.',
            'Ask for the action Microsoft.Network/connections/sharedKey/action, or give both halves a new key with '
            '--shared-key @FILE.')
    if isinstance(failure, OperationFailed):
        return _azure_error(azclierror.AzureResponseError, f'Azure began to write {failure.target} and failed',
                            failure.code, failure.text)
    if isinstance(failure, RequestFailed):
        return _request_error(failure, target)
    raise failure


def _request_error(failure: RequestFailed, target: ResourceId | None) -> azclierror.AzCLIError:
    verb = 'read' if failure.method == 'GET' else 'written'
    what = f'{target or failure.target} could not be {verb}'
    if failure.answer is None:
        return azclierror.AzureConnectionError(f'{what}: no answer came from Azure. {failure.text}',
                                               f'Check the network, then {AGAIN}.')
    status = failure.answer.status
    class_ = (azclierror.AzureInternalError if status >= 500 else azclierror.ForbiddenError if status == 403
              else azclierror.UnauthorizedError if status == 401 else azclierror.ResourceNotFoundError if status == 404
              else azclierror.BadRequestError if status == 400 else azclierror.AzureResponseError)
    return _azure_error(class_, what, failure.code or f'HTTP {status}', failure.text)


def _azure_error(class_, what: str, code: str, text: str) -> azclierror.AzCLIError:
    advice = _ADVICE.get(code) or (_SERVICE_ADVICE if code in ('InternalServerError', '')
                                   or class_ is azclierror.AzureInternalError
                                   else 'Mend what the message names, then {again}')
    reason = ': '.join(part for part in (code, ' '.join(text.split())) if part)
    return class_(f"{what}: {reason or 'no reason was given'}", advice.format(again=AGAIN) + '.')
