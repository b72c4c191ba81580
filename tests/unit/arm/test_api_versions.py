"""The api-versions are those that the installed azure-cli sends."""

import importlib.util
import re
from pathlib import Path

import pytest
from azure.cli.core.profiles import ResourceType
from azure.cli.core.profiles._shared import AZURE_API_PROFILES

from azext_vnet2vnet.arm import api_versions
from azext_vnet2vnet.arm.api_versions import BY_TYPE, api_version_of
from azext_vnet2vnet.network import resource_id

COMMANDS = Path(importlib.util.find_spec('azure.cli.command_modules.network').origin).parent / 'aaz/latest/network'
CORE = AZURE_API_PROFILES['latest']
IN_COMMANDS = {
    resource_id.VNET_TYPE: 'vnet/_create.py',
    resource_id.SUBNET_TYPE: 'vnet/subnet/_create.py',
    resource_id.PUBLIC_IP_TYPE: 'public_ip/_create.py',
    resource_id.GATEWAY_TYPE: 'vnet_gateway/_create.py',
    resource_id.CONNECTION_TYPE: 'vpn_connection/_show.py',
    resource_id.SHARED_KEY_TYPE: 'vpn_connection/shared_key/_update.py',
    resource_id.LOCAL_GATEWAY_TYPE: 'local_gateway/_show.py',
    resource_id.ROUTE_TABLE_TYPE: 'route_table/_show.py',
}


def sent_by(file):
    """The api-versions in a command's list of the resources that it requests."""
    text = (COMMANDS / file).read_text(encoding='utf-8')
    found = set(re.findall(r'\["mgmt-plane", "[^"]+", "(\d{4}-\d\d-\d\d)"', text))
    assert found, file
    return found


@pytest.mark.parametrize('type_, file', IN_COMMANDS.items(), ids=IN_COMMANDS.values())
def test_resources_of_the_network_have_the_version_of_its_command(type_, file):
    assert {api_version_of(type_.upper())} == sent_by(file)


def test_every_other_type_has_the_version_of_the_manager():
    others = {type_ for type_ in BY_TYPE if type_ not in {known.lower() for known in IN_COMMANDS}}
    assert others == {resource_id.GROUP_TYPE.lower(), resource_id.DEPLOYMENT_TYPE.lower()}
    assert api_version_of(resource_id.GROUP_TYPE) == CORE[ResourceType.MGMT_RESOURCE_RESOURCES]


def test_what_is_read_beside_resources():
    assert {api_versions.USAGES} == sent_by('_list_usages.py')
    assert CORE[ResourceType.MGMT_RESOURCE_SUBSCRIPTIONS] == api_versions.LOCATIONS
    assert CORE[ResourceType.MGMT_RESOURCE_LOCKS] == api_versions.LOCKS
    assert {api_versions.RESOURCES, api_versions.PROVIDERS} == {CORE[ResourceType.MGMT_RESOURCE_RESOURCES]}
