"""What `export` writes, and where."""

from pathlib import Path

from azext_vnet2vnet.arm.template import Deployment
from azext_vnet2vnet.cli.desired_input import wanted_topology
from azext_vnet2vnet.cli.files import write_text
from azext_vnet2vnet.cli.session import Session


def export_schema(session: Session, file: str | None) -> None:
    """Write the JSON Schema of topology files."""
    from azext_vnet2vnet.topology_file.schema import schema_text

    _write(session, schema_text(), file)


def export_text(session: Session, kind: str, scope, file: str | None) -> None:
    """Write the network of a scope in a format."""
    from azext_vnet2vnet.workflows.export import read_network
    from azext_vnet2vnet.workflows.formats import WRITERS

    pairs = session.look(read_network, session.accounts, scope)
    if kind == 'arm':
        export_template(session, _deployment_of(session, pairs), file)
    else:
        _write(session, WRITERS[kind](pairs, {account.id.lower(): account.name for account in session.accounts}), file)


def wanted_deployment(session: Session, topology: str) -> Deployment:
    """The deployment that `apply --no-wait` would hand over of a topology file."""
    from azext_vnet2vnet.arm.template import left_over, quick_steps
    from azext_vnet2vnet.workflows.apply import preview_topology
    from azext_vnet2vnet.workflows.no_wait import checked_deployment

    wanted = wanted_topology(session, topology)
    preview = session.look(preview_topology, wanted, False)
    plan = preview.plan
    session.check(preview.findings)
    for step in quick_steps(plan):
        if step in plan.writes:
            session.warn(
                f'The template wants {step.id}, and does not create it: az vnet2vnet apply --file {topology} '
                '--no-wait does both.'
            )
    for step in left_over(plan):
        session.warn(f'The template leaves {step.id} as it is: az vnet2vnet apply --file {topology} changes it.')
    with session.failing():
        return checked_deployment(plan, wanted.name)


def export_template(session: Session, deployment: Deployment, file: str | None) -> None:
    """Write a deployment's template, and beside a file that of its parameters, whose keys are to be filled in."""
    from azext_vnet2vnet.arm.template_export import command_of, texts_of

    template, parameters = texts_of(deployment)
    _write(session, template, file)
    if file and deployment.parameters:
        beside = f'{file.removesuffix(".json")}.parameters.json'
        if Path(beside).exists():
            session.say(f'{beside} is there already, and kept: it may hold keys.')
        else:
            _write(session, parameters, beside)
        session.say(f'Fill in its keys, then run {command_of(deployment, file, beside)}')


def _deployment_of(session: Session, pairs) -> Deployment:
    from azext_vnet2vnet.arm.template_export import flaw_of, plan_of
    from azext_vnet2vnet.readers.pair import tenants_of
    from azext_vnet2vnet.workflows.no_wait import checked_deployment

    tenants = tenants_of(session.accounts)
    whole = []
    for pair in pairs:
        flaw = flaw_of(pair, tenants)
        if flaw:
            session.warn(f'{pair.halves[0].id} is left out: {flaw}.')
        else:
            whole.append(pair)
    with session.failing():
        return checked_deployment(plan_of(whole, tenants), 'network')


def _write(session: Session, text: str, file: str | None) -> None:
    write_text(file, text)
    session.say(f'Written to {file}.' if file else '')
