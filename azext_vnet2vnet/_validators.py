"""What az checks on its own, before a command runs."""
from azure.cli.core.azclierror import (
    InvalidArgumentValueError, MutuallyExclusiveArgumentError, RequiredArgumentMissingError)


def validate_timeout(namespace):
    """A time-out is a positive number of seconds."""
    if namespace.timeout is not None and namespace.timeout <= 0:
        raise InvalidArgumentValueError(f'--timeout {namespace.timeout} is not a positive number of seconds.',
                                        'Give for example --timeout 7200, two hours.')


def validate_interval(namespace):
    """An interval is a positive number of seconds."""
    if namespace.interval <= 0:
        raise InvalidArgumentValueError(f'--interval {namespace.interval} is not a positive number of seconds.',
                                        'Give for example --interval 30.')


def validate_pairs(namespace):
    """Every id is one of a connection, and no name is empty: az itself does not look."""
    from azext_vnet2vnet.domain.ids import CONNECTION_TYPE, ResourceId
    for option, value in (('--resource-group', namespace.resource_group_name), ('--name', namespace.connection_name)):
        if value is not None and not value.strip():
            raise InvalidArgumentValueError(f'{option} is empty.', 'Give it a value; an empty one often comes from a '
                                            'variable of the shell that is not set.')
    for text in _ids(namespace):
        if not ResourceId.parse(text).is_a(CONNECTION_TYPE):
            raise InvalidArgumentValueError(
                f"'{text}' is not the ID of a connection.",
                'Give the ID of one half of a pair, as `az vnet2vnet list --query [].end1.connection.id` prints it.')


def validate_one_pair(namespace):
    """A command that writes takes one pair: az would write several side by side, and hide the failure of one."""
    ids = _ids(namespace)
    if len(ids) > 1:
        raise InvalidArgumentValueError(f'This command takes one pair, and --ids names {len(ids)}.',
                                        'Give one ID, and run the command once for each pair.')
    validate_pairs(namespace)


def validate_deployment(namespace):
    """Something to wait for is named: a pair, a deployment, or both; a deployment by its ID."""
    from azext_vnet2vnet.domain.ids import DEPLOYMENT_TYPE, ResourceId
    if not namespace.deployment and not (namespace.connection_name and namespace.resource_group_name):
        raise RequiredArgumentMissingError('Nothing is named to wait for.', 'Give --resource-group and --name, or '
                                           '--ids, of a pair, or the --deployment that --no-wait printed.')
    try:
        is_one = not namespace.deployment or ResourceId.parse(namespace.deployment).is_a(DEPLOYMENT_TYPE)
    except ValueError:
        is_one = False
    if not is_one:
        raise InvalidArgumentValueError(f"--deployment '{namespace.deployment}' is not the ID of a deployment.",
                                        'Give the ID that --no-wait printed.')


def validate_topology(namespace):
    """A topology file is for a template alone."""
    if namespace.topology and namespace.export_format != 'arm':
        raise MutuallyExclusiveArgumentError(f'--topology does not go with --format {namespace.export_format}.',
                                             'Give --format arm, or leave --topology away.')


def validate_condition(namespace):
    """One condition, which can be read."""
    from jmespath import compile as compile_query
    from jmespath.exceptions import JMESPathError
    typed = [option for option, value in (('--connected', namespace.connected), ('--deleted', namespace.deleted),
                                          ('--custom', namespace.custom)) if value]
    if len(typed) > 1:
        raise MutuallyExclusiveArgumentError(f"{' and '.join(typed)} contradict each other.", 'Give one condition.')
    try:
        compile_query(namespace.custom or '@')
    except JMESPathError as error:
        raise InvalidArgumentValueError(f"--custom '{namespace.custom}' is not a JMESPath query: {error}",
                                        "Give for example --custom \"status=='Connected'\".") from None


def _ids(namespace) -> list[str]:
    return getattr(namespace, '_ids', None) or []
