"""What is wrong with the connections that are asked for: names, policies, selectors, keys, room at the gateway."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from azext_vnet2vnet.checks import rules
from azext_vnet2vnet.checks.gateway import check_lost_members
from azext_vnet2vnet.network.address_space import contains
from azext_vnet2vnet.network.command_line import quoted
from azext_vnet2vnet.network.desired import Connection
from azext_vnet2vnet.network.diagnostic import Diagnostic, Kind, Severity
from azext_vnet2vnet.network.pair import ObservedEnd, ObservedPair
from azext_vnet2vnet.network.resource_id import ResourceId
from azext_vnet2vnet.network.setting_names import CommandLine, Source
from azext_vnet2vnet.network.shared_key import SharedKey
from azext_vnet2vnet.network.tunnel import Tunnel
from azext_vnet2vnet.planning.pair_plan import EndState, PairState
from azext_vnet2vnet.planning.plan import Step
from azext_vnet2vnet.planning.site_plan import SiteLayout

_READ_KEY = 'Ask for the action Microsoft.Network/connections/sharedKey/action'


@dataclass(frozen=True)
class Claim:
    """A name that somebody takes: the kind of the resource, who takes it, the setting of the name, and the id."""

    noun: str
    claimant: tuple[ResourceId, ...]
    setting: str
    id: ResourceId


def claims_of(state: PairState) -> Iterator[Claim]:
    """The names that both ends and both halves take."""
    if len(state.own_ends) < 2:
        return
    for end in state.ends:
        desired, far = end.desired, state.far(end).desired
        yield Claim('gateway', (desired.vnet,), desired.option('vnet-gateway'), end.layout.gateway)
        name_option = state.desired.name_option(desired)
        yield Claim('connection', (desired.vnet, far.vnet), name_option, state.half_id(end))
        for public_ip in end.layout.public_ips:
            yield Claim('public IP', (desired.vnet,), desired.option('public-ips'), public_ip)


def check_names(claims: Iterable[Claim]) -> Iterator[Diagnostic]:
    """Two ends, or two connections, in one group cannot share a name."""
    taken: dict[tuple[str, ResourceId], dict[tuple[ResourceId, ...], str]] = {}
    for claim in claims:
        taken.setdefault((claim.noun, claim.id), {})[claim.claimant] = claim.setting
    for (noun, target), settings in taken.items():
        if len(settings) > 1:
            yield rules.NAME_TWICE.found(
                f'Both ends would have the same {noun}, {target}',
                f'Give two different names with {" and ".join(dict.fromkeys(settings.values()))}',
            )


def check_connection(state: PairState, end: EndState) -> Iterator[Diagnostic]:
    """Is the name of the half free, and does its gateway take what is asked?"""
    pair, half, namesake = state.desired, end.observed.half, end.observed.surroundings.namesake
    typed = pair.name if end is state.end1 else pair.peer_name
    option = pair.name_option(end.desired)
    if half and typed and typed.lower() != half.id.name.lower():
        yield rules.CONNECTION_NAME_DIFFERS.found(
            f'The two gateways are joined by connection {half.id} already, '
            f"which is not named '{typed}', and a connection cannot be renamed",
            f'Omit {option} to adopt it',
        )
    if namesake:
        yield rules.CONNECTION_NAME_TAKEN.found(
            f'Connection {namesake.id} exists and joins other gateways',
            f'Give another name with {option}; what a connection joins cannot be changed',
        )
    yield from check_policy(state, end.layout)
    far = state.far(end).observed.half
    if half is None and far and (far.more or far.lost_members):
        names = [*far.more, *far.lost_members]
        yield rules.HALF_HAS_MORE.found(
            f'{far.id} has {", ".join(names)}, which this command cannot give to the half that is missing',
            f'Create that half with az network vpn-connection create, or run az network vpn-connection update --ids '
            f'{far.id} --remove {names[0].removeprefix("properties.")} if the pair does not need it, then the same '
            'command again',
        )


def check_policy(state: PairState, layout: SiteLayout) -> Iterator[Diagnostic]:
    """Does the gateway take an IPsec policy?"""
    if state.desired.tunnel.policies and layout.sku and layout.sku.is_basic:
        yield rules.POLICY_ON_BASIC.found(
            f'Gateway {layout.gateway} is of SKU Basic, which takes no IPsec policy',
            'Omit the options of the IPsec policy, or use another SKU',
        )


def check_tunnel_limit(layout: SiteLayout, present: int, more: int) -> Iterator[Diagnostic]:
    """Does the gateway's SKU allow the connections that it has, and those that come?"""
    if more and layout.sku and present + more > layout.sku.tunnels:
        is_over = present + more > layout.sku.most_tunnels
        limit = layout.sku.most_tunnels if is_over else layout.sku.tunnels
        text = f'Gateway {layout.gateway} has {present} connections, and SKU {layout.sku.name} allows {limit}'
        yield rules.TUNNEL_LIMIT.found(
            f'{text}: there is no room for {more} more'
            if is_over
            else f'{text} by one table of its documentation, and {layout.sku.most_tunnels} by another',
            'Delete some, or give the gateway a larger SKU with az network vnet-gateway update --sku',
            severity=Severity.ERROR if is_over else Severity.WARNING,
        )


