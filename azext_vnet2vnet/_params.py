"""The arguments of the commands."""

EXPORT_FORMATS = ('topology', 'mermaid', 'svg', 'arm', 'schema')


def load_arguments(loader, _command):
    """Register the arguments of `az vnet2vnet`."""
    from azure.cli.core.commands.parameters import tags_type

    from azext_vnet2vnet._validators import validate_one_pair, validate_pairs

    with loader.argument_context('vnet2vnet create') as context:
        _load_pair(context)
        _load_gateways(context)
        _load_tunnel(context, '--asn1 and --asn2')
        _load_policy(context)
        for end in (1, 2):
            _load_end(context, end)
        _load_only_end(context)
    for verb, validator in (
        ('show', validate_pairs),
        ('verify', validate_pairs),
        ('wait', validate_pairs),
        *((verb, validate_one_pair) for verb in ('update', 'rotate-key', 'reset', 'delete')),
    ):
        with loader.argument_context(f'vnet2vnet {verb}') as context:
            _load_half(context, validator)
    for verb in ('create', 'apply', 'update', 'rotate-key', 'reset', 'delete'):
        with loader.argument_context(f'vnet2vnet {verb}') as context:
            # The linter wants no default on an update, so that az does not print this one.
            _load_run(context, 'Default: 7200.' if verb == 'update' else '')
    for verb in ('create', 'apply'):
        with loader.argument_context(f'vnet2vnet {verb}') as context:
            # az takes no option of this name from a signature.
            context.extra(
                'no_wait',
                options_list=['--no-wait'],
                action='store_true',
                default=False,
                help='Create groups, VNets, subnets and public IPs, hand gateways and connections to a '
                'deployment of Azure, and return at once. Between tenants, where a deployment cannot '
                'write, start the gateways; the same command then finishes.',
            )
    with loader.argument_context('vnet2vnet update') as context:
        context.argument(
            'tags',
            tags_type,
            help='Space-separated tags of both connections: KEY[=VALUE] ... They replace those there are; '
            '"" takes all away.',
        )
        _load_tunnel(context, '--asn1 and --asn2 of az vnet2vnet create')
        _load_policy(context)
        _load_clearing(context)
    _load_own(loader)


def _load_half(context, validator):
    context.argument(
        'connection_name',
        options_list=['--name', '-n'],
        id_part='name',
        validator=validator,
        help='Name of the connection at one end, whichever: it names the pair, and its end is end 1.',
    )


def _load_own(loader):
    """Options that one command alone has."""
    from argcomplete.completers import FilesCompleter
    from azure.cli.core.commands.parameters import get_enum_type

    from azext_vnet2vnet._validators import (
        validate_condition,
        validate_deployment,
        validate_interval,
        validate_scope,
        validate_timeout,
        validate_topology,
    )

    with loader.argument_context('vnet2vnet list') as context:
        context.argument(
            'all_subscriptions',
            options_list=['--all-subscriptions'],
            action='store_true',
            validator=validate_scope,
            help='The pairs of all subscriptions of the login, in all its tenants.',
        )
    with loader.argument_context('vnet2vnet apply') as context:
        context.argument(
            'file',
            options_list=['--file', '-f'],
            completer=FilesCompleter(),
            help='The topology file, in YAML; - is standard input.',
        )
        context.argument(
            'prune',
            options_list=['--prune'],
            action='store_true',
            help="Delete the pairs between the file's VNets that it does not name.",
        )
    with loader.argument_context('vnet2vnet export') as context:
        context.argument(
            'export_format',
            get_enum_type(EXPORT_FORMATS),
            options_list=['--format'],
            help='`topology` is a file for `az vnet2vnet apply`, `mermaid` and `svg` are pictures, `arm` '
            'is a template of Azure Resource Manager, `schema` is the JSON Schema of topology files.',
        )
        context.argument(
            'vnet', options_list=['--vnet'], help='Name or ID of a VNet: everything that can be reached from it.'
        )
        context.argument(
            'all_subscriptions',
            options_list=['--all-subscriptions'],
            action='store_true',
            validator=validate_scope,
            help='All subscriptions of the login, in all its tenants.',
        )
        context.argument(
            'topology',
            options_list=['--topology'],
            completer=FilesCompleter(),
            validator=validate_topology,
            help='With `--format arm`: a topology file instead of what exists; the template then makes '
            'its gateways and connections that are missing.',
        )
        context.argument(
            'file',
            options_list=['--file', '-f'],
            completer=FilesCompleter(),
            help='The file to write. Default: standard output.',
        )
    with loader.argument_context('vnet2vnet wait') as context:
        group = 'Condition'
        context.argument(
            'connected',
            options_list=['--connected'],
            action='store_true',
            arg_group=group,
            help='Wait until both halves report Connected. This is the default.',
        )
        context.argument(
            'deleted',
            options_list=['--deleted'],
            action='store_true',
            arg_group=group,
            help='Wait until both halves are gone.',
        )
        context.argument(
            'custom',
            options_list=['--custom'],
            arg_group=group,
            validator=validate_condition,
            help='Wait until a JMESPath query over what `az vnet2vnet show` prints finds something.',
        )
        context.argument(
            'deployment',
            options_list=['--deployment'],
            validator=validate_deployment,
            help='ID of the deployment that --no-wait printed: it is waited for first, and where it fails '
            'the command says which resource, and why. Alone, it is all that is waited for.',
        )
        context.argument('interval', type=int, validator=validate_interval, help='Seconds between two looks.')
        context.argument(
            'timeout',
            type=int,
            validator=validate_timeout,
            help='Seconds to wait; when they are over, the command fails.',
        )
    with loader.argument_context('vnet2vnet rotate-key') as context:
        context.argument(
            'shared_key',
            options_list=['--shared-key'],
            help='The new key, 1 to 128 printable ASCII characters except space, hyphen and tilde. Give '
            'it as @FILE, or as @- to read it from standard input: a key on the command line stays '
            'in the history of the shell and in the logs of az. Default: a generated one.',
        )
    with loader.argument_context('vnet2vnet reset') as context:
        for end in (1, 2):
            context.argument(
                f'gateway{end}',
                options_list=[f'--gateway{end}'],
                action='store_true',
                help=f'Reset the gateway of end {end}, not the connections. End 1 is that of the named connection.',
            )
    with loader.argument_context('vnet2vnet delete') as context:
        context.argument(
            'gateways',
            options_list=['--gateways'],
            action='store_true',
            help='Delete both gateways and their public IPs too. Refused where anything else needs them.',
        )


