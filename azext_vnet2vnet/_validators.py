"""What az checks on its own, before a command runs."""
from azure.cli.core.azclierror import InvalidArgumentValueError


def validate_timeout(namespace):
    """A time-out is a positive number of seconds."""
    if namespace.timeout <= 0:
        raise InvalidArgumentValueError(f'--timeout {namespace.timeout} is not a positive number of seconds.',
                                        'Give for example --timeout 7200, two hours.')
