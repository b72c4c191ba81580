"""What the two halves of a pair agree on, and how it looks from the other side."""

from dataclasses import dataclass, fields, replace

DEFAULT_MODE = 'Default'
MODES = (DEFAULT_MODE, 'InitiatorOnly', 'ResponderOnly')
_OPPOSITE = {'InitiatorOnly': 'ResponderOnly', 'ResponderOnly': 'InitiatorOnly', DEFAULT_MODE: DEFAULT_MODE}

# Names and values of the REST API's schema (2025-07-01).
IKE_ENCRYPTIONS = ('DES', 'DES3', 'AES128', 'AES192', 'AES256', 'GCMAES128', 'GCMAES256')
IKE_INTEGRITIES = ('MD5', 'SHA1', 'SHA256', 'SHA384', 'GCMAES128', 'GCMAES256')
DH_GROUPS = ('None', 'DHGroup1', 'DHGroup2', 'DHGroup14', 'DHGroup2048', 'DHGroup24', 'ECP256', 'ECP384')
IPSEC_ENCRYPTIONS = ('None', 'DES', 'DES3', 'AES128', 'AES192', 'AES256', 'GCMAES128', 'GCMAES192', 'GCMAES256')
IPSEC_INTEGRITIES = ('MD5', 'SHA1', 'SHA256', 'GCMAES128', 'GCMAES192', 'GCMAES256')
PFS_GROUPS = ('None', 'PFS1', 'PFS2', 'PFS2048', 'PFS14', 'PFS24', 'PFSMM', 'ECP256', 'ECP384')
# Documented limits of the IPsec policy and of dead peer detection.
SHORTEST_SA = 300
SMALLEST_SA = 1024
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
    """Ranges that may talk to each other, seen from one half."""

    local: tuple[str, ...]
    remote: tuple[str, ...]


@dataclass(frozen=True)
class Tunnel:
    """What is asked of a connection, seen from one half; None means keep, or Azure's default for a new one.

    Of `policies` there is one, or none where Azure chooses by itself (documented).
    """

    enable_bgp: bool | None = None
    policies: tuple[IpsecPolicy, ...] | None = None
    dpd_timeout: int | None = None
    mode: str | None = None
    policy_based: bool | None = None
    selectors: tuple[TrafficSelector, ...] | None = None

    def mirrored(self) -> 'Tunnel':
        """The same seen from the other half: who initiates, and what is local, change sides."""
        selectors = self.selectors and tuple(TrafficSelector(one.remote, one.local) for one in self.selectors)
        return replace(self, mode=self.mode and _OPPOSITE[self.mode], selectors=selectors)

    def differences(self, present: 'Tunnel') -> tuple[str, ...]:
        """The names of the fields that were asked for and are otherwise at `present`."""
        differing = [
            field.name
            for field in fields(self)
            if getattr(self, field.name) not in (None, getattr(present, field.name))
        ]
        return tuple(name for name in differing if name != 'selectors' or not self.has_selectors_of(present))

    def overlaid(self, asked: 'Tunnel') -> 'Tunnel':
        """The same with the fields that `asked` has."""
        return replace(
            self, **{field.name: value for field in fields(self) if (value := getattr(asked, field.name)) is not None}
        )

    def choices(self) -> 'Tunnel':
        """What is not as Azure makes a new connection by itself; the rest is None."""
        return Tunnel(**{name: getattr(self, name) for name in self.differences(_NEW)})

    def amends(self, other: 'Tunnel') -> 'Tunnel':
        """What has to be asked of two halves so that `other`, seen from this side, becomes like this one.

        Modes may differ, as long as somebody begins and somebody answers.
        """
        fits = {'mode'} if not self.stands_still_with(other.mirrored()) else set()
        return Tunnel(**{name: getattr(self, name) for name in self.differences(other) if name not in fits})

    def has_selectors_of(self, other: 'Tunnel') -> bool:
        """Whether both have the same traffic selectors, in whatever order."""
        mine, others = (
            {(frozenset(one.local), frozenset(one.remote)) for one in tunnel.selectors or ()}
            for tunnel in (self, other)
        )
        return mine == others

    def stands_still_with(self, far: 'Tunnel') -> bool:
        """Whether both halves, each seen from its own side, wait for the other one or want to begin only."""
        return self.mode == far.mode != DEFAULT_MODE

    def algorithms(self) -> tuple[IpsecPolicy, ...]:
        """The policies without their lifetimes, which need not be the same at both halves (documented)."""
        return tuple(replace(policy, sa_lifetime=0, sa_max_size=0) for policy in self.policies or ())


_NEW = Tunnel(False, (), 0, DEFAULT_MODE, False, ())  # A new connection for which nothing is asked (recorded).
