"""The arguments of the commands."""

_ENDS = (1, 2)


def load_arguments(loader, _command):
    """Register the arguments of `az vnet2vnet`."""
    from azure.cli.core.commands.parameters import get_enum_type, get_location_completion_list, tags_type
    from azext_vnet2vnet._validators import validate_timeout
    from azext_vnet2vnet.domain.catalog import GENERATIONS, available_skus

    with loader.argument_context('vnet2vnet create') as context:
        context.argument('resource_group_name', options_list=['--resource-group', '-g'], required=False,
                         help='Resource group of both ends. A group that does not exist is created where its location '
                              'is known.')
        context.argument('connection_name', options_list=['--name', '-n'],
                         help='Name of the connection at end 1. Default: VNET1ToVNET2, or the connection that joins '
                              'the two gateways already.')
        context.argument('peer_name', help='Name of the connection at end 2. Default: VNET2ToVNET1, or the connection '
                                           'that joins the two gateways already.')
        context.argument('shared_key', help='Key of both connections, 1 to 128 printable ASCII characters except space, '
                         'hyphen and tilde. Give it as @FILE, or as @- to read it from standard input: a key on the '
                         'command line stays in the history of the shell and in the logs of az. Default: the key of '
                         'the half that exists, else a generated one.')
        context.argument('sku', arg_group='Gateway',
                         help='SKU of gateways that are created: ' + ', '.join(available_skus()) + '. Default: VpnGw2AZ.')
        context.argument('vpn_gateway_generation', get_enum_type(GENERATIONS), arg_group='Gateway',
                         help='Generation of gateways that are created. Default: the newest that the SKU has.')
        context.argument('tags', tags_type, help='Space-separated tags of what is created: KEY[=VALUE] ...')
        context.argument('what_if', options_list=['--what-if', '-w'], action='store_true',
                         help='Print what would be done, and write nothing.')
        context.argument('timeout', type=int, validator=validate_timeout,
                         help='Seconds to wait for Azure. When they are over, Azure goes on, and the same command takes '
                              'the work up again.')
        context.argument('yes', options_list=['--yes', '-y'], action='store_true',
                         help='Do not ask before the key of an existing connection is changed.')
        for end in _ENDS:
            _load_end(context, end, get_location_completion_list)


def _load_end(context, end, complete_location):
    group = f'End {end}'
    context.argument(f'vnet{end}', arg_group=group,
                     help=f'Name or ID of the VNet at end {end}. An ID carries subscription and group with it.')
    context.argument(f'resource_group{end}', arg_group=group,
                     help=f'Resource group of end {end}. Default: --resource-group.')
    context.argument(f'subscription{end}', arg_group=group,
                     help=f'Name or ID of the subscription of end {end}. Default: the current subscription.')
    context.argument(f'location{end}', arg_group=group, completer=complete_location,
                     help='Location, needed only where neither the VNet nor its group exists.')
    context.argument(f'address_prefixes{end}', nargs='+', arg_group=group,
                     help='Space-separated address prefixes of the VNet, if it is to be created.')
    context.argument(f'subnets{end}', nargs='+', arg_group=group,
                     help='Space-separated NAME=PREFIX pairs: further subnets of the VNet, if it is to be created.')
    context.argument(f'gateway_subnet{end}', arg_group=group,
                     help='Prefix of the GatewaySubnet, if the VNet has none. Default: the highest free /27, else /28, '
                          '/29.')
    context.argument(f'vnet_gateway{end}', arg_group=group,
                     help='Name of the VPN gateway. Default: the one that the VNet has, else VNET-gw.')
    context.argument(f'public_ips{end}', nargs='+', arg_group=group,
                     help="Name of the gateway's public IP, if the gateway is to be created. Default: GATEWAY-ip.")