def check_selectors(state: PairState) -> Iterator[Diagnostic]:
    """Does Azure take the selectors that are asked for? What exists already is not judged.

    Selectors outside of the VNets are legal, for networks behind them, but more often a slip.
    """
    pair = state.desired
    halves = [
        (end.observed.half.tunnel if end.observed.half else Tunnel(), pair.tunnel_from(end.desired))
        for end in state.own_ends
    ]
    present = [half.tunnel for half in state.observed.halves]
    if not any(_is_bare(tunnel) for tunnel in present) and any(_is_bare(old.overlaid(new)) for old, new in halves):
        yield rules.SELECTORS_NEED_POLICY.found(
            f'{pair.option("policy-based-selectors")} without an IPsec policy: the documentation contradicts itself '
            'about whether Azure takes it',
            f'If it is refused, give the whole of a policy, such as {pair.source.given("ike-encryption", "AES256")}, '
            f'or {pair.source.given("policy-based-selectors", "false")}',
        )
    for selector in pair.tunnel.selectors or ():
        for side, prefixes, end in (('local', selector.local, state.end1), ('remote', selector.remote, state.end2)):
            space = end.layout.address_prefixes
            for prefix in prefixes:
                if space and not contains(space, prefix):
                    yield rules.SELECTOR_OUTSIDE.found(
                        f'{pair.option("traffic-selector")}: {side} {prefix} is not inside the address space '
                        f'{", ".join(space)} of that end',
                        'Check that local is end 1 and remote is end 2',
                    )


def check_keys(pair: ObservedPair, instead: str = '') -> Iterator[Diagnostic]:
    """Do both halves have one key, as far as it can be read? `instead` is what else to type where they do not."""
    yield from check_readable_keys(pair)
    end1, end2 = pair.ends
    if end1.half and end2.half and end1.key and end2.key and end1.key != end2.key:
        yield rules.KEY_MISMATCH.found(
            f'The keys of {end1.half.id} and {end2.half.id} differ',
            f'Run az vnet2vnet rotate-key --ids {quoted(end1.half.id)}{instead}',
        )


def _is_bare(tunnel: Tunnel) -> bool:
    # With selectors of its own, the default policy is in an example of New-AzIpsecTrafficSelectorPolicy, too.
    return bool(tunnel.policy_based and not tunnel.policies and not tunnel.selectors)


def check_new_key(key: SharedKey | None, pair: ObservedPair, source: Source = CommandLine()) -> Iterator[Diagnostic]:
    """Has a key that is given, and that no half has yet, characters that the documentation advises against?"""
    if key and key.has_hyphen and all(end.key != key for end in pair.ends):
        yield rules.KEY_HYPHEN.found(
            f'The key of {source.name("shared-key")} has a hyphen (-), which the documentation of Azure advises '
            'against, and which Azure takes',
            'Nothing is to be done unless the write is refused: then give a key without hyphens',
        )


def check_readable_keys(pair: ObservedPair) -> Iterator[Diagnostic]:
    """Can the keys of the halves be compared?"""
    for end in pair.ends:
        yield from _check_readable_key(end, 'and so not compared', Severity.WARNING)


def check_kept_keys(pair: ObservedPair, written: Iterable[ResourceId]) -> Iterator[Diagnostic]:
    """Can the key of each half that is written be kept? The write carries it."""
    ids = set(written)
    for end in pair.ends:
        if end.half and end.half.id in ids:
            yield from _check_readable_key(end, 'and whoever changes a connection has to send its key', Severity.ERROR)


def check_lost_halves(pair: ObservedPair, steps: Iterable[Step]) -> Iterator[Diagnostic]:
    """Can each half that the steps write be written back without loss?"""
    ids = {step.id for step in steps if isinstance(step.resource, Connection)}
    for half in pair.halves:
        if half.id in ids:
            yield from check_lost_members(half.id, half.lost_members)


def _check_readable_key(end: ObservedEnd, why: str, severity: Severity) -> Iterator[Diagnostic]:
    if end.half and end.key_unreadable:
        yield rules.KEY_UNREADABLE.found(
            f'The key of {end.half.id} cannot be read, {why}', _READ_KEY, Kind.LOGIN, severity
        )
