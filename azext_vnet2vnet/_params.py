"""The arguments of the commands, one function for each set of options that commands share."""

from collections.abc import Callable
from functools import partial
from typing import Any

from azext_vnet2vnet._params_pair import (
    KEY_HELP,
    Context,
    load_ends,
    load_gateways,
    load_pair,
    load_policy,
    load_tunnel,
)

EXPORT_FORMATS = ('topology', 'mermaid', 'svg', 'arm', 'schema')


def load_arguments(loader: Any, _command: object) -> None:
    """Register the arguments of `az vnet2vnet`."""
    from azext_vnet2vnet._validators import validate_one_pair, validate_pairs

    one_pair, pairs = (partial(_load_half, validator=validator) for validator in (validate_one_pair, validate_pairs))
    options: dict[str, tuple[Callable[[Context], None], ...]] = {
        'create': (load_pair, load_ends, load_gateways, load_tunnel, load_policy, _load_run, _load_no_wait),
        'apply': (_load_apply, _load_run, _load_no_wait),
        'export': (_load_export,),
        'list': (_load_list,),
        'show': (pairs,),
        'verify': (pairs,),
        'wait': (pairs, _load_wait),
        # The linter forbids defaults on an update, so that az does not print this one.
        'update': (one_pair, _load_update, load_tunnel, load_policy, partial(_load_run, default=' Default: 7200.')),
        'rotate-key': (one_pair, _load_rotation, _load_run),
        'reset': (one_pair, _load_reset, _load_run),
        'delete': (one_pair, _load_deletion, _load_run),
    }
    for verb, loads in options.items():
        with loader.argument_context(f'vnet2vnet {verb}') as context:
            for load in loads:
                load(context)


def _load_half(context: Context, validator: Callable[..., None]) -> None:
    context.argument(
        'connection_name',
        options_list=['--name', '-n'],
        id_part='name',
        validator=validator,
        help='Name of the connection at either end. It identifies the pair, and its end is end 1.',
    )


def _load_run(context: Context, default: str = '') -> None:
    from azext_vnet2vnet._validators import validate_timeout

    context.argument(
        'what_if', options_list=['--what-if', '-w'], action='store_true', help='Print the changes without making them.'
    )
    context.argument(
        'timeout',
        type=int,
        validator=validate_timeout,
        help='Seconds to wait for Azure. After a timeout, Azure continues, and the same command resumes the work.'
        + default,
    )
    context.argument(
        'yes',
        options_list=['--yes', '-y'],
        action='store_true',
        help='Do not ask before changing existing resources that may be in use.',
    )


def _load_no_wait(context: Context) -> None:
    # az takes no option of this name from a signature.
    context.extra(
        'no_wait',
        action='store_true',
        default=False,
        help='Create resource groups, VNets, subnets and public IPs, hand gateways and connections over to a '
        'deployment of Azure, and return at once. A deployment cannot write across tenants: there, start the gateways '
        'only; the same command then finishes the pair.',
    )


def _load_update(context: Context) -> None:
    from azure.cli.core.commands.parameters import tags_type

    context.argument(
        'tags',
        tags_type,
        help='Space-separated tags of both connections: KEY[=VALUE] ... They replace the existing tags; "" removes '
        'them all.',
    )
    add = partial(context.extra, action='store_true', default=None)
    add('clear_policy', arg_group='IPsec Policy', help='Remove the IPsec policy from both halves; Azure chooses one.')
    add('clear_selectors', arg_group='Tunnel', help='Remove the traffic selectors from both halves.')


def _load_rotation(context: Context) -> None:
    context.argument('shared_key', help=f'New key: {KEY_HELP} a generated key.')


def _load_reset(context: Context) -> None:
    for end in (1, 2):
        context.argument(
            f'gateway{end}',
            action='store_true',
            help=f'Reset the gateway of end {end} instead of the connections. End 1 is that of the named connection.',
        )


def _load_deletion(context: Context) -> None:
    context.argument(
        'gateways',
        action='store_true',
        help='Also delete both gateways and their public IPs. Refused if anything else needs them.',
    )


def _load_wait(context: Context) -> None:
    from azext_vnet2vnet._validators import validate_condition, validate_deployment, validate_interval, validate_timeout

    add = partial(context.argument, arg_group='Condition')
    add('connected', action='store_true', help='Wait until both halves report Connected. This is the default.')
    add('deleted', action='store_true', help='Wait until both halves are gone.')
    add(
        'custom',
        validator=validate_condition,
        help='Wait until a JMESPath query on the output of `az vnet2vnet show` matches.',
    )
    context.argument(
        'deployment',
        validator=validate_deployment,
        help='ID of the deployment that --no-wait printed. The command waits for it first and reports which resource '
        'failed and why. Without a pair, it waits for the deployment only.',
    )
    context.argument('interval', type=int, validator=validate_interval, help='Poll interval in seconds.')
    context.argument(
        'timeout', type=int, validator=validate_timeout, help='Seconds until the command gives up and fails.'
    )


def _load_list(context: Context) -> None:
    from azext_vnet2vnet._validators import validate_scope

    context.argument(
        'all_subscriptions',
        action='store_true',
        validator=validate_scope,
        help='List the pairs in all subscriptions and tenants of the login.',
    )


def _load_apply(context: Context) -> None:
    context.argument(
        'file',
        options_list=['--file', '-f'],
        completer=_complete_files(),
        help='Topology file in YAML, in UTF-8 or in UTF-16 with its byte order mark; - reads standard input.',
    )
    context.argument(
        'prune', action='store_true', help="Delete the pairs between the file's VNets that the file does not name."
    )


def _load_export(context: Context) -> None:
    from azure.cli.core.commands.parameters import get_enum_type

    from azext_vnet2vnet._validators import validate_scope, validate_topology

    context.argument(
        'export_format',
        get_enum_type(EXPORT_FORMATS),
        options_list=['--format'],
        help='`topology` is a file for `az vnet2vnet apply`, `mermaid` and `svg` are diagrams, `arm` is a template of '
        'Azure Resource Manager, `schema` is the JSON Schema of topology files.',
    )
    context.argument('vnet', help='Name or ID of a VNet: export everything that is reachable from it.')
    context.argument(
        'all_subscriptions',
        action='store_true',
        validator=validate_scope,
        help='Export all subscriptions and tenants of the login.',
    )
    context.argument(
        'topology',
        completer=_complete_files(),
        validator=validate_topology,
        help='With `--format arm`: topology file to use instead of the existing network. The template creates the '
        'gateways and connections of the file that do not exist.',
    )
    context.argument(
        'file',
        options_list=['--file', '-f'],
        completer=_complete_files(),
        help='File to write; - writes to standard output. Default: standard output.',
    )


def _complete_files() -> Any:
    from argcomplete.completers import FilesCompleter

    return FilesCompleter()
