"""A topology as it was written -> pairs, and what is wrong with the whole of it."""

from dataclasses import replace

import pytest

from azext_vnet2vnet.checks.quota import Usage, check_quota
from azext_vnet2vnet.checks.topology import check_topology
from azext_vnet2vnet.network.desired import PublicIp
from azext_vnet2vnet.network.pair import ObservedPair
from azext_vnet2vnet.network.setting_names import FileEntry
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.network.tunnel import TrafficSelector
from azext_vnet2vnet.options.end_options import EndOptions
from azext_vnet2vnet.options.topology_options import LinkOptions, TopologyOptions, key_files, read_topology
from azext_vnet2vnet.options.tunnel_options import TunnelOptions
from azext_vnet2vnet.planning.plan import Action, Plan, Step
from azext_vnet2vnet.planning.topology_plan import compare_all, plan_topology, unnamed_connections
from tests.unit import samples

ACCOUNTS = [Account('s1', 'Subscription 1', 'tenant-a'), Account('s2', 'Subscription 2', 'tenant-b')]


def vnets(*names, **changes):
    return {
        name: replace(
            EndOptions(
                f'VNet-{name}',
                f'RG-{name}',
                's1',
                'eastus',
                (f'10.{number}.0.0/16',),
                source=FileEntry(f'vnets.{name}', {'': number + 2}),
            ),
            **changes,
        )
        for number, name in enumerate(names)
    }


def link(one, other, line=9, **changes):
    return replace(LinkOptions((one, other), FileEntry(f'connect entry {line}', {'': line})), **changes)


def read(links, ends=None, keys=None):
    topology, diagnostics = read_topology(
        TopologyOptions('net', ends or vnets('a', 'b', 'c'), tuple(links)), 's1', ACCOUNTS, keys or {}
    )
    return topology, [one.code for one in diagnostics]


def ways(topology):
    return [tuple(end.vnet.name[5:] for end in pair.ends) for pair in topology.pairs]


def test_each_two_vnets_are_one_pair_in_the_order_of_the_file():
    many = [link('a', 'b', is_single=False), link('a', 'c', is_single=False), link('b', 'c', is_single=False)]
    topology, codes = read([*many, link('c', 'a'), link('b', 'a', 7, is_single=False)])
    assert ways(topology) == [('a', 'b'), ('c', 'a'), ('b', 'c')] and codes == []


def test_what_a_single_entry_says_goes_first_seen_from_its_own_first_end():
    mesh = link('a', 'b', 3, is_single=False, tunnel=TunnelOptions(dpd_timeout=30, connection_mode='InitiatorOnly'))
    own = link(
        'b',
        'a',
        4,
        names=('there', None),
        tunnel=TunnelOptions(
            dpd_timeout=45, policy_based_selectors=True, traffic_selector=[['local=10.1.0.0/16', 'remote=10.0.0.0/16']]
        ),
    )
    for links in ([mesh, own], [own, mesh]):
        topology, codes = read(links)
        [pair] = topology.pairs
        assert codes == [] and ways(topology) == [('b', 'a')]
        assert (pair.name, pair.tunnel.dpd_timeout, pair.tunnel.mode) == ('there', 45, 'ResponderOnly')
        assert pair.tunnel.selectors == (TrafficSelector(('10.1.0.0/16',), ('10.0.0.0/16',)),)


def test_entries_of_one_rank_that_contradict_each_other_are_refused():
    one = link('a', 'b', 3, tunnel=TunnelOptions(connection_mode='InitiatorOnly', dpd_timeout=30))
    same = link('b', 'a', 4, tunnel=TunnelOptions(connection_mode='ResponderOnly', dpd_timeout=30))
    assert read([one, same])[1] == []
    assert read([one, replace(same, tunnel=TunnelOptions(connection_mode='InitiatorOnly'))])[1] == [
        'settings-contradict'
    ]
    assert read([one, replace(same, is_single=False, tunnel=TunnelOptions(dpd_timeout=99))])[1] == []


def test_a_contradiction_names_the_key_and_line_of_both_entries():
    links = (
        link('a', 'b', 3, tunnel=TunnelOptions(policy_based_selectors=True)),
        link('b', 'a', 4, tunnel=TunnelOptions(policy_based_selectors=False)),
    )
    _, diagnostics = read_topology(TopologyOptions('net', vnets('a', 'b'), links), 's1', ACCOUNTS, {})
    assert [one.message for one in diagnostics] == [
        'policyBasedSelectors of connect entry 4 (line 4) differs from '
        'policyBasedSelectors of connect entry 3 (line 3), for a and b'
    ]


