"""The commands, as az calls them. Options that name a pair and its parts are declared in _params and arrive by name."""


def create_pair(cmd, timeout=7200, what_if=False, yes=False, no_wait=False, **kwargs):
    """Join two VNets by a VNet-to-VNet VPN."""
    from azext_vnet2vnet.cli.desired_input import wanted_pair
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.create import preview_pair, run_preview

    session = Session(cmd.cli_ctx, timeout)
    preview = session.look(preview_pair, wanted_pair(session, kwargs))
    if no_wait:
        return session.hand_over(preview, what_if, yes)
    result = session.carry_out(preview, run_preview, what_if, yes)
    session.tell_far_end(result)
    return result


def apply_topology(cmd, file, prune=False, timeout=7200, what_if=False, yes=False, no_wait=False):
    """Make a network of VNets what a file says."""
    from azext_vnet2vnet.cli.desired_input import wanted_topology
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.apply import preview_topology, run_topology

    session = Session(cmd.cli_ctx, timeout)
    topology = wanted_topology(session, file)
    preview = session.look(preview_topology, topology, prune)
    if no_wait:
        return session.hand_over(preview, what_if, yes, topology.name)
    return session.carry_out(preview, run_topology, what_if, yes)


def export_network(
    cmd, export_format, resource_group_name=None, vnet=None, all_subscriptions=False, topology=None, file=None
):
    """Write a network of VNets as a topology file, a picture, or a template."""
    from azext_vnet2vnet.cli.desired_input import wanted_scope
    from azext_vnet2vnet.cli.export_output import export_schema, export_template, export_text, wanted_deployment
    from azext_vnet2vnet.cli.session import Session

    session = Session(cmd.cli_ctx)
    if export_format == 'schema':
        export_schema(session, file)
    elif export_format == 'arm' and topology:
        export_template(session, wanted_deployment(session, topology), file)
    else:
        scope = wanted_scope(session, resource_group_name, vnet, all_subscriptions)
        export_text(session, export_format, scope, file)


def list_pairs(cmd, resource_group_name=None, all_subscriptions=False):
    """List the pairs of a group, of a subscription, or of the login."""
    from azext_vnet2vnet.cli.desired_input import wanted_scope
    from azext_vnet2vnet.cli.output import listed_shape
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.readers.listing import list_pairs as find

    session = Session(cmd.cli_ctx)
    scope = wanted_scope(session, resource_group_name, None, all_subscriptions)
    return [listed_shape(pair) for pair in session.look(find, session.accounts, scope)]


def show_pair(cmd, resource_group_name, connection_name):
    """Show a pair."""
    from azext_vnet2vnet.cli.output import pair_shape
    from azext_vnet2vnet.cli.session import Session

    session = Session(cmd.cli_ctx)
    return pair_shape(session.look_at_pair(resource_group_name, connection_name))


def verify_pair(cmd, resource_group_name, connection_name):
    """Tell whether a pair is healthy, and every reason why not."""
    from azext_vnet2vnet.cli.output import verdict_shape
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.readers.diagnostics import examine

    session = Session(cmd.cli_ctx)
    with session.failing_beside_others():
        pair = session.look_at_pair(resource_group_name, connection_name)
        verdict = verdict_shape(session.look(examine, pair))
    if not verdict['healthy']:
        session.exit_with(4)
    return verdict


def wait_for_pair(
    cmd,
    resource_group_name=None,
    connection_name=None,
    connected=False,
    deleted=False,
    custom=None,
    deployment=None,
    interval=30,
    timeout=7200,
):
    """Wait until a deployment is over, and a pair connected, deleted, or as a query says."""
    from azext_vnet2vnet.cli.output import condition
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.wait import follow_deployment, is_connected, wait_for, wait_until_deleted

    session = Session(cmd.cli_ctx, timeout)
    if deployment:
        session.look(follow_deployment, deployment, interval)
    if not connection_name:
        return
    half = session.connection(resource_group_name, connection_name)
    if deleted:
        session.look(wait_until_deleted, session.accounts, half, interval)
    else:
        is_met = is_connected if connected or not custom else condition(custom)
        session.look(wait_for, session.accounts, half, is_met, interval)


def update_pair(cmd, resource_group_name, connection_name, tags=None, timeout=None, what_if=None, yes=None, **kwargs):
    """Change both halves of a pair, and make them alike."""
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.options.tunnel_options import TunnelOptions, read_tunnel
    from azext_vnet2vnet.workflows.change import preview_update, run_change

    session = Session(cmd.cli_ctx, timeout or 7200)
    findings = []
    asked = read_tunnel(TunnelOptions.from_typed(kwargs), findings)
    session.check(findings)
    pair = session.look_at_pair(resource_group_name, connection_name)
    preview = session.look(preview_update, session.accounts, pair, asked, tags)
    return session.carry_out(preview, run_change, what_if, yes)


def rotate_key(cmd, resource_group_name, connection_name, shared_key=None, timeout=7200, what_if=False, yes=False):
    """Give both halves of a pair a new key."""
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.options.create_options import read_key_option
    from azext_vnet2vnet.workflows.change import preview_rotation, run_rotation

    session = Session(cmd.cli_ctx, timeout)
    findings = []
    key = read_key_option(shared_key, findings)
    session.check(findings)
    pair = session.look_at_pair(resource_group_name, connection_name)
    return session.carry_out(session.look(preview_rotation, pair, key), run_rotation, what_if, yes)


def reset_pair(
    cmd, resource_group_name, connection_name, gateway1=False, gateway2=False, timeout=7200, what_if=False, yes=False
):
    """Reset both connections of a pair, or its gateways."""
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.change import preview_reset, run_change

    session = Session(cmd.cli_ctx, timeout)
    gateways = [number for number, is_asked in ((1, gateway1), (2, gateway2)) if is_asked]
    pair = session.look_at_pair(resource_group_name, connection_name)
    return session.carry_out(session.look(preview_reset, pair, gateways), run_change, what_if, yes)


def delete_pair(cmd, resource_group_name, connection_name, gateways=False, timeout=7200, what_if=False, yes=False):
    """Delete both connections of a pair, and its gateways if asked."""
    from azext_vnet2vnet.checks.change import check_gone
    from azext_vnet2vnet.cli.output import what_if_shape
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.change import preview_deletion, run_deletion

    session = Session(cmd.cli_ctx, timeout)
    half = session.connection(resource_group_name, connection_name)
    pair = session.look_at_pair_if_any(half)
    if pair is None:
        findings = check_gone(half, gateways)
        session.check(findings)
        return what_if_shape(findings=findings) if what_if else {'name': connection_name, 'changes': []}
    return session.carry_out(session.look(preview_deletion, pair, gateways), run_deletion, what_if, yes)