def _load_clearing(context):
    context.extra(
        'clear_policy',
        options_list=['--clear-policy'],
        action='store_true',
        default=None,
        arg_group='IPsec Policy',
        help='Take the IPsec policy away from both halves: Azure chooses one.',
    )
    context.extra(
        'clear_selectors',
        options_list=['--clear-selectors'],
        action='store_true',
        default=None,
        arg_group='Tunnel',
        help='Take the traffic selectors away from both halves.',
    )


def _load_pair(context):
    from azure.cli.core.commands.parameters import get_resource_group_completion_list, tags_type

    # Under its usual name az would put its own help in place of this one.
    context.extra(
        'resource_group',
        options_list=['--resource-group', '-g'],
        configured_default='group',
        completer=get_resource_group_completion_list,
        help='Resource group of both ends. A group that does not exist is created where its location is '
        'known. You can configure the default group using `az config set defaults.group=NAME`.',
    )
    context.extra(
        'connection_name',
        options_list=['--name', '-n'],
        help='Name of the connection at end 1. Default: VNET1ToVNET2, or the connection that joins the two '
        'gateways already.',
    )
    context.extra(
        'peer_name',
        options_list=['--peer-name'],
        help='Name of the connection at end 2. Default: VNET2ToVNET1, or the connection that joins the two '
        'gateways already.',
    )
    context.extra(
        'shared_key',
        options_list=['--shared-key'],
        help='Key of both connections, 1 to 128 printable ASCII characters except space, hyphen and tilde. '
        'Give it as @FILE, or as @- to read it from standard input: a key on the command line stays in '
        'the history of the shell and in the logs of az. Default: the key of the half that exists, else '
        'a generated one.',
    )
    context.extra('tags', tags_type, help='Space-separated tags of what is created: KEY[=VALUE] ...')


def _load_gateways(context):
    from azure.cli.core.commands.parameters import get_enum_type, get_three_state_flag

    from azext_vnet2vnet.network.skus import GENERATIONS, available_skus

    context.extra(
        'sku',
        options_list=['--sku'],
        arg_group='Gateway',
        help=f'SKU of gateways that are created: {", ".join(available_skus())}. Default: VpnGw2AZ.',
    )
    context.extra(
        'vpn_gateway_generation',
        get_enum_type(GENERATIONS),
        options_list=['--vpn-gateway-generation'],
        arg_group='Gateway',
        help='Generation of gateways that are created. Default: the newest that the SKU has.',
    )
    context.extra(
        'active_active',
        get_three_state_flag(),
        options_list=['--active-active'],
        arg_group='Gateway',
        help='Two addresses for each gateway, four tunnels. An existing gateway gets a second address.',
    )


