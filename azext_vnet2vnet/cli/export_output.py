"""What `export` writes, and where."""

from azext_vnet2vnet.arm.template import Deployment
from azext_vnet2vnet.arm.template_export import command_of, texts_of
from azext_vnet2vnet.cli.desired_input import desired_topology
from azext_vnet2vnet.cli.files import STANDARD, create_private_text, write_text
from azext_vnet2vnet.cli.session import Session
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.readers.network import read_network
from azext_vnet2vnet.readers.pair import tenants_of
from azext_vnet2vnet.topology_file.schema import schema_text
from azext_vnet2vnet.workflows.export import WRITERS, deploy_network, deploy_topology


def export_schema(session: Session, file: str | None) -> None:
    """Write the JSON Schema of topology files."""
    _write(session, schema_text(), file)


def export_text(session: Session, kind: str, scope: ResourceId | str | None, file: str | None) -> None:
    """Write the network of a scope in a format."""
    pairs = session.read(read_network, session.accounts, scope)
    if kind != 'arm':
        names = {account.id.lower(): account.name for account in session.accounts}
        _write(session, WRITERS[kind](pairs, names), file)
        return
    found = session.call(deploy_network, pairs, tenants_of(session.accounts))
    for omission in found.omissions:
        session.warn(f'{omission}.')
    _export_template(session, found.deployment, file)


def export_topology(session: Session, topology: str, file: str | None) -> None:
    """Write the deployment that `apply --no-wait` would hand over of a topology file."""
    found = session.read(deploy_topology, desired_topology(session, topology))
    session.check(found.diagnostics)
    for step in found.required:
        session.warn(
            f'The template requires {step.id}, and does not create it: az vnet2vnet apply --file {quoted(topology)} '
            '--no-wait does both.'
        )
    for step in found.left:
        session.warn(
            f'The template leaves {step.id} as it is: az vnet2vnet apply --file {quoted(topology)} changes it.'
        )
    _export_template(session, found.deployment, file)


def _export_template(session: Session, deployment: Deployment, file: str | None) -> None:
    """Write a deployment's template, and beside a file that of its parameters, whose keys are to be filled in."""
    template, parameters = texts_of(deployment)
    _write(session, template, file)
    if file and file != STANDARD and deployment.parameters:
        beside = f'{file.removesuffix(".json")}.parameters.json'
        is_new = create_private_text(beside, parameters)
        session.say(f'Written to {beside}.' if is_new else f'{beside} exists already, and is kept: it may hold keys.')
        session.say(f'Fill in its keys, then run {command_of(deployment, file, beside)}')


def _write(session: Session, text: str, file: str | None) -> None:
    write_text(file or STANDARD, text)
    session.say(f'Written to {file}.' if file and file != STANDARD else '')
