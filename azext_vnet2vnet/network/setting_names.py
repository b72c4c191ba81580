"""How the user gave a setting, so that a finding can name it as it was typed: an option, or an entry of a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Source(Protocol):
    """Where the settings of an end, or of a pair, were given; a setting is named as the option is, without dashes."""

    def name(self, setting: str) -> str:
        """The setting as the user knows it."""

    def given(self, setting: str, value: object) -> str:
        """The setting with a value, as the user would write it."""

    def for_all(self, setting: str) -> str:
        """The same setting where it holds for all ends."""

    def is_default(self, setting: str, /) -> bool:
        """Whether it was given for all that do not say otherwise, and holds for what is created only."""


@dataclass(frozen=True)
class CommandLine:
    """Options; those of one end have its number behind them, but for `shared` ones, which hold for both ends."""

    number: int | None = None
    shared: frozenset[str] = frozenset(('sku', 'vpn-gateway-generation', 'active-active', 'tags'))

    def name(self, setting: str) -> str:
        """`--sku`, `--location1`."""
        return f'--{setting}' if self.number is None or setting in self.shared else f'--{setting}{self.number}'

    def given(self, setting: str, value: object) -> str:
        """`--sku VpnGw2AZ`."""
        return f'{self.name(setting)} {value}'

    def for_all(self, setting: str) -> str:
        """`--resource-group`."""
        return f'--{setting}'

    def is_default(self, _setting: str) -> bool:
        """Never: an option is typed for what the command is about."""
        return False


# What a topology file calls otherwise than the options; the rest is the option in camel case.
_KEYS = {
    'vnet-gateway': 'gateway',
    'vpn-gateway-generation': 'generation',
    'enable-bgp': 'bgp',
    'shared-key': 'key',
    'policy-based-selectors': 'policyBasedSelectors',
    'traffic-selector': 'trafficSelectors',
    'name': 'names',
    'peer-name': 'names',
    'connection-mode': 'mode',
    **{
        option: f'policy.{key}'
        for option, key in (
            ('ike-encryption', 'ikeEncryption'),
            ('ike-integrity', 'ikeIntegrity'),
            ('dh-group', 'dhGroup'),
            ('ipsec-encryption', 'ipsecEncryption'),
            ('ipsec-integrity', 'ipsecIntegrity'),
            ('pfs-group', 'pfsGroup'),
            ('sa-lifetime', 'saLifetime'),
            ('sa-max-size', 'saMaxSize'),
        )
    },
}

_OF_A_PAIR = ('names', 'key', 'trafficSelectors')
# What is not written in a file as it is typed.
_EXAMPLES = {'trafficSelectors': '[{local: [10.11.0.0/16], remote: [10.41.0.0/16]}]', 'key': '"@FILE"'}


@dataclass(frozen=True)
class FileEntry:
    """One entry of a topology file, such as `vnets.hub`; `lines` are those of its keys, and of itself under ''.

    One that `joins_many` does not take all keys that the entry of a pair takes.
    """

    path: str
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)
    joins_many: bool = False

    def name(self, setting: str) -> str:
        """`sku of vnets.hub (line 4)`."""
        key = key_of(setting)
        if self.joins_many and key in _OF_A_PAIR:
            return f'{key} of an entry `pair` of its own'
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
        return f'{key_of(setting)} of defaults'

    def is_default(self, setting: str) -> bool:
        """Whether the entry has no such key."""
        return key_of(setting).partition('.')[0] not in self.lines


def key_of(setting: str) -> str:
    """The key of a topology file for a setting that is named as its option is."""
    first, *rest = setting.split('-')
    return _KEYS.get(setting, first + ''.join(word.capitalize() for word in rest))
