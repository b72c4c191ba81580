"""Steps and times in words."""

from azext_vnet2vnet.network import resource_id
from azext_vnet2vnet.network.plain_text import plain
from azext_vnet2vnet.planning.plan import Action, Step

_NOUNS = {
    resource_id.GROUP_TYPE: 'resource group',
    resource_id.VNET_TYPE: 'VNet',
    resource_id.SUBNET_TYPE: 'subnet',
    resource_id.PUBLIC_IP_TYPE: 'public IP',
    resource_id.GATEWAY_TYPE: 'gateway',
    resource_id.CONNECTION_TYPE: 'connection',
    resource_id.SHARED_KEY_TYPE: 'key of connection',
}
VERBS = {
    Action.CREATE: ('Creating', 'Created'),
    Action.UPDATE: ('Updating', 'Updated'),
    Action.RESET: ('Resetting', 'Reset'),
    Action.DELETE: ('Deleting', 'Deleted'),
    Action.WAIT: ('Waiting for', 'Ready:'),
}


def describe(step: Step) -> str:
    """The resource of a step in words, such as `gateway VNet1GW (VpnGw2AZ, eastus)`."""
    details = [getattr(step.resource, field, None) for field in ('sku', 'location')]
    text = ', '.join(detail for detail in details if detail)
    return plain(f'{_NOUNS[step.id.type]} {step.id.name}' + (f' ({text})' if text else ''))


def duration(seconds: float) -> str:
    """Seconds as a person reads them: `45 s`, `26 min 20 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f'{minutes} min {rest} s' if minutes else f'{rest} s'
