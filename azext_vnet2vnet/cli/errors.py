"""From a failed request or run to one azclierror that names the resource, the reason and the next step."""

from collections.abc import Sequence
from functools import singledispatch

from azure.cli.core import azclierror

from azext_vnet2vnet.arm.failures import (
    AnswerUnreadable,
    ConditionUnmet,
    CreationFailed,
    HandedOverFailed,
    KeysDiffer,
    KeyUnreadable,
    LoginEnded,
    NameTaken,
    NotDeleted,
    OperationFailed,
    ReadTimedOut,
    RequestFailed,
    TimedOut,
    WouldLose,
)
from azext_vnet2vnet.arm.requests import UNREADABLE
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.diagnostic import Diagnostic, Kind, Refused
from azext_vnet2vnet.network.plain_text import plain
from azext_vnet2vnet.network.resource_id import GATEWAY_SUBNET, GATEWAY_TYPE, ResourceId
from azext_vnet2vnet.workflows.preview import AGAIN
from azext_vnet2vnet.workflows.run import RunFailed

_CLASSES = {
    Kind.ARGUMENT: azclierror.InvalidArgumentValueError,
    Kind.MISSING_ARGUMENT: azclierror.RequiredArgumentMissingError,
    Kind.STATE: azclierror.ValidationError,
    Kind.NOT_FOUND: azclierror.ResourceNotFoundError,
    Kind.LOGIN: azclierror.UnauthorizedError,
}
_DONE = {'GET': 'read', 'DELETE': 'deleted', 'POST': 'carried out'}
_BY_STATUS = {400: azclierror.BadRequestError, 403: azclierror.ForbiddenError, 404: azclierror.ResourceNotFoundError}

_MOST_FINDINGS = 201  # A topology file gives at most as many, the last of which says that there are more.
_IN_USE_ADVICE = 'It was left as it is, because something else needs it: remove that first, then {again}'

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
    'ResourceGroupNotFound': 'See what exists with az group list --output table',
    'MissingSubscriptionRegistration': 'Run az provider register --namespace Microsoft.Network --wait, then {again}',
    'PublicIPCountLimitReached': 'Free a public IP of this region, or ask for more quota, then {again}',
    'PublicIPAddressCannotBeDeleted': _IN_USE_ADVICE,
    'VirtualNetworkGatewayCannotBeDeleted': _IN_USE_ADVICE,
    'InvalidAuthenticationTokenTenant': 'Run az login --tenant TENANT for the tenant named above, then {again}',
}
_PROXY_PAGE = 'https://learn.microsoft.com/cli/azure/use-cli-effectively#work-behind-a-proxy'
_POLICY = 'RequestDisallowedByPolicy'
# Azure supports no network security group there (documented), so that a policy that asks for one cannot be met.
_GATEWAY_SUBNET_POLICY_ADVICE = (
    'A policy of the organisation forbids this. If it asks for a network security group, it cannot be met: Azure '
    'supports none on a GatewaySubnet. Ask its owner for an exemption for this subnet, then {again}'
)
_SERVICE_ADVICE = (
    'A 5xx that stays is how Azure answers when something that the resource refers to is unfit (an IP, '
    'a gateway or a subnet in state Failed): look at those, then {again}'
)
_DEFAULT_ADVICE = 'See what the message names, for example with az network vnet-gateway show, then {again}'


def azure_error(failure: Exception) -> azclierror.AzCLIError:
    """The one way from whatever stopped a command to an error of az."""
    if isinstance(failure, Refused):
        error = _refusal_error(failure.diagnostics)
    else:
        error = _run_error(failure) if isinstance(failure, RunFailed) else _failure_error(failure)
    error.error_msg = plain(error.error_msg)
    error.recommendations = [plain(text) for text in error.recommendations]
    return error


def _refusal_error(diagnostics: Sequence[Diagnostic]) -> azclierror.AzCLIError:
    """One error for all the diagnostics that stopped a command before its first write."""
    if len(diagnostics) == 1:
        found = diagnostics[0]
        return _CLASSES[found.kind](f'{found.message}.', _sentence(found.recommendation))
    numbered = list(enumerate(diagnostics[:_MOST_FINDINGS], start=1))
    text = '; '.join(f'({number}) {found.message}' for number, found in numbered)
    if more := len(diagnostics) - len(numbered):
        text += f'; and {more} more'
    return azclierror.ValidationError(
        f'{len(diagnostics)} findings, and nothing was written: {text}.',
        [f'({number}) {_sentence(found.recommendation)}' for number, found in numbered],
    )


