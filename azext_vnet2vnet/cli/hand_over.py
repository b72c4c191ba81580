"""What goes on without this command: work handed to Azure, and the end that another administrator writes."""

from collections.abc import Mapping
from typing import Any

from azext_vnet2vnet.cli.output import handed_over_json
from azext_vnet2vnet.cli.session import Session
from azext_vnet2vnet.workflows.no_wait import preview_hand_over, run_hand_over
from azext_vnet2vnet.workflows.preview import NamedPreview


def hand_over(
    session: Session, preview: NamedPreview, topology: str | None, what_if: bool, yes: bool
) -> dict[str, Any]:
    """Begin the plan of a preview and hand the rest to Azure; `topology` is the name of a file with many pairs."""
    handed_over = session.read(preview_hand_over, preview, topology)
    result = session.carry_out(handed_over, run_hand_over, handed_over_json, what_if, yes)
    if not what_if and result['next']:
        rest = ', then the same command again' if result['next'].startswith('az network') else ''
        session.say(f'Azure goes on with it. Follow it with: {result["next"]}{rest}')
    return result


def say_far_end(session: Session, result: Mapping[str, Any]) -> None:
    """What the other administrator has to do, where this one wrote one end only."""
    far_end = result.get('farEnd')
    reason = next(iter(result.get('reasons', ())), None)
    if far_end and reason and reason['code'] == 'not-connected':
        session.say(f'\n{reason["message"]}. {reason["recommendation"]}')
    elif far_end and reason:
        session.say(
            '\nThe other administrator runs this, with the same key in FILE:\n\n'
            f'{far_end["command"]}\n\nAzure asks you for these rights at the other end: '
            f'{", ".join(far_end["rights"])}\n'
        )
