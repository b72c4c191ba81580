"""What az checks before a command runs. Each function raises az's error for an option that cannot be right."""

from argparse import Namespace
from collections.abc import Mapping

from azure.cli.core.azclierror import (
    InvalidArgumentValueError,
    MutuallyExclusiveArgumentError,
    RequiredArgumentMissingError,
)


def validate_timeout(namespace: Namespace) -> None:
    """A timeout is a positive number of seconds."""
    _check_positive('--timeout', namespace.timeout, '--timeout 7200 (two hours)')


def validate_interval(namespace: Namespace) -> None:
    """A poll interval is a positive number of seconds."""
    _check_positive('--interval', namespace.interval, '--interval 30')


def validate_pairs(namespace: Namespace) -> None:
    """Every ID is that of a connection, and no name is empty: az itself does not check."""
    from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, ResourceId

    for option, value in (('--resource-group', namespace.resource_group_name), ('--name', namespace.connection_name)):
        if value is not None and not value.strip():
            raise InvalidArgumentValueError(
                f'{option} is empty.',
                'Give it a value; an empty one often comes from a shell variable that is not set.',
            )
    for text in _ids(namespace):
        if not ResourceId.parse(text).is_a(CONNECTION_TYPE):
            raise InvalidArgumentValueError(
                f"'{text}' is not the ID of a connection.",
                'Give the ID of one half of a pair: az vnet2vnet list --query "[].end1.connection.id" prints them.',
            )


def validate_one_pair(namespace: Namespace) -> None:
    """A command that writes takes one pair: az would write several in parallel, and hide the failure of one."""
    ids = _ids(namespace)
    if len(ids) > 1:
        raise InvalidArgumentValueError(
            f'This command takes one pair, but --ids names {len(ids)}.',
            'Give one ID, and run the command once for each pair.',
        )
    validate_pairs(namespace)


def validate_deployment(namespace: Namespace) -> None:
    """`wait` names a pair, a deployment by its ID, or both."""
    from azext_vnet2vnet.network.resource_id import DEPLOYMENT_TYPE, ResourceId

    named = [bool(namespace.connection_name), bool(namespace.resource_group_name)]
    if any(named) != all(named) or not (any(named) or namespace.deployment):
        raise RequiredArgumentMissingError(
            '--resource-group and --name name a pair together; one is missing.'
            if any(named)
            else 'Neither a pair nor a deployment is named.',
            'Give --resource-group and --name, or --ids, of a pair, or the --deployment that --no-wait printed.',
        )
    if not any(named) and (namespace.connected or namespace.deleted or namespace.custom):
        raise RequiredArgumentMissingError(
            '--connected, --deleted and --custom require a pair, and none is named.',
            'Add --resource-group and --name, or --ids, of a pair.',
        )
    try:
        is_one = not namespace.deployment or ResourceId.parse(namespace.deployment).is_a(DEPLOYMENT_TYPE)
    except ValueError:
        is_one = False
    if not is_one:
        raise InvalidArgumentValueError(
            f"--deployment '{namespace.deployment}' is not the ID of a deployment.",
            'Give the ID that --no-wait printed.',
        )


def validate_only_end(namespace: Namespace) -> None:
    """A deployment cannot write the end of another administrator."""
    if namespace.only_end and namespace.no_wait:
        raise MutuallyExclusiveArgumentError('--only-end cannot be combined with --no-wait.', 'Omit one of them.')


def validate_scope(namespace: Namespace) -> None:
    """At most one scope. A configured default group is not typed, and beside --vnet the group is that of the VNet."""
    vnet, group = getattr(namespace, 'vnet', None), namespace.resource_group_name
    _check_single(
        {
            '--vnet': vnet,
            '--topology': getattr(namespace, 'topology', None),
            '--all-subscriptions': namespace.all_subscriptions,
            '--resource-group': group and not getattr(group, 'is_default', False) and not vnet,
        },
        'Give one scope.',
    )


def validate_topology(namespace: Namespace) -> None:
    """Only a template can be made from a topology file."""
    if namespace.topology and namespace.export_format != 'arm':
        raise MutuallyExclusiveArgumentError(
            f'--topology cannot be combined with --format {namespace.export_format}.',
            'Give --format arm, or omit --topology.',
        )


def validate_condition(namespace: Namespace) -> None:
    """At most one condition, and a query that jmespath can parse."""
    from jmespath import compile as compile_query
    from jmespath.exceptions import JMESPathError

    _check_single(
        {'--connected': namespace.connected, '--deleted': namespace.deleted, '--custom': namespace.custom},
        'Give one condition.',
    )
    try:
        compile_query(namespace.custom or '@')
    except JMESPathError as error:
        raise InvalidArgumentValueError(
            f"--custom '{namespace.custom}' is not a JMESPath query: {error}",
            'Give for example --custom "status==\'Connected\'".',
        ) from None


def _check_positive(option: str, seconds: int | None, example: str) -> None:
    if seconds is not None and seconds <= 0:
        raise InvalidArgumentValueError(
            f'{option} {seconds} is not a positive number of seconds.', f'Give for example {example}.'
        )


def _check_single(typed: Mapping[str, object], recommendation: str) -> None:
    options = [option for option, value in typed.items() if value]
    if len(options) > 1:
        raise MutuallyExclusiveArgumentError(f'{" and ".join(options)} cannot be combined.', recommendation)


def _ids(namespace: Namespace) -> list[str]:
    return getattr(namespace, '_ids', None) or []