def _sentence(text: str) -> str:
    return text if text.endswith('?') else f'{text}.'


def _run_error(run: RunFailed) -> azclierror.AzCLIError:
    """One error for all the steps of a run that failed; those that failed alike are reported once."""
    errors: dict[tuple[type, str], azclierror.AzCLIError] = {}
    for target, failure in sorted(run.failures.items()):
        error = _failure_error(failure, target)
        error.recommendations = [advice.replace(AGAIN, run.again) for advice in error.recommendations]
        errors.setdefault((type(failure), error.error_msg), error)
    one_skipped = run.skipped == 1
    skipped = f' {run.skipped} dependent {"step was" if one_skipped else "steps were"} skipped.' if run.skipped else ''
    distinct = list(errors.values())
    if len(distinct) == 1:
        error = distinct[0]
        error.error_msg += skipped
    else:
        error = _joint_error(distinct, skipped)
    for note in run.notes:
        error.set_recommendation(f'{note}.')
    return error


def _joint_error(errors: Sequence[azclierror.AzCLIError], skipped: str) -> azclierror.AzCLIError:
    numbered = list(enumerate(errors, start=1))
    text = ' '.join(f'({number}) {error.error_msg}' for number, error in numbered) + skipped
    advised: dict[str, list[str]] = {}
    for number, error in numbered:
        for advice in error.recommendations:
            advised.setdefault(advice, []).append(str(number))
    return azclierror.AzureResponseError(
        f'{len(errors)} errors: {text}', [f'({", ".join(numbers)}) {advice}' for advice, numbers in advised.items()]
    )


@singledispatch
def _failure_error(failure: Exception, target: ResourceId | None = None) -> azclierror.AzCLIError:
    """The error that tells what failed, on which resource and why.

    Neither the text nor the trace of a failure that nobody expected is shown: they may quote a body.
    """
    return azclierror.CLIInternalError(
        f'{target}: {type(failure).__name__} was not expected here.',
        f'This is a fault of the command. Please report it, and {AGAIN}.',
    )


