"""The options that both halves of a pair share, from what was typed to the desired tunnel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.network.address_space import parse_prefix
from azext_vnet2vnet.network.diagnostic import Diagnostic
from azext_vnet2vnet.network.setting_names import CommandLine, Source
from azext_vnet2vnet.network.tunnel import (
    DPD_SECONDS,
    NO_SIZE_LIMIT,
    SHORTEST_SA,
    SMALLEST_SA,
    UNDOCUMENTED,
    IpsecPolicy,
    TrafficSelector,
    Tunnel,
)

_EXAMPLE = 'local=10.11.0.0/16 remote=10.41.0.0/16'


@dataclass(frozen=True)
class TunnelOptions:
    """The options of the tunnel as typed, None if not typed."""

    enable_bgp: bool | None = None
    ike_encryption: str | None = None
    ike_integrity: str | None = None
    dh_group: str | None = None
    ipsec_encryption: str | None = None
    ipsec_integrity: str | None = None
    pfs_group: str | None = None
    sa_lifetime: int | None = None
    sa_max_size: int | None = None
    dpd_timeout: int | None = None
    connection_mode: str | None = None
    policy_based_selectors: bool | None = None
    traffic_selector: Sequence[Sequence[str]] | None = None
    clear_policy: bool | None = None
    clear_selectors: bool | None = None

    @classmethod
    def from_typed(cls, typed: Mapping[str, Any]) -> 'TunnelOptions':
        """The options of the tunnel among all that were typed."""
        return cls(**{one.name: typed[one.name] for one in fields(cls) if one.name in typed})


def read_tunnel(options: TunnelOptions, diagnostics: list[Diagnostic], source: Source = CommandLine()) -> Tunnel:
    """The desired tunnel; what is wrong with the options is added to `diagnostics`."""
    if options.dpd_timeout is not None and options.dpd_timeout not in DPD_SECONDS:
        diagnostics.append(
            rules.DPD_TIMEOUT_RANGE.found(
                f'{source.given("dpd-timeout", options.dpd_timeout)} is not between {DPD_SECONDS[0]} '
                f'and {DPD_SECONDS[-1]} seconds',
                f'Give for example {source.given("dpd-timeout", 45)}',
            )
        )
    selectors = None
    if options.traffic_selector is not None:
        selectors = tuple(
            filter(None, (_read_selector(words, diagnostics, source) for words in options.traffic_selector))
        )
    policy = _read_policy(options, diagnostics, source)
    diagnostics += [*_check_clearing(options), *_check_effect(options, source)]
    return Tunnel(
        options.enable_bgp,
        () if options.clear_policy else (policy,) if policy else None,
        options.dpd_timeout,
        options.connection_mode,
        True if selectors and options.policy_based_selectors is None else options.policy_based_selectors,
        () if options.clear_selectors else selectors,
    )


def _check_effect(options: TunnelOptions, source: Source) -> list[Diagnostic]:
    """Traffic selectors alone have no effect, so that they switch policy-based ones on: a decision."""
    if not options.traffic_selector or options.clear_selectors or options.policy_based_selectors is not None:
        return []
    return [
        rules.SELECTORS_UNUSED.found(
            f'{source.name("traffic-selector")} takes effect only with {source.name("policy-based-selectors")}, '
            'which is switched on, too',
            f'Add {source.given("policy-based-selectors", "true")} to stop this warning, or '
            + source.given('policy-based-selectors', 'false'),
        )
    ]


def _check_clearing(options: TunnelOptions) -> list[Diagnostic]:
    contradictions = []
    if options.clear_policy and any(getattr(options, field.name) is not None for field in fields(IpsecPolicy)):
        contradictions.append(('--clear-policy', 'an IPsec policy'))
    if options.clear_selectors and options.traffic_selector is not None:
        contradictions.append(('--clear-selectors', '--traffic-selector'))
    return [
        rules.SET_AND_CLEARED.found(f'{option} contradicts {what}', 'Give one of the two')
        for option, what in contradictions
    ]


def _read_policy(options: TunnelOptions, diagnostics: list[Diagnostic], source: Source) -> IpsecPolicy | None:
    typed = {field.name: getattr(options, field.name) for field in fields(IpsecPolicy)}
    missing = [source.name(name.replace('_', '-')) for name, value in typed.items() if value is None]
    if len(missing) == len(typed):
        return None
    if missing:
        diagnostics.append(
            rules.IPSEC_POLICY_INCOMPLETE.found(
                'An IPsec policy requires all eight of its options; missing are: ' + ', '.join(missing),
                'Give them too, or none of the eight to use the policies that Azure negotiates by default',
            )
        )
        return None
    policy = IpsecPolicy(**typed)
    diagnostics += _check_policy(policy, source)
    return policy


def _check_policy(policy: IpsecPolicy, source: Source) -> list[Diagnostic]:
    diagnostics = []
    if policy.sa_lifetime < SHORTEST_SA:
        diagnostics.append(
            rules.IPSEC_POLICY_RANGE.found(
                f'{source.given("sa-lifetime", policy.sa_lifetime)} is less than {SHORTEST_SA} seconds',
                f'Give for example {source.given("sa-lifetime", 27000)}',
            )
        )
    if policy.sa_max_size < SMALLEST_SA and policy.sa_max_size != NO_SIZE_LIMIT:
        diagnostics.append(
            rules.IPSEC_POLICY_RANGE.found(
                f'{source.given("sa-max-size", policy.sa_max_size)} is less than {SMALLEST_SA} kilobytes',
                f'Give for example {source.given("sa-max-size", 102400000)}, or {NO_SIZE_LIMIT} for no limit',
            )
        )
    # Documented: GCM encrypts and authenticates at once, so both IPsec algorithms must be the same GCM algorithm.
    chosen = {policy.ipsec_encryption, policy.ipsec_integrity}
    if len(chosen) > 1 and any(name.startswith('GCM') for name in chosen):
        diagnostics.append(
            rules.IPSEC_POLICY_GCM.found(
                f'{source.given("ipsec-encryption", policy.ipsec_encryption)} is incompatible with '
                f'{source.given("ipsec-integrity", policy.ipsec_integrity)}: if one is GCMAES, both must be the same',
                f'Give for example {source.given("ipsec-encryption", "GCMAES256")} '
                f'{source.given("ipsec-integrity", "GCMAES256")}',
            )
        )
    # An integrity of GCM is that of the encryption; GCM encryption goes with SHA too, for the keys (documented).
    if policy.ike_integrity.startswith('GCM') and policy.ike_integrity != policy.ike_encryption:
        diagnostics.append(
            rules.IKE_POLICY_GCM.found(
                f'{source.given("ike-encryption", policy.ike_encryption)} is incompatible with '
                f'{source.given("ike-integrity", policy.ike_integrity)}: GCM encrypts and authenticates at once',
                f'Give for example {source.given("ike-integrity", "SHA256")}',
            )
        )
    else:
        diagnostics += _check_documented(policy, source)
    return diagnostics


def _check_documented(policy: IpsecPolicy, source: Source) -> list[Diagnostic]:
    typed = ((name, getattr(policy, name), values) for name, values in UNDOCUMENTED.items())
    return [
        rules.IPSEC_POLICY_UNDOCUMENTED.found(
            f'{source.given(name.replace("_", "-"), value)} is not among the values that the documentation lists '
            'for IKEv2, which VNet-to-VNet uses: Azure may refuse it, or the tunnel may stay down',
            f'Give another value of {source.name(name.replace("_", "-"))}',
        )
        for name, value, values in typed
        if value in values
    ]


def _read_selector(words: Sequence[str], diagnostics: list[Diagnostic], source: Source) -> TrafficSelector | None:
    ranges: dict[str, list[str]] = {'local': [], 'remote': []}
    option = source.name('traffic-selector')
    example = f'Write for example {source.given("traffic-selector", _EXAMPLE)}'
    for word in words:
        side, _, prefixes = word.partition('=')
        if side not in ranges or not prefixes:
            diagnostics.append(
                rules.MALFORMED_SELECTOR.found(f"{option}: '{word}' is neither local=PREFIX nor remote=PREFIX", example)
            )
            return None
        ranges[side] += prefixes.split(',')
    if not all(ranges.values()):
        diagnostics.append(rules.MALFORMED_SELECTOR.found(f'{option} requires both local= and remote=', example))
        return None
    try:
        local, remote = (tuple(str(parse_prefix(text)) for text in texts) for texts in ranges.values())
    except ValueError:
        diagnostics.append(
            rules.MALFORMED_PREFIX.found(
                f"{option}: '{' '.join(words)}' contains something that is not an address prefix", example
            )
        )
        return None
    return TrafficSelector(local, remote)
