"""The desired state, from what was typed or written; all that is wrong with it at once, as one azclierror."""

import sys
from collections.abc import Mapping
from typing import Any

from azext_vnet2vnet.cli.files import read_key_files, read_text, refuse_encoded_key
from azext_vnet2vnet.cli.session import Session
from azext_vnet2vnet.network.desired import Pair, Topology
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.options.create_options import PairOptions, read_key_option, read_pair
from azext_vnet2vnet.options.end_options import DefaultScope, EndOptions, read_end
from azext_vnet2vnet.options.topology_options import key_files, read_topology
from azext_vnet2vnet.options.tunnel_options import TunnelOptions, read_tunnel


def desired_pair(session: Session, typed: Mapping[str, Any]) -> Pair:
    """The pair that the options of `create` mean."""
    refuse_encoded_key(typed.get('shared_key'), sys.argv)
    pair, diagnostics = read_pair(PairOptions.from_typed(typed, session.subscription), session.accounts)
    session.check(diagnostics)
    assert pair
    return pair


def desired_tunnel(session: Session, typed: Mapping[str, Any]) -> Tunnel:
    """The settings of both halves that the options of `update` mean."""
    diagnostics: list[Diagnostic] = []
    tunnel = read_tunnel(TunnelOptions.from_typed(typed), diagnostics)
    session.check(diagnostics)
    return tunnel


def desired_key(session: Session, typed: str | None) -> SharedKey | None:
    """The key that --shared-key means."""
    diagnostics: list[Diagnostic] = []
    refuse_encoded_key(typed, sys.argv)
    key = read_key_option(typed, diagnostics)
    session.check(diagnostics)
    return key


def desired_topology(session: Session, file: str) -> Topology:
    """The topology that a file means; keys are read from the files that it names."""
    from azext_vnet2vnet.topology_file.reader import read_topology_file

    options, diagnostics = read_topology_file(read_text(file), file)
    session.check(diagnostics)
    assert options
    keys = read_key_files(key_files(options), file)
    topology, diagnostics = read_topology(options, session.subscription, session.accounts, keys)
    session.check(diagnostics)
    assert topology
    return topology


def scope_of(session: Session, group: str | None, vnet: str | None, is_all: bool) -> ResourceId | str | None:
    """Where to search for pairs: a VNet, a group, the subscription that az uses, or, if None, everywhere."""
    if vnet:
        diagnostics: list[Diagnostic] = []
        end = read_end(EndOptions(vnet), DefaultScope(group, session.subscription), session.accounts, diagnostics)
        session.check(diagnostics)
        assert end
        return end.vnet
    if is_all:
        is_logged_in = any(account.other_cloud is None for account in session.accounts)
        return None if is_logged_in else session.subscription  # That is an error of az's own, with what to type.
    return ResourceId(session.account.id, group) if group else session.account.id
