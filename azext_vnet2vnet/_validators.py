"""What az checks on its own, before a command runs."""

from azure.cli.core.azclierror import (
    InvalidArgumentValueError,
    MutuallyExclusiveArgumentError,
    RequiredArgumentMissingError,
)


def validate_timeout(namespace):
    """A time-out is a positive number of seconds."""
    if namespace.timeout is not None and namespace.timeout <= 0:
        raise InvalidArgumentValueError(
            f'--timeout {namespace.timeout} is not a positive number of seconds.',
            'Give for example --timeout 7200, two hours.',
        )


def validate_interval(namespace):
    """An interval is a positive number of seconds."""
    if namespace.interval <= 0:
        raise InvalidArgumentValueError(
            f'--interval {namespace.interval} is not a positive number of seconds.', 'Give for example --interval 30.'
        )


def validate_pairs(namespace):
    """Every id is one of a connection, and no name is empty: az itself does not look."""
    from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, ResourceId

    for option, value in (('--resource-group', namespace.resource_group_name), ('--name', namespace.connection_name)):
        if value is not None and not value.strip():
            raise InvalidArgumentValueError(
                f'{option} is empty.',
                'Give it a value; an empty one often comes from a variable of the shell that is not set.',
            )
    for text in _ids(namespace):
        if not ResourceId.parse(text).is_a(CONNECTION_TYPE):
            raise InvalidArgumentValueError(
                f"'{text}' is not the ID of a connection.",
                'Give the ID of one half of a pair, as `az vnet2vnet list --query [].end1.connection.id` prints it.',
            )


def validate_one_pair(namespace):
    """A command that writes takes one pair: az would write several side by side, and hide the failure of one."""
    ids = _ids(namespace)
    if len(ids) > 1:
        raise InvalidArgumentValueError(
            f'This command takes one pair, and --ids names {len(ids)}.',
            'Give one ID, and run the command once for each pair.',
        )
    validate_pairs(namespace)


def validate_deployment(namespace):
    """Something to wait for is named: a pair, a deployment, or both; a deployment by its ID."""
    from azext_vnet2vnet.network.resource_id import DEPLOYMENT_TYPE, ResourceId

    named = [bool(namespace.connection_name), bool(namespace.resource_group_name)]
    if any(named) != all(named) or not (any(named) or namespace.deployment):
        raise RequiredArgumentMissingError(
            'A pair is named by its group and its name.' if any(named) else 'Nothing is named to wait for.',
            'Give --resource-group and --name, or --ids, of a pair, or the --deployment that --no-wait printed.',
        )
    if not any(named) and (namespace.connected or namespace.deleted or namespace.custom):
        raise RequiredArgumentMissingError(
            'A condition is one of a pair, and none is named.',
            'Give --resource-group and --name, or --ids, of a pair too.',
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


def validate_only_end(namespace):
    """What another administrator makes cannot be handed over."""
    if namespace.only_end and namespace.no_wait:
        raise MutuallyExclusiveArgumentError('--only-end does not go with --no-wait.', 'Leave one of them away.')


def validate_scope(namespace):
    """One scope."""
    typed = [
        option
        for option, value in (
            ('--vnet', getattr(namespace, 'vnet', None)),
            ('--topology', getattr(namespace, 'topology', None)),
            ('--all-subscriptions', namespace.all_subscriptions),
        )
        if value
    ]
    group = namespace.resource_group_name
    # A configured default is not typed, and beside a VNet the group is the VNet's.
    is_typed = group and not getattr(group, 'is_default', False) and not getattr(namespace, 'vnet', None)
    typed += ['--resource-group'] if is_typed else []
    if len(typed) > 1:
        raise MutuallyExclusiveArgumentError(f'{" and ".join(typed)} contradict each other.', 'Give one scope.')


def validate_topology(namespace):
    """A topology file is for a template alone."""
    if namespace.topology and namespace.export_format != 'arm':
        raise MutuallyExclusiveArgumentError(
            f'--topology does not go with --format {namespace.export_format}.',
            'Give --format arm, or leave --topology away.',
        )


def validate_condition(namespace):
    """One condition, which can be read."""
    from jmespath import compile as compile_query
    from jmespath.exceptions import JMESPathError

    typed = [
        option
        for option, value in (
            ('--connected', namespace.connected),
            ('--deleted', namespace.deleted),
            ('--custom', namespace.custom),
        )
        if value
    ]
    if len(typed) > 1:
        raise MutuallyExclusiveArgumentError(f'{" and ".join(typed)} contradict each other.', 'Give one condition.')
    try:
        compile_query(namespace.custom or '@')
    except JMESPathError as error:
        raise InvalidArgumentValueError(
            f"--custom '{namespace.custom}' is not a JMESPath query: {error}",
            'Give for example --custom "status==\'Connected\'".',
        ) from None


def _ids(namespace) -> list[str]:
    return getattr(namespace, '_ids', None) or []