@_failure_error.register
def _(failure: Refused, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return _refusal_error(failure.diagnostics)


@_failure_error.register
def _(failure: TimedOut, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return azclierror.AzureResponseError(
        f'Timed out after {failure.seconds:.0f} s (--timeout). Operations already started continue in Azure; '
        'nothing was rolled back.',
        f'To go on, {AGAIN}. --timeout SECONDS gives a run more time.',
    )


@_failure_error.register
def _(failure: ReadTimedOut, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return azclierror.AzureResponseError(
        f'Not everything could be read within {failure.seconds:.0f} s. Nothing was written.',
        f'Wait some minutes, then {AGAIN}; a list takes less time for one group: --resource-group GROUP.',
    )


@_failure_error.register
def _(failure: ConditionUnmet, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return azclierror.AzureResponseError(
        f'{failure.text}.',
        f'See why with az vnet2vnet verify --ids {quoted(failure.connection)}, '
        'or give more time with --timeout SECONDS.',
    )


@_failure_error.register
def _(failure: LoginEnded, target: ResourceId | None = None) -> azclierror.AzCLIError:
    if failure.is_other_account:
        return azclierror.UnauthorizedError(
            f'The account does not exist in a tenant that the request needs: {" ".join(failure.text.split())}',
            'Log in with one account that is known in both tenants (a guest, or an application for several tenants), '
            f'then {AGAIN}; or write one end each with --only-end.',
        )
    challenge = f' --claims-challenge {failure.claims}' if failure.claims else ''
    logins = ' and '.join(f'az login --tenant {tenant}{challenge}' for tenant in failure.tenants)
    if failure.is_too_weak:
        return azclierror.UnauthorizedError(
            'Azure wants a stronger login for this request, such as one with a second factor'
            + (f': {" ".join(failure.text.split())}' if failure.text and not failure.claims else '.'),
            f'Run az logout, {logins}, then {AGAIN}.' if challenge else f'Run {logins}, then {AGAIN}.',
        )
    return azclierror.UnauthorizedError(
        f'The login has ended: {" ".join(failure.text.split())}', f'Run {logins}, then {AGAIN}.'
    )


@_failure_error.register
def _(failure: KeyUnreadable, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return azclierror.ForbiddenError(
        f'The key of {failure.connection} cannot be read, so it can neither be kept nor given to the other half.',
        'Ask for the action Microsoft.Network/connections/sharedKey/action, or give both halves a new key with '
        '--shared-key "@FILE".',
    )


@_failure_error.register
def _(failure: KeysDiffer, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return azclierror.AzureResponseError(
        f'The key of {failure.connection} is not the one that was set: somebody else set another one in the meantime.',
        'When nobody else works on this pair, run the same command again, or give both halves a new key with '
        f'az vnet2vnet rotate-key --ids {quoted(failure.connection)}.',
    )


@_failure_error.register
def _(failure: NameTaken, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return azclierror.ValidationError(
        f'Connection {failure.connection} was created in the meantime and connects other gateways.',
        'Give another name with --name or --peer-name (names in a topology file), and run the command again.',
    )


@_failure_error.register
def _(failure: WouldLose, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return azclierror.ValidationError(
        f'{failure.target} got {", ".join(failure.members)} in the meantime, which a write by this command would lose; '
        'it was left as it is.',
        'Run the same command again: it says what to do instead.',
    )


@_failure_error.register
def _(failure: OperationFailed, target: ResourceId | None = None) -> azclierror.AzCLIError:
    what = (
        f'Azure began to work on {failure.target} and failed'
        if failure.code
        else f'{failure.target} is in state Failed'
    )
    error = _azure_error(azclierror.AzureResponseError, what, failure.code, failure.text)
    if isinstance(failure, CreationFailed) and failure.target.is_a(GATEWAY_TYPE):
        error.set_recommendation(
            f'A gateway that stays Failed is to be deleted first: az network vnet-gateway delete '
            f'--ids {quoted(failure.target)}.'
        )
    return error


@_failure_error.register
def _(failure: HandedOverFailed, target: ResourceId | None = None) -> azclierror.AzCLIError:
    error = _failure_error(CreationFailed(failure.target, failure.code, failure.text))
    rest = 'run the az vnet2vnet create or apply that handed it over again: it does the rest'
    error.recommendations = [advice.replace(AGAIN, rest) for advice in error.recommendations]
    return error


@_failure_error.register
def _(failure: NotDeleted, target: ResourceId | None = None) -> azclierror.AzCLIError:
    return azclierror.AzureResponseError(
        f'Azure says that it has deleted {failure.target}, but it still exists, however often it is asked to.',
        f'Wait some minutes, then {AGAIN}.',
    )


@_failure_error.register
def _(failure: AnswerUnreadable, target: ResourceId | None = None) -> azclierror.AzCLIError:
    reason = '' if failure.text == UNREADABLE.text else f' ({failure.text})'
    return azclierror.AzureResponseError(
        f"Azure's answer about {failure.target} could not be read{reason}.",
        f'Something between here and Azure, such as a proxy, may have answered in its place: look there, then {AGAIN}.',
    )


@_failure_error.register
def _(failure: RequestFailed, target: ResourceId | None = None) -> azclierror.AzCLIError:
    what = f'{failure.target} could not be {_DONE.get(failure.method, "written")}'
    if failure.status is None:
        return azclierror.AzureConnectionError(
            f'{what}: no answer came from Azure ({failure.text}).', f'{_network_advice(failure.text)}, then {AGAIN}.'
        )
    class_ = _BY_STATUS.get(
        failure.status, azclierror.AzureInternalError if failure.status >= 500 else azclierror.AzureResponseError
    )
    error = _azure_error(class_, what, failure.word, failure.text)
    if failure.word == _POLICY and failure.target.endswith(f'/subnets/{GATEWAY_SUBNET}'):
        error.recommendations = [_GATEWAY_SUBNET_POLICY_ADVICE.format(again=AGAIN) + '.']
    return error


def _network_advice(reason: str) -> str:
    """What az itself advises where its own requests fail alike (read in azure-cli-core 2.91)."""
    if reason.startswith('CERTIFICATE_VERIFY_FAILED'):
        return (
            'If a proxy inspects the traffic, add its certificate to the bundle that the variable REQUESTS_CA_BUNDLE '
            f'names ({_PROXY_PAGE})'
        )
    if reason.startswith('the proxy: '):
        return f'Check the variables HTTPS_PROXY and NO_PROXY ({_PROXY_PAGE})'
    return 'Check the network'


def _azure_error(class_: type[azclierror.AzCLIError], what: str, code: str, text: str) -> azclierror.AzCLIError:
    is_service = code == 'InternalServerError' or class_ is azclierror.AzureInternalError
    advice = _ADVICE.get(code) or (_SERVICE_ADVICE if is_service else _DEFAULT_ADVICE)
    message = ': '.join(part for part in (what, code, ' '.join(text.split())) if part)
    return class_(message, advice.format(again=AGAIN) + '.')
