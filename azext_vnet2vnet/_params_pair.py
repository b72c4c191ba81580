"""The options that describe a pair: all of them for `create`, those of the tunnel for `update` too."""

from functools import partial
from typing import Any

# A context of az's command loader. az and knack have no types.
Context = Any

KEY_HELP = (
    '1 to 128 printable ASCII characters except space and tilde; a hyphen is advised against. Use "@FILE", or "@-" to '
    'read it from standard input: a key on the command line stays in the shell history and in the logs of az. Default:'
)


def load_pair(context: Context) -> None:
    """What holds for both ends, and `--only-end`."""
    from azure.cli.core.commands.parameters import get_resource_group_completion_list, tags_type
    from knack.arguments import CLIArgumentType

    from azext_vnet2vnet._validators import validate_only_end

    # Under its usual name az would put its own help in place of this one.
    context.extra(
        'resource_group',
        options_list=['--resource-group', '-g'],
        configured_default='group',
        completer=get_resource_group_completion_list,
        help='Resource group of both ends. A group that does not exist is created if its location is known. You can '
        'configure the default group using `az config set defaults.group=NAME`.',
    )
    for name, spellings, number, default in (
        ('connection_name', ['--name', '-n'], 1, 'VNET1ToVNET2'),
        ('peer_name', ['--peer-name'], 2, 'VNET2ToVNET1'),
    ):
        context.extra(
            name,
            options_list=spellings,
            help=f'Name of the connection at end {number}. Default: {default}, or the name of the connection that '
            'already joins the two gateways.',
        )
    context.extra(
        'shared_key', help=f'Key of both connections: {KEY_HELP} the key of the half that exists, else a generated key.'
    )
    context.extra('tags', tags_type, help='Space-separated tags of created resources: KEY[=VALUE] ...')
    context.extra(
        'only_end',
        CLIArgumentType(type=int, choices=(1, 2)),
        validator=validate_only_end,
        help="Write only this end, for two administrators who cannot write each other's end. Requires --shared-key and "
        'the ID of the far gateway; prints the command for the other administrator.',
    )


def load_ends(context: Context) -> None:
    """The options that come twice, with the number of the end."""
    from azure.cli.core.commands.parameters import get_location_completion_list

    def add(name: str, text: str, **settings: Any) -> None:
        context.extra(f'{name}{end}', arg_group=f'End {end}', help=text, **settings)

    for end in (1, 2):
        add('vnet', f'Name or ID of the VNet at end {end}. An ID includes subscription and group.', required=True)
        add('resource_group', f'Resource group of end {end}. Default: --resource-group.')
        add('subscription', f'Name or ID of the subscription of end {end}. Default: the current subscription.')
        add(
            'location',
            'Location. Required only if neither the VNet nor its group exists.',
            completer=get_location_completion_list,
        )
        add(
            'address_prefixes',
            'Space-separated address prefixes of a VNet to create. Its subnets are private: their machines reach no '
            'Internet without a NAT gateway or the like.',
            nargs='+',
        )
        add('subnets', 'Space-separated NAME=PREFIX pairs: further subnets of a VNet to create.', nargs='+')
        add(
            'gateway_subnet',
            'Prefix of the GatewaySubnet, if the VNet has none. Default: the highest free /27, else /28 or /29.',
        )
        add(
            'vnet_gateway',
            'Name of the VPN gateway. Default: the gateway that the VNet has, else VNET-gw. With --only-end: the ID '
            'of the far gateway.',
        )
        add(
            'public_ips',
            'Name of the public IP of a gateway to create, two names with --active-active. Default: GATEWAY-ip, '
            'GATEWAY-ip2.',
            nargs='+',
        )
        add(
            'asn',
            'BGP autonomous system number of the gateway. Default: the one that the gateway has, else 65515.',
            type=int,
        )


def load_gateways(context: Context) -> None:
    """The gateways that `create` makes."""
    from azure.cli.core.commands.parameters import get_enum_type, get_three_state_flag

    from azext_vnet2vnet.network.skus import GENERATIONS, available_skus

    add = partial(context.extra, arg_group='Gateway')
    add('sku', help=f'SKU of gateways to create: {", ".join(available_skus())}. Default: VpnGw2AZ.')
    add(
        'vpn_gateway_generation',
        get_enum_type(GENERATIONS),
        help='Generation of gateways to create. Default: the newest that the SKU supports.',
    )
    add(
        'active_active',
        get_three_state_flag(),
        help='Two addresses for each gateway, four tunnels. An existing gateway gets a second address.',
    )


def load_tunnel(context: Context) -> None:
    """What both halves agree on, besides the IPsec policy."""
    from azure.cli.core.commands.parameters import get_enum_type, get_three_state_flag

    from azext_vnet2vnet.network.tunnel import MODES

    add = partial(context.extra, arg_group='Tunnel')
    add(
        'enable_bgp',
        get_three_state_flag(),
        help='Exchange routes by BGP. Requires different ASNs: see --asn1 and --asn2 of `az vnet2vnet create`.',
    )
    add('dpd_timeout', type=int, help='Timeout of dead peer detection in seconds, 9 to 3600.')
    add(
        'connection_mode',
        get_enum_type(MODES),
        help='Which end initiates the tunnel, as seen from end 1; end 2 gets the opposite.',
    )
    add(
        'policy_based_selectors',
        get_three_state_flag(),
        options_list=['--policy-based-selectors', '--use-policy-based-traffic-selectors'],
        help='Use policy-based traffic selectors: without them --traffic-selector has no effect.',
    )
    add(
        'traffic_selector',
        nargs='+',
        action='append',
        help='Address ranges that may communicate, as seen from end 1: local=PREFIX[,PREFIX] remote=PREFIX[,PREFIX]. '
        'Repeat the option for more; end 2 gets the mirror image.',
    )


def load_policy(context: Context) -> None:
    """The IPsec policy: all eight options or none."""
    from azure.cli.core.commands.parameters import get_enum_type

    from azext_vnet2vnet.network import tunnel

    add = partial(context.extra, arg_group='IPsec Policy')
    for name, values, text in (
        ('ike_encryption', tunnel.IKE_ENCRYPTIONS, 'IKE encryption (phase 1).'),
        ('ike_integrity', tunnel.IKE_INTEGRITIES, 'IKE integrity (phase 1).'),
        ('dh_group', tunnel.DH_GROUPS, 'Diffie-Hellman group of IKE (phase 1).'),
        ('ipsec_encryption', tunnel.IPSEC_ENCRYPTIONS, 'IPsec encryption (phase 2).'),
        ('ipsec_integrity', tunnel.IPSEC_INTEGRITIES, 'IPsec integrity (phase 2).'),
        ('pfs_group', tunnel.PFS_GROUPS, 'Perfect forward secrecy group of IPsec (phase 2).'),
    ):
        add(name, get_enum_type(values), help=f'{text} Set all eight options of the policy or none.')
    add('sa_lifetime', type=int, help='Lifetime of a security association in seconds, at least 300.')
    add('sa_max_size', type=int, help='Size of a security association in kilobytes, at least 1024; 0 for no limit.')