def test_a_gateway_speaks_bgp_where_any_of_its_pairs_does():
    topology, _ = read([link('a', 'b', tunnel=TunnelOptions(enable_bgp=True)), link('b', 'c')])
    assert [end.enable_bgp for end in topology.ends.values()] == [True, True, None]
    assert all(end is topology.ends[end.vnet.name[5:]] for pair in topology.pairs for end in pair.ends)


@pytest.mark.parametrize(
    'content, codes',
    [('a.Good.Key\n', []), (None, ['key-file-unreadable']), ('bad key', ['key-refused']), ('', ['key-refused'])],
)
def test_keys_come_from_files(content, codes):
    options = TopologyOptions('net', vnets('a', 'b'), (link('a', 'b', shared_key='@k.txt'),))
    assert key_files(options) == ('k.txt',)
    assert read(options.links, options.vnets, {'k.txt': content})[1] == codes


@pytest.mark.parametrize(
    'ends, code',
    [
        (vnets('a', 'b', vnet='Same', resource_group='G'), 'vnet-twice'),
        (vnets('a', 'b', subscription='nowhere'), 'subscription-unknown'),
        (vnets('a', 'b', resource_group=None), 'group-not-named'),
        (vnets('a', 'b', gateway_subnet='10.0.0.0'), 'malformed-prefix'),
        (vnets('a', 'b', vnet='x' * 64), 'malformed-name'),
    ],
)
def test_problems_of_vnets(ends, code):
    assert code in read([link('a', 'b')], ends)[1]


def test_a_setting_is_named_with_its_line():
    _, diagnostics = read_topology(
        TopologyOptions('net', vnets('a', 'b', subscription='nowhere'), ()), 's1', ACCOUNTS, {}
    )
    assert diagnostics[0].message == "subscription of vnets.a (line 2): this login has no subscription 'nowhere'"


def check(topology, observed=None, pruned=()):
    nothing = [ObservedPair(samples.nothing(), samples.nothing())] * len(topology.pairs)
    return [
        finding.code for finding in check_topology(topology, compare_all(topology.pairs, observed or nothing), pruned)
    ]


def test_vnets_that_share_a_gateway_or_bgp_may_not_overlap():
    ends = vnets('a', 'b', 'c') | {'d': replace(vnets('d')['d'], address_prefixes=('10.2.128.0/17',))}
    plain = read([link('a', 'b'), link('b', 'c'), link('a', 'd')], ends)[0]
    assert check(plain) == [], 'c and d are two gateways apart'
    assert check(read([link('a', 'b'), link('a', 'c'), link('a', 'd')], ends)[0]) == ['ranges-overlap']
    bgp = TunnelOptions(enable_bgp=True)
    numbered = {name: replace(end, asn=65010 + number) for number, (name, end) in enumerate(ends.items())}
    joined = read([link('a', 'b', tunnel=bgp), link('b', 'c', tunnel=bgp), link('a', 'd', tunnel=bgp)], numbered)[0]
    assert check(joined) == ['ranges-overlap'], 'BGP carries the routes of c to d'


def test_two_halves_of_one_group_may_not_get_one_name():
    ends = vnets('a', 'b', 'c') | {'c': replace(vnets('c')['c'], vnet='VNet-b', address_prefixes=('10.9.0.0/16',))}
    twins = [link('a', 'b', is_single=False), link('a', 'c', is_single=False)]
    assert check(read(twins, ends)[0]) == ['name-twice']
    assert check(read([*twins, link('a', 'c', names=('other', None))], ends)[0]) == []


def test_prune_finds_what_is_between_the_vnets_only():
    topology = read([link('a', 'b')])[0]
    pair = replace(samples.pair(), end1=samples.end(1, 1, 'eastus'), end2=samples.end(4, 2, 'westus'))
    half = samples.half(1, 4, 'eastus')
    stale = replace(half, id=half.id.sibling(half.id.type, 'old'))
    foreign = samples.half(1, 9, 'eastus')
    site1 = samples.site(1, 4, 'eastus', connections=(samples.half(1, 4, 'eastus'), stale, foreign))
    seen = [ObservedPair(site1, samples.site(4, 1, 'westus'))]
    states = compare_all([pair], seen)
    pruned = unnamed_connections(states, ())
    assert [one.id for one in pruned] == [stale.id]
    plan = plan_topology(states, pruned)
    assert [(step.action, step.id) for step in plan.steps] == [(Action.DELETE, stale.id)]
    assert plan_topology(states, ()).steps == () and topology.name == 'net'
    apart = [replace(site, half=None) for site in seen[0].ends]
    assert [one.id for one in unnamed_connections([], apart)] == sorted([half.id, stale.id]), (
        'no entry joins them any more'
    )


