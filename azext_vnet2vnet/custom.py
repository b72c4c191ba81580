"""The commands, as az calls them."""


# az reads the options of a command from this signature.
def create_pair(cmd, vnet1, vnet2, resource_group_name=None, resource_group1=None, resource_group2=None,
                subscription1=None, subscription2=None, location1=None, location2=None,
                address_prefixes1=None, address_prefixes2=None, subnets1=None, subnets2=None,
                gateway_subnet1=None, gateway_subnet2=None, vnet_gateway1=None, vnet_gateway2=None,
                public_ips1=None, public_ips2=None, sku=None, vpn_gateway_generation=None,
                connection_name=None, peer_name=None, shared_key=None, tags=None,
                what_if=False, timeout=7200, yes=False):
    """Join two VNets by a VNet-to-VNet VPN."""
    from azext_vnet2vnet._session import Session
    options = locals()
    session = Session(cmd.cli_ctx, timeout)
    pair = session.read_pair(options)
    return session.create(pair, what_if, yes)
