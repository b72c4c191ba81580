"""The commands, as az calls them. Options that name a pair and its parts are declared in _params and arrive by name."""


def create_pair(cmd, timeout=7200, what_if=False, yes=False, **kwargs):
    """Join two VNets by a VNet-to-VNet VPN."""
    from azext_vnet2vnet._session import Session
    session = Session(cmd.cli_ctx, timeout)
    return session.create(session.wanted_pair(kwargs), what_if, yes)