def test_what_joins_many_does_not_contradict_single_entries():
    hub = link('a', 'b', 7, is_single=False, tunnel=TunnelOptions(enable_bgp=True))
    topology, codes = read(
        [
            hub,
            link('a', 'b', 8, tunnel=TunnelOptions(dpd_timeout=45)),
            link('b', 'a', 9, tunnel=TunnelOptions(enable_bgp=False)),
        ]
    )
    [pair] = topology.pairs
    assert codes == [] and (pair.tunnel.enable_bgp, pair.tunnel.dpd_timeout) == (False, 45)


def test_defaults_are_for_what_is_created():
    defaults = {
        'sku': 'VpnGw1AZ',
        'vpn_gateway_generation': 'Generation1',
        'active_active': True,
        'location': 'japaneast',
    }
    ends = {
        name: replace(
            end, **defaults, source=FileEntry(f'vnets.{name}', {'': 2, 'location': 3} if name == 'a' else {'': 2})
        )
        for name, end in vnets('a', 'b').items()
    }
    [pair] = read([link('a', 'b')], ends)[0].pairs
    nothing = ObservedPair(samples.nothing(), samples.nothing())
    assert [state.desired for state in compare_all([pair], [nothing])] == [pair]
    there = ObservedPair(
        replace(
            samples.site(1, 4, 'eastus'),
            vnet=replace(samples.vnet(1, 'eastus'), id=pair.end1.vnet),
            gateway=samples.gateway(1, 'eastus', vnet=pair.end1.vnet),
        ),
        replace(samples.site(4, 1, 'westus'), vnet=replace(samples.vnet(4, 'westus'), id=pair.end2.vnet), gateway=None),
    )
    wanted = compare_all([pair], [there])[0].desired
    assert (wanted.end1.sku, wanted.end1.active_active, wanted.end1.location) == (None, None, 'japaneast')
    assert (wanted.end2.sku, wanted.end2.location) == ('VpnGw1AZ', None), 'no gateway is in its VNet'


def test_equal_asns_of_a_bgp_network_are_told():
    bgp = TunnelOptions(enable_bgp=True)
    ends = vnets('a', 'b', 'c')
    ends['a'] = replace(ends['a'], asn=65010)
    assert check(read([link('a', 'b', tunnel=bgp), link('a', 'c', tunnel=bgp)], ends)[0]) == ['asn-repeated']


@pytest.mark.parametrize(
    'setting, value, text',
    [
        ('shared-key', '@FILE', 'key: "@FILE" in connect entry 1 (line 4)'),
        ('ike-encryption', 'AES256', 'policy: {ikeEncryption: AES256} in connect entry 1 (line 3)'),
        (
            'traffic-selector',
            'x',
            'trafficSelectors: [{local: [10.11.0.0/16], remote: [10.41.0.0/16]}] in connect entry 1 (line 3)',
        ),
    ],
)
def test_settings_are_named_as_a_file_has_them(setting, value, text):
    assert FileEntry('connect entry 1', {'': 3, 'key': 4}).given(setting, value) == text
    many = FileEntry('connect entry 1', {'': 3}, joins_many=True)
    assert many.name('peer-name') == 'names of a separate `pair` entry'


def test_the_quota_of_each_place():
    public_ip = samples.public_ip(1, 'eastus').id
    plan = Plan(
        tuple(
            Step(
                public_ip.sibling(public_ip.type, name),
                Action.CREATE,
                resource=PublicIp(public_ip.sibling(public_ip.type, name), 'eastus'),
            )
            for name in 'ab'
        ),
        (),
    )
    place = public_ip.subscription, 'eastus'
    assert check_quota(plan, {place: Usage(8, 10)}) == () == check_quota(plan, {})
    [finding] = check_quota(plan, {place: Usage(9, 10)})
    assert finding.code == 'public-ip-quota' and '9 of 10 public IPs in eastus, and 2 more' in finding.message
