"""How the user gave a setting, so that a diagnostic can name it as it was given: an option, or an entry of a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Source(Protocol):
    """Where the settings of an end, or of a pair, were given; a setting has the name of its option, without dashes."""

    def name(self, setting: str) -> str:
        """The setting as the user knows it."""

    def given(self, setting: str, value: object) -> str:
        """The setting with a value, as the user would write it."""

    def for_all(self, setting: str) -> str:
        """The same setting where it applies to all ends."""

    def is_default(self, setting: str, /) -> bool:
        """Whether only a default can have set it, which applies to new resources only."""


_TYPED = {'shared-key': '"@FILE"'}  # PowerShell takes a bare @ for an operator.


@dataclass(frozen=True)
class CommandLine:
    """Options; those of one end have its number as a suffix, except `shared` ones, which apply to both ends."""

    number: int | None = None
    shared: frozenset[str] = frozenset(('sku', 'vpn-gateway-generation', 'active-active', 'tags'))

    def name(self, setting: str) -> str:
        """`--sku`, `--location1`."""
        return f'--{setting}' if self.number is None or setting in self.shared else f'--{setting}{self.number}'

    def given(self, setting: str, value: object) -> str:
        """`--sku VpnGw2AZ`; an example of several words is typed as it stands."""
        return f'{self.name(setting)} {_TYPED.get(setting, value)}'

    def for_all(self, setting: str) -> str:
        """`--resource-group`."""
        return f'--{setting}'

    def is_default(self, _setting: str) -> bool:
        """Never: options are given for the resources of this command."""
        return False


# Keys of a topology file that differ from the option, or the field of a Tunnel; all others are that in camel case.
_KEYS = {
    'vnet-gateway': 'gateway',
    'vpn-gateway-generation': 'generation',
    'enable-bgp': 'bgp',
    'shared-key': 'key',
    'traffic-selector': 'trafficSelectors',
    'name': 'names',
    'peer-name': 'names',
    'connection-mode': 'mode',
    'ike-encryption': 'policy.ikeEncryption',
    'ike-integrity': 'policy.ikeIntegrity',
    'dh-group': 'policy.dhGroup',
    'ipsec-encryption': 'policy.ipsecEncryption',
    'ipsec-integrity': 'policy.ipsecIntegrity',
    'pfs-group': 'policy.pfsGroup',
    'sa-lifetime': 'policy.saLifetime',
    'sa-max-size': 'policy.saMaxSize',
    'policies': 'policy',
    'policy-based': 'policyBasedSelectors',
    'selectors': 'trafficSelectors',
}
_PAIR_ONLY = ('names', 'key', 'trafficSelectors')
# Values that a file writes otherwise than the command line.
_EXAMPLES = {'trafficSelectors': '[{local: [10.11.0.0/16], remote: [10.41.0.0/16]}]', 'key': '"@FILE"'}


@dataclass(frozen=True)
class FileEntry:
    """An entry of a topology file, such as `vnets.hub`.

    `lines` are the line numbers of its keys, and that of the entry itself under ''. An entry that `joins_many` VNets
    does not accept all keys of a pair.
    """

    path: str
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)
    joins_many: bool = False

    def name(self, setting: str) -> str:
        """`sku of vnets.hub (line 4)`."""
        key = file_key(setting)
        if self.joins_many and key in _PAIR_ONLY:
            return f'{key} of a separate `pair` entry'
        line = self.lines.get(key.partition('.')[0], self.lines.get(''))
        return f'{key} of {self.path}' + (f' (line {line})' if line else '')

    def given(self, setting: str, value: object) -> str:
        """`sku: VpnGw2AZ in vnets.hub (line 4)`."""
        key, _, place = self.name(setting).partition(' of ')
        outer, _, inner = key.partition('.')
        text = f'{outer}: {{{inner}: {value}}}' if inner else f'{key}: {_EXAMPLES.get(key, value)}'
        return f'{text} in {place}'

    def for_all(self, setting: str) -> str:
        """`sku of defaults`."""
        return f'{file_key(setting)} of defaults'

    def is_default(self, setting: str) -> bool:
        """Whether the entry does not have the key itself."""
        return file_key(setting).partition('.')[0] not in self.lines


def file_key(setting: str) -> str:
    """The key in a topology file of a setting, which is named as its option or its field: `dh-group`, `dh_group`."""
    option = setting.replace('_', '-')
    first, *rest = option.split('-')
    return _KEYS.get(option, first + ''.join(word.capitalize() for word in rest))
