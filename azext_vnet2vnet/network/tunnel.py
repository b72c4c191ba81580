"""The settings that both halves of a pair share, and how they read from the other side."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

# The fields that protect the traffic where they are set.
PROTECTING = ('policies', 'policy_based', 'selectors')
DEFAULT_MODE = 'Default'
DEFAULT_PROTOCOL = 'IKEv2'  # VPN Gateway FAQ (2026-06): of VNet-to-VNet connections.
MODES = (DEFAULT_MODE, 'InitiatorOnly', 'ResponderOnly')
_OPPOSITE = {'InitiatorOnly': 'ResponderOnly', 'ResponderOnly': 'InitiatorOnly', DEFAULT_MODE: DEFAULT_MODE}

# Names and values of the REST API's schema (2025-07-01).
IKE_ENCRYPTIONS = ('DES', 'DES3', 'AES128', 'AES192', 'AES256', 'GCMAES128', 'GCMAES256')
IKE_INTEGRITIES = ('MD5', 'SHA1', 'SHA256', 'SHA384', 'GCMAES128', 'GCMAES256')
DH_GROUPS = ('None', 'DHGroup1', 'DHGroup2', 'DHGroup14', 'DHGroup2048', 'DHGroup24', 'ECP256', 'ECP384')
IPSEC_ENCRYPTIONS = ('None', 'DES', 'DES3', 'AES128', 'AES192', 'AES256', 'GCMAES128', 'GCMAES192', 'GCMAES256')
IPSEC_INTEGRITIES = ('MD5', 'SHA1', 'SHA256', 'GCMAES128', 'GCMAES192', 'GCMAES256')
PFS_GROUPS = ('None', 'PFS1', 'PFS2', 'PFS2048', 'PFS14', 'PFS24', 'PFSMM', 'ECP256', 'ECP384')
# In the schema, and not in Microsoft's table of IKEv2 algorithms (2024-01).
UNDOCUMENTED = {
    'ike_encryption': ('DES', 'DES3'),
    'ike_integrity': ('GCMAES128', 'GCMAES256'),
    'pfs_group': ('PFS14', 'PFSMM'),
}
# Documented limits of the IPsec policy and of dead peer detection.
SHORTEST_SA = 300
SMALLEST_SA = 1024
NO_SIZE_LIMIT = 0  # Recorded (azure-powershell, TestVirtualNetworkGatewayConnectionWithZeroSaData): also taken.
DPD_SECONDS = range(9, 3601)


@dataclass(frozen=True)
class IpsecPolicy:
    """One IPsec/IKE policy; `sa_lifetime` in seconds, `sa_max_size` in kilobytes."""

    ike_encryption: str
    ike_integrity: str
    dh_group: str
    ipsec_encryption: str
    ipsec_integrity: str
    pfs_group: str
    sa_lifetime: int
    sa_max_size: int


@dataclass(frozen=True)
class TrafficSelector:
    """Address ranges that may communicate, seen from one half."""

    local: tuple[str, ...]
    remote: tuple[str, ...]


@dataclass(frozen=True)
class Tunnel:
    """The shared settings of a pair, seen from one half; None keeps a setting, or means Azure's default for a new one.

    `dpd_timeout` is in seconds. `policies` has one entry, or none if Azure negotiates the policy (documented).
    """

    enable_bgp: bool | None = None
    policies: tuple[IpsecPolicy, ...] | None = None
    dpd_timeout: int | None = None
    mode: str | None = None
    policy_based: bool | None = None
    selectors: tuple[TrafficSelector, ...] | None = None

    def mirrored(self) -> 'Tunnel':
        """The same settings seen from the other half: initiator and responder, and local and remote, change sides."""
        selectors = self.selectors and tuple(TrafficSelector(one.remote, one.local) for one in self.selectors)
        return replace(self, mode=self.mode and _OPPOSITE[self.mode], selectors=selectors)

    def differences(self, present: 'Tunnel') -> tuple[str, ...]:
        """The names of the fields that are set here and differ in `present`."""

        def differs(name: str) -> bool:
            if name == 'selectors':
                return not self.has_same_selectors(present)
            return bool(getattr(self, name) != getattr(present, name))

        return tuple(one.name for one in fields(self) if getattr(self, one.name) is not None and differs(one.name))

    def overlaid(self, asked: 'Tunnel') -> 'Tunnel':
        """This tunnel with the fields that are set in `asked`."""
        return replace(
            self, **{one.name: value for one in fields(self) if (value := getattr(asked, one.name)) is not None}
        )

    def without_defaults(self) -> 'Tunnel':
        """The fields that differ from what Azure sets on a new connection; the others are None."""
        return self._only(self.differences(_NEW))

    def fields_to_write(self, other: 'Tunnel') -> 'Tunnel':
        """Fields to write so that both connections equal this one; `other` is the far half seen from this side.

        Modes may differ unless they are deadlocked. What protects the traffic, an IPsec policy or traffic selectors, is
        taken from the half that has it: making halves alike removes none (a decision).
        """
        kept = () if self.is_deadlocked_with(other.mirrored()) else ('mode',)
        own = self._only(name for name in self.differences(other) if name not in kept)
        lacking = (name for name in PROTECTING if getattr(own, name) is not None and not getattr(own, name))
        return replace(own, **{name: getattr(other, name) for name in lacking})

    def _only(self, names: Iterable[str]) -> 'Tunnel':
        return Tunnel(**{name: getattr(self, name) for name in names})

    def has_same_selectors(self, other: 'Tunnel') -> bool:
        """Whether both have the same traffic selectors, in any order."""
        mine, others = (
            {(frozenset(one.local), frozenset(one.remote)) for one in tunnel.selectors or ()}
            for tunnel in (self, other)
        )
        return mine == others

    def is_deadlocked_with(self, far: 'Tunnel') -> bool:
        """Whether both are InitiatorOnly, or both ResponderOnly, so that no tunnel can form.

        Each half is seen from its own side.
        """
        return self.mode == far.mode != DEFAULT_MODE

    def algorithms(self) -> tuple[IpsecPolicy, ...]:
        """The policies without their lifetimes, which may differ between the halves (documented)."""
        return tuple(replace(policy, sa_lifetime=0, sa_max_size=0) for policy in self.policies or ())


_NEW = Tunnel(False, (), 0, DEFAULT_MODE, False, ())  # Recorded: Azure's defaults for a new connection.
