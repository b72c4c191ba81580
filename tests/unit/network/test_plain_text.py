"""What others wrote shows as text: it instructs neither a terminal nor a drawing."""

import pytest

from azext_vnet2vnet._format import pair_table
from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.cli.errors import azure_error
from azext_vnet2vnet.cli.output import diagnostic_json
from azext_vnet2vnet.cli.plan_text import describe
from azext_vnet2vnet.diagram.layout.ink import Ink
from azext_vnet2vnet.network.diagnostic import Refused
from azext_vnet2vnet.network.plain_text import plain
from azext_vnet2vnet.network.resource_id import VNET_TYPE, ResourceId
from azext_vnet2vnet.planning.plan import Action, Step

EVIL = 'a\x1b[2J\x9b0m\r\u202eb\u2066c'
SHOWN = 'a\ufffd[2J\ufffd0m\ufffd\ufffdb\ufffdc'


@pytest.mark.parametrize('text', ['Zürich, 東京, שלום', 'a\tb\nc', 'ن\u200cو', '👩\u200d🔧'])
def test_text_of_any_language_stays(text):
    assert plain(text) == text


def test_every_edge_replaces_controls():
    vnet = ResourceId('s', 'g', VNET_TYPE, (EVIL,))
    assert plain(EVIL) == SHOWN
    refused = azure_error(Refused((rules.VNET_MISSING.found(EVIL, EVIL),)))
    assert (refused.error_msg, refused.recommendations) == (f'{SHOWN}.', [f'{SHOWN}.'])
    assert describe(Step(vnet, Action.CREATE)) == f'VNet {SHOWN}'
    found = diagnostic_json(rules.VNET_MISSING.found(EVIL, EVIL))
    assert found['message'] == found['recommendation'] == SHOWN
    [row] = pair_table({'changes': [{'action': 'create', 'id': str(vnet)}]})
    assert row['Name'] == SHOWN and row['Id'].endswith(f'/{SHOWN}')
    sheet = Ink.sheet(10, 10, EVIL, EVIL)
    sheet.text(1, 1, EVIL, 10, 'black')
    assert sheet.document().count(SHOWN) == 3 and plain(sheet.document()) == sheet.document()
