"""The options that both halves of a pair share, from what was typed to what is meant."""
from dataclasses import dataclass, fields
from typing import Sequence

from azext_vnet2vnet.domain.addresses import parse_prefix
from azext_vnet2vnet.domain.finding import Finding, Kind
from azext_vnet2vnet.domain.tunnel import (
    DPD_SECONDS, SHORTEST_SA, SMALLEST_SA, IpsecPolicy, TrafficSelector, Tunnel)

_EXAMPLE = '--traffic-selector local=10.11.0.0/16 remote=10.41.0.0/16'


@dataclass(frozen=True)
class TunnelOptions:
    """The options of the tunnel, as typed; None where not typed."""
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


def read_tunnel(options: TunnelOptions, findings: list[Finding]) -> Tunnel:
    """The tunnel that the options mean; what is wrong with them is added to `findings`."""
    if options.dpd_timeout is not None and options.dpd_timeout not in DPD_SECONDS:
        findings.append(Finding(
            'dpd-timeout-range', f'--dpd-timeout {options.dpd_timeout} is not between {DPD_SECONDS[0]} and '
            f'{DPD_SECONDS[-1]} seconds', 'Give for example --dpd-timeout 45'))
    selectors = None
    if options.traffic_selector is not None:
        selectors = tuple(filter(None, (_read_selector(words, findings) for words in options.traffic_selector)))
    return Tunnel(options.enable_bgp, _read_policy(options, findings), options.dpd_timeout, options.connection_mode,
                  options.policy_based_selectors, selectors)


def _read_policy(options: TunnelOptions, findings) -> IpsecPolicy | None:
    typed = {field.name: getattr(options, field.name) for field in fields(IpsecPolicy)}
    missing = [f"--{name.replace('_', '-')}" for name, value in typed.items() if value is None]
    if len(missing) == len(typed):
        return None
    if missing:
        findings.append(Finding(
            'ipsec-policy-incomplete', 'An IPsec policy wants all eight of its options, and these are missing: '
            + ', '.join(missing), 'Give them too, or none of the eight to have the policy that Azure sets by itself',
            Kind.MISSING_ARGUMENT))
        return None
    policy = IpsecPolicy(**typed)
    findings += _check_policy(policy)
    return policy


def _check_policy(policy: IpsecPolicy) -> list[Finding]:
    findings = []
    if policy.sa_lifetime < SHORTEST_SA:
        findings.append(Finding('ipsec-policy-range', f'--sa-lifetime {policy.sa_lifetime} is under {SHORTEST_SA} '
                                'seconds', 'Give for example --sa-lifetime 27000'))
    if policy.sa_max_size < SMALLEST_SA:
        findings.append(Finding('ipsec-policy-range', f'--sa-max-size {policy.sa_max_size} is under {SMALLEST_SA} '
                                'kilobytes', 'Give for example --sa-max-size 102400000'))
    # Documented: GCM encrypts and authenticates at once, so both IPsec algorithms have to be the same GCM one.
    chosen = {policy.ipsec_encryption, policy.ipsec_integrity}
    if len(chosen) > 1 and any(name.startswith('GCM') for name in chosen):
        findings.append(Finding(
            'ipsec-policy-gcm', f'--ipsec-encryption {policy.ipsec_encryption} does not go with --ipsec-integrity '
            f'{policy.ipsec_integrity}: where one is GCMAES, both have to be the same',
            'Give for example --ipsec-encryption GCMAES256 --ipsec-integrity GCMAES256'))
    return findings


def _read_selector(words: Sequence[str], findings) -> TrafficSelector | None:
    ranges: dict[str, list[str]] = {'local': [], 'remote': []}
    for word in words:
        side, equals, prefixes = word.partition('=')
        if not equals or side not in ranges or not prefixes:
            findings.append(Finding('malformed-selector', f"--traffic-selector: '{word}' is neither local=PREFIX nor "
                                    'remote=PREFIX', f'Write for example {_EXAMPLE}'))
            return None
        ranges[side] += prefixes.split(',')
    if not all(ranges.values()):
        findings.append(Finding('malformed-selector', '--traffic-selector wants both local= and remote=',
                                f'Write for example {_EXAMPLE}'))
        return None
    try:
        return TrafficSelector(*(tuple(str(parse_prefix(text)) for text in ranges[side])
                                 for side in ('local', 'remote')))
    except ValueError:
        findings.append(Finding('malformed-prefix', f"--traffic-selector: '{' '.join(words)}' has something that is no "
                                'address prefix', f'Write for example {_EXAMPLE}'))
        return None
