"""The commands, as az calls them. Options that name a pair and its parts are declared in _params and arrive by name."""

# pylint: disable=too-many-locals


def create_pair(cmd, timeout=7200, what_if=False, yes=False, no_wait=False, **kwargs):
    """Join two VNets by a VNet-to-VNet VPN."""
    from azext_vnet2vnet.cli.desired_input import desired_pair
    from azext_vnet2vnet.cli.hand_over import hand_over, say_far_end
    from azext_vnet2vnet.cli.output import created_json
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.create import preview_create, run_create

    session = Session(cmd.cli_ctx, timeout, sends_key=True)
    preview = session.read(preview_create, desired_pair(session, kwargs))
    if no_wait:
        return hand_over(session, preview, None, what_if, yes)
    result = session.carry_out(preview, run_create, created_json, what_if, yes)
    say_far_end(session, result)
    if not what_if and not result.get('farEnd'):
        session.exit_unless_up([result])
    return result


def apply_topology(cmd, file, prune=False, timeout=7200, what_if=False, yes=False, no_wait=False):
    """Create or change VNets and VPN connections to match a topology file."""
    from azext_vnet2vnet.cli.desired_input import desired_topology
    from azext_vnet2vnet.cli.hand_over import hand_over
    from azext_vnet2vnet.cli.output import network_json
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.apply import preview_apply, run_apply

    session = Session(cmd.cli_ctx, timeout, sends_key=True)
    preview = session.read(preview_apply, desired_topology(session, file), prune)
    if no_wait:
        return hand_over(session, preview, preview.name, what_if, yes)
    result = session.carry_out(preview, run_apply, network_json, what_if, yes)
    if not what_if:
        session.exit_unless_up(result['pairs'])
    return result


def export_network(
    cmd, export_format, resource_group_name=None, vnet=None, all_subscriptions=False, topology=None, file=None
):
    """Write a network of VNets as a topology file, a picture, or a template."""
    from azext_vnet2vnet.cli.desired_input import scope_of
    from azext_vnet2vnet.cli.export_output import export_schema, export_text, export_topology
    from azext_vnet2vnet.cli.session import Session

    session = Session(cmd.cli_ctx)
    if export_format == 'schema':
        export_schema(session, file)
    elif topology:
        export_topology(session, topology, file)
    else:
        export_text(session, export_format, scope_of(session, resource_group_name, vnet, all_subscriptions), file)


def list_pairs(cmd, resource_group_name=None, all_subscriptions=False):
    """List the pairs of a group, of a subscription, or of the login."""
    from azext_vnet2vnet.cli.desired_input import scope_of
    from azext_vnet2vnet.cli.output import listed_json
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.readers.listing import list_pairs as read_list

    session = Session(cmd.cli_ctx)
    scope = scope_of(session, resource_group_name, None, all_subscriptions)
    return [listed_json(pair) for pair in session.read(read_list, session.accounts, scope)]


def show_pair(cmd, resource_group_name, connection_name):
    """Show a pair."""
    from azext_vnet2vnet.cli.output import pair_json
    from azext_vnet2vnet.cli.session import Session

    return pair_json(Session(cmd.cli_ctx).find_pair(resource_group_name, connection_name))


def verify_pair(cmd, resource_group_name, connection_name):
    """Report whether a pair is healthy, and every reason why not."""
    from azext_vnet2vnet.cli.output import verdict_json
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows import verify

    session = Session(cmd.cli_ctx)
    with session.failing_beside_others():
        half = session.connection(resource_group_name, connection_name)
        verdict = verdict_json(session.read(verify.verify_pair, session.accounts, half))
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
    from azext_vnet2vnet.cli.output import condition_of
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.wait import follow_deployment, is_connected, wait_for, wait_until_deleted

    session = Session(cmd.cli_ctx, timeout)
    if deployment:
        session.read(follow_deployment, deployment, interval)
    if not connection_name:
        return
    half = session.connection(resource_group_name, connection_name)
    if deleted:
        session.read(wait_until_deleted, session.accounts, half, interval)
    else:
        is_met = is_connected if connected or not custom else condition_of(custom)
        session.read(wait_for, session.accounts, half, is_met, interval)


def update_pair(cmd, resource_group_name, connection_name, tags=None, timeout=None, what_if=None, yes=None, **kwargs):
    """Change both halves of a pair, and make them alike."""
    from azext_vnet2vnet.cli.desired_input import desired_tunnel
    from azext_vnet2vnet.cli.output import changed_json
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.update import preview_update, run_update

    session = Session(cmd.cli_ctx, timeout or 7200, sends_key=True)
    asked = desired_tunnel(session, kwargs)
    pair = session.find_pair(resource_group_name, connection_name)
    preview = session.read(preview_update, session.accounts, pair, asked, tags)
    return session.carry_out(preview, run_update, changed_json, what_if, yes)


def rotate_key(cmd, resource_group_name, connection_name, shared_key=None, timeout=7200, what_if=False, yes=False):
    """Give both halves of a pair a new key."""
    from azext_vnet2vnet.cli.desired_input import desired_key
    from azext_vnet2vnet.cli.output import rotated_json
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.rotate_key import preview_rotation, run_rotation

    session = Session(cmd.cli_ctx, timeout, sends_key=True)
    key = desired_key(session, shared_key)
    preview = session.read(preview_rotation, session.find_pair(resource_group_name, connection_name), key)
    return session.carry_out(preview, run_rotation, rotated_json, what_if, yes)


def reset_pair(
    cmd, resource_group_name, connection_name, gateway1=False, gateway2=False, timeout=7200, what_if=False, yes=False
):
    """Reset both connections of a pair, or its gateways."""
    from azext_vnet2vnet.cli.output import changed_json
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.workflows.reset import preview_reset
    from azext_vnet2vnet.workflows.update import run_update

    session = Session(cmd.cli_ctx, timeout)
    gateways = [number for number, is_asked in ((1, gateway1), (2, gateway2)) if is_asked]
    preview = session.read(preview_reset, session.find_pair(resource_group_name, connection_name), gateways)
    return session.carry_out(preview, run_update, changed_json, what_if, yes)


def delete_pair(cmd, resource_group_name, connection_name, gateways=False, timeout=7200, what_if=False, yes=False):
    """Delete both connections of a pair, and its gateways if asked."""
    from azext_vnet2vnet.checks.change import check_gone
    from azext_vnet2vnet.cli.output import deleted_json, plan_json
    from azext_vnet2vnet.cli.session import Session
    from azext_vnet2vnet.planning.plan import Plan
    from azext_vnet2vnet.readers.pair import find_pair_if_any
    from azext_vnet2vnet.workflows.delete import DeletedPair, preview_deletion, run_deletion

    session = Session(cmd.cli_ctx, timeout)
    half = session.connection(resource_group_name, connection_name)
    pair = session.read(find_pair_if_any, session.accounts, half)
    if pair is None:
        diagnostics = check_gone(half, gateways)
        session.check(diagnostics)
        return plan_json(Plan(), diagnostics) if what_if else deleted_json(DeletedPair(connection_name, ()))
    preview = session.read(preview_deletion, pair, gateways)
    return session.carry_out(preview, run_deletion, deleted_json, what_if, yes)
