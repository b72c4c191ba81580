"""Findings about a pair against what was observed: all of them, before anything is written.

`check_pair` is called only with options that `read_pair` found no flaw in, so that prefixes and ids are well formed.
"""
from typing import Iterator

from azext_vnet2vnet.domain.addresses import contains, overlaps
from azext_vnet2vnet.domain.finding import Finding, Kind, Severity
from azext_vnet2vnet.domain.gateway_checks import check_gateway, check_public_ips, check_sku, check_unused_options
from azext_vnet2vnet.domain.layout import Layout, lay_out
from azext_vnet2vnet.domain.model import End, Pair
from azext_vnet2vnet.domain.observed import Observed, Site
from azext_vnet2vnet.domain.vnet_checks import check_gateway_subnet, check_peerings, check_vnet


def check_pair(pair: Pair, observed: Observed) -> tuple[Finding, ...]:
    """Everything that would fail, or that the user should know, before the first write."""
    layouts = [lay_out(pair, end, site) for end, site in zip(pair.ends, observed.sites)]
    findings: list[Finding] = []
    for end, site, layout in zip(pair.ends, observed.sites, layouts):
        if end.is_foreign:
            continue
        findings += check_vnet(end, site, layout)
        findings += check_gateway_subnet(end, site, layout)
        findings += check_peerings(end, pair.far(end), site, layout)
        findings += check_gateway(pair, end, site, layout)
        findings += check_public_ips(pair, end, site, layout)
        findings += _check_connection(pair, end, site, layout)
    findings += _check_both_gateways(pair, observed)
    findings += _check_names(pair, layouts)
    findings += _check_ranges(observed, layouts)
    findings += _check_bgp(pair, observed, layouts)
    findings += _check_selectors(pair, observed, layouts)
    findings += _check_keys(pair, observed)
    return tuple(findings)


def _check_both_gateways(pair: Pair, observed: Observed) -> Iterator[Finding]:
    gateways = [site.vpn_gateway for end, site in zip(pair.ends, observed.sites) if not end.is_foreign]
    if pair.sku or not all(gateways):
        yield from check_sku(pair)
    if all(gateways):
        yield from check_unused_options(pair, gateways)


def _check_names(pair: Pair, layouts) -> Iterator[Finding]:
    """Two ends in one group cannot share a name."""
    one, other = layouts
    for noun, options, ours, theirs in (
            ('gateway', '--vnet-gateway1 and --vnet-gateway2', {one.gateway}, {other.gateway}),
            ('connection', '--name and --peer-name', {one.connection}, {other.connection}),
            ('public IP', '--public-ips1 and --public-ips2', set(one.public_ips), set(other.public_ips))):
        for twice in sorted(ours & theirs) if not any(end.is_foreign for end in pair.ends) else ():
            yield Finding('name-twice', f'Both ends would have the same {noun}, {twice}',
                          f'Give two different names with {options}')


def _check_connection(pair: Pair, end: End, site: Site, layout: Layout) -> Iterator[Finding]:
    typed = pair.name if end is pair.end1 else pair.peer_name
    option = '--name' if end is pair.end1 else '--peer-name'
    if site.half and typed and typed.lower() != site.half.id.name.lower():
        yield Finding('connection-name-differs', f'The two gateways are joined by connection {site.half.id} already, '
                      f"which is not named '{typed}', and a connection cannot be renamed",
                      f'Leave {option} away to take it over')
    if site.namesake:
        yield Finding('connection-name-taken', f'Connection {site.namesake.id} exists and joins other gateways',
                      f'Give another name with {option}; what a connection joins cannot be changed', Kind.STATE)
    if site.half is None and layout.sku and site.connections >= layout.sku.tunnels:
        yield Finding('tunnel-limit', f'Gateway {layout.gateway} has {site.connections} connections, as many as SKU '
                      f'{layout.sku.name} allows', 'Delete one, or give the gateway a larger SKU with az network '
                      'vnet-gateway update --sku', Kind.STATE)
    if pair.tunnel.policy and layout.sku and layout.sku.is_basic:
        yield Finding('policy-on-basic', f'Gateway {layout.gateway} is of SKU Basic, which takes no IPsec policy',
                      'Leave the options of the IPsec policy away, or use another SKU')


def _check_ranges(observed: Observed, layouts) -> Iterator[Finding]:
    shared = overlaps(layouts[0].address_prefixes, layouts[1].address_prefixes)
    if shared:
        pairs = ', '.join(f'{one} and {other}' for one, other in shared)
        yield Finding('ranges-overlap', f'The address spaces of the two VNets overlap: {pairs}',
                      'Give one of the VNets another address space; a VPN cannot route between equal addresses')
    for site, far in zip(observed.sites, reversed(layouts)):
        for neighbour in site.neighbours:
            for one, other in overlaps(far.address_prefixes, neighbour.prefixes):
                yield Finding('ranges-overlap', f'The address space {one} overlaps {other}, which connection '
                              f'{neighbour.connection} leads to',
                              'Give the VNet another address space, or delete that connection', Kind.STATE)


def _check_bgp(pair: Pair, observed: Observed, layouts) -> Iterator[Finding]:
    enabled = pair.tunnel.enable_bgp
    if enabled is None:
        enabled = any(site.half and site.half.tunnel.enable_bgp for site in observed.sites)
    if not enabled or any(end.is_foreign for end in pair.ends):
        return
    one, other = layouts
    if one.asn == other.asn:
        yield Finding('asn-equal', f'Both gateways have ASN {one.asn}; BGP between two gateways wants two',
                      'Give --asn1 and --asn2 two different numbers, such as 65010 and 65040')


def _check_selectors(pair: Pair, observed: Observed, layouts) -> Iterator[Finding]:
    """Selectors outside of the VNets are legal, for networks behind them, but more often a slip."""
    has_policy = pair.tunnel.policy or all(site.half and site.half.tunnel.policy for end, site in
                                           zip(pair.ends, observed.sites) if not end.is_foreign)
    if pair.tunnel.policy_based and not has_policy:
        # Documented: policy-based selectors go with a custom IPsec policy only.
        yield Finding('selectors-need-policy', '--policy-based-selectors wants an IPsec policy on the connections',
                      'Give the eight options of one too, such as --ike-encryption AES256')
    for selector in pair.tunnel.selectors or ():
        for side, prefixes, layout in (('local', selector.local, layouts[0]), ('remote', selector.remote, layouts[1])):
            for prefix in prefixes:
                if layout.address_prefixes and not contains(layout.address_prefixes, prefix):
                    yield Finding('selector-outside', f'--traffic-selector: {side} {prefix} is not inside the address '
                                  f"space {', '.join(layout.address_prefixes)} of that end",
                                  'Check that local is end 1 and remote is end 2', Kind.STATE, Severity.WARNING)


def _check_keys(pair: Pair, observed: Observed) -> Iterator[Finding]:
    site1, site2 = observed.sites
    for site in observed.sites if pair.key else ():
        if site.key_unreadable:
            yield Finding('key-unreadable', f'The key of {site.half.id} cannot be read, and so not compared with the '
                          'given one', 'Ask for the action Microsoft.Network/connections/sharedKey/action',
                          Kind.LOGIN, Severity.WARNING)
    if pair.key is None and site1.key and site2.key and site1.key != site2.key:
        yield Finding('key-mismatch', f'The keys of {site1.half.id} and {site2.half.id} differ, so no tunnel can come '
                      'up', 'Run the same command with --shared-key @FILE to give both halves that key', Kind.STATE)
