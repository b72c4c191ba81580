"""What the user wants, from what was typed or written; every flaw of it at once, as one azclierror."""

from collections.abc import Mapping

from azext_vnet2vnet.cli.session import Session
from azext_vnet2vnet.network.desired import Pair, Topology
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.options.create_options import PairOptions, read_pair
from azext_vnet2vnet.options.end_options import DefaultScope, EndOptions, read_end
from azext_vnet2vnet.options.topology_options import key_files, read_topology


def wanted_pair(session: Session, typed: Mapping) -> Pair:
    """The pair that the options of `create` mean."""
    pair, findings = read_pair(PairOptions.from_typed(typed, session.subscription), session.accounts)
    session.check(findings)
    return pair


def wanted_topology(session: Session, file: str) -> Topology:
    """The topology that a file means; keys are read from the files that it names."""
    from azext_vnet2vnet.cli.files import read_key_files, read_text
    from azext_vnet2vnet.topology_file.reader import read_topology_file

    options, findings = read_topology_file(read_text(file), file)
    session.check(findings)
    keys = read_key_files(key_files(options), file)
    topology, findings = read_topology(options, session.subscription, session.accounts, keys)
    session.check(findings)
    return topology


def wanted_scope(session: Session, group: str | None, vnet: str | None, is_all: bool) -> ResourceId | str | None:
    """Where to look for pairs: a VNet, a group, the subscription that az uses, or, if None, everywhere."""
    if vnet:
        findings: list[Diagnostic] = []
        end = read_end(EndOptions(vnet), DefaultScope(group, session.subscription), session.accounts, findings)
        session.check(findings)
        return end.vnet
    if is_all:
        is_logged_in = any(account.other_cloud is None for account in session.accounts)
        return None if is_logged_in else session.subscription  # That is an error of az's own, with what to type.
    return ResourceId(session.account.id, group) if group else session.account.id