def _load_tunnel(context, asn_options):
    from azure.cli.core.commands.parameters import get_enum_type, get_three_state_flag

    from azext_vnet2vnet.network.tunnel import MODES

    group = 'Tunnel'
    context.extra(
        'enable_bgp',
        get_three_state_flag(),
        options_list=['--enable-bgp'],
        arg_group=group,
        help=f'Exchange routes by BGP. The two gateways need different ASNs: see {asn_options}.',
    )
    context.extra(
        'dpd_timeout',
        type=int,
        options_list=['--dpd-timeout'],
        arg_group=group,
        help='Seconds after which a silent peer counts as dead, 9 to 3600.',
    )
    context.extra(
        'connection_mode',
        get_enum_type(MODES),
        options_list=['--connection-mode'],
        arg_group=group,
        help='Who sets up the tunnel, as end 1 sees it; end 2 gets the opposite.',
    )
    context.extra(
        'policy_based_selectors',
        get_three_state_flag(),
        arg_group=group,
        options_list=['--policy-based-selectors', '--use-policy-based-traffic-selectors'],
        help='Use policy-based traffic selectors. They go with an IPsec policy only.',
    )
    context.extra(
        'traffic_selector',
        options_list=['--traffic-selector'],
        nargs='+',
        action='append',
        arg_group=group,
        help='Ranges that may talk to each other, as end 1 sees them: local=PREFIX[,PREFIX] '
        'remote=PREFIX[,PREFIX]. Repeat the option for more; end 2 gets the mirror '
        'image.',
    )


def _load_policy(context):
    from azure.cli.core.commands.parameters import get_enum_type

    from azext_vnet2vnet.network import tunnel

    for name, values, text in (
        ('ike-encryption', tunnel.IKE_ENCRYPTIONS, 'IKE encryption (phase 1).'),
        ('ike-integrity', tunnel.IKE_INTEGRITIES, 'IKE integrity (phase 1).'),
        ('dh-group', tunnel.DH_GROUPS, 'Diffie-Hellman group of IKE (phase 1).'),
        ('ipsec-encryption', tunnel.IPSEC_ENCRYPTIONS, 'IPsec encryption (phase 2).'),
        ('ipsec-integrity', tunnel.IPSEC_INTEGRITIES, 'IPsec integrity (phase 2).'),
        ('pfs-group', tunnel.PFS_GROUPS, 'Perfect forward secrecy group of IPsec (phase 2).'),
    ):
        context.extra(
            name.replace('-', '_'),
            get_enum_type(values),
            options_list=[f'--{name}'],
            arg_group='IPsec Policy',
            help=f'{text} All eight options of the policy or none.',
        )
    context.extra(
        'sa_lifetime',
        type=int,
        options_list=['--sa-lifetime'],
        arg_group='IPsec Policy',
        help='Lifetime of a security association in seconds, 300 or more.',
    )
    context.extra(
        'sa_max_size',
        type=int,
        options_list=['--sa-max-size'],
        arg_group='IPsec Policy',
        help='Size of a security association in kilobytes, 1024 or more.',
    )


def _load_end(context, end):
    from azure.cli.core.commands.parameters import get_location_completion_list

    def option(name, text, **settings):
        context.extra(
            f'{name.replace("-", "_")}{end}',
            options_list=[f'--{name}{end}'],
            arg_group=f'End {end}',
            help=text,
            **settings,
        )

    option('vnet', f'Name or ID of the VNet at end {end}. An ID carries subscription and group with it.', required=True)
    option('resource-group', f'Resource group of end {end}. Default: --resource-group.')
    option('subscription', f'Name or ID of the subscription of end {end}. Default: the current subscription.')
    option(
        'location',
        'Location, needed only where neither the VNet nor its group exists.',
        completer=get_location_completion_list,
    )
    option('address-prefixes', 'Space-separated address prefixes of the VNet, if it is to be created.', nargs='+')
    option(
        'subnets', 'Space-separated NAME=PREFIX pairs: further subnets of the VNet, if it is to be created.', nargs='+'
    )
    option(
        'gateway-subnet',
        'Prefix of the GatewaySubnet, if the VNet has none. Default: the highest free /27, else /28, /29.',
    )
    option(
        'vnet-gateway',
        'Name of the VPN gateway. Default: the one that the VNet has, else VNET-gw. With '
        '--only-end, the ID of the far gateway.',
    )
    option(
        'public-ips',
        "Name of the gateway's public IP, two with --active-active, if the gateway is to be created. "
        'Default: GATEWAY-ip, GATEWAY-ip2.',
        nargs='+',
    )
    option('asn', 'BGP autonomous system number of the gateway. Default: 65515, or what the gateway has.', type=int)


def _load_only_end(context):
    from knack.arguments import CLIArgumentType

    from azext_vnet2vnet._validators import validate_only_end

    context.extra(
        'only_end',
        CLIArgumentType(type=int, choices=(1, 2)),
        options_list=['--only-end'],
        validator=validate_only_end,
        help="Write this end only, for two administrators who cannot write each other's end. Wants "
        '--shared-key and the ID of the far gateway; prints what the other one has to type.',
    )


def _load_run(context, default):
    from azext_vnet2vnet._validators import validate_timeout

    context.argument(
        'what_if',
        options_list=['--what-if', '-w'],
        action='store_true',
        help='Print what would be done, and write nothing.',
    )
    context.argument(
        'timeout',
        type=int,
        validator=validate_timeout,
        help='Seconds to wait for Azure. When they are over, Azure goes on, and the same command takes '
        f'the work up again. {default}'.strip(),
    )
    context.argument(
        'yes',
        options_list=['--yes', '-y'],
        action='store_true',
        help='Do not ask before what exists, and may be in use, is changed.',
    )
