"""What is wrong with a topology file: every kind of problem in the exact words that a user reads."""

import time
from itertools import pairwise

import pytest

from azext_vnet2vnet.topology_file.reader import read_topology_file
from tests.unit.topology_file.test_reader import messages, topology

POLICY = (
    '{ikeEncryption: AES256, ikeIntegrity: SHA384, dhGroup: ECP384, ipsecEncryption: GCMAES256, '
    'ipsecIntegrity: GCMAES256, pfsGroup: ECP384, saLifetime: 27000, saMaxSize: 102400000}'
)
ENTRY = 'Write for example pair: [hub, west], or hub: hub and spokes: [west, japan], or mesh: [hub, west, japan]'
OWN = 'Give the two VNets a separate entry pair: [..] with this key; it overrides the'
BRACKETS = 'Check the brackets [ ] and { }, and the commas in them'
MAPPING = 'a mapping, which has a name before each colon'
TOPOLOGY = 'Write for example {name: backbone, vnets: {hub: {}, west: {}}, connect: [{pair: [hub, west]}]}'
LACKS = (
    'file-schema',
    'lacks name, vnets and connect',
    'Add for example name: backbone, vnets: {hub: {resourceGroup: '
    'TestRG1, vnet: TestVNet1}}, connect: [{pair: [hub, west]}]',
)
EMPTY = ('file-yaml', 'is empty', TOPOLOGY)
TOO_MUCH = (
    'file-yaml',
    'has more than 100000 values, including those of its aliases (*), or nests them more than 40 levels deep',
    'Check its aliases',
)

# A text -> the first diagnostic, without the name of the file.
TEXTS = {
    '': EMPTY,
    '\ufeff': EMPTY,
    '\r\n# nothing\r\n': EMPTY,
    '- hub\n- west\n': ('file-schema', f'is a list, but must be {MAPPING}', TOPOLOGY),
    'hub': ('file-schema', f"is the text 'hub', but must be {MAPPING}", TOPOLOGY),
    '5': ('file-schema', f'is 5, which YAML reads as a number, but must be {MAPPING}', TOPOLOGY),
    'null': ('file-schema', f'has no value, but must be {MAPPING}', TOPOLOGY),
    '{}': LACKS,
    'vnets:\n\thub: {}': ('file-yaml', 'line 2 has a tab where YAML allows only spaces', 'Replace it with spaces'),
    'vnets:\n  hub: {}\n west: {}': (
        'file-yaml',
        'line 3 does not fit the lines above',
        'Start the entries of a list or mapping in the same column; check the quotes, too',
    ),
    'connect:\n  - pair: [hub, west\n': (
        'file-yaml',
        'line 3 has an unclosed bracket, or lacks a comma between two entries',
        BRACKETS,
    ),
    'vnets: {hub: {}\n\nconnect: []': (
        'file-yaml',
        'line 3 has an unclosed bracket, or lacks a comma between two entries',
        BRACKETS,
    ),
    'name: "backbone\nvnets: {}\n': ('file-yaml', 'line 1 opens a quote that is not closed', 'Close it'),
    'name: a: b': (
        'file-yaml',
        'line 1 has a colon where no key is allowed',
        'Check the indentation of this line and the one above; put text that contains a colon and a space in quotes',
    ),
    'name: x\nvnets\nconnect: []': (
        'file-yaml',
        'line 3 has text where a key and its value are expected',
        'Write a colon and a space after the key; check the quotes and brackets above',
    ),
    'connect:\n  - key: @key.txt': (
        'file-yaml',
        'line 2 has a value that begins with @, which YAML allows only in quotes',
        'Put it in quotes, as in key: "@key.txt"',
    ),
    'name: `date`': (
        'file-yaml',
        'line 1 has a value that begins with ` or %, which YAML allows only in quotes',
        'Put it in quotes',
    ),
    'name: *hub': (
        'file-yaml',
        'line 1 has an alias (*) without an anchor (&) of that name before it',
        'Write the anchor before it; put text that begins with * in quotes',
    ),
    'a: &x 1\nb: &x 2': (
        'file-yaml',
        'line 2 has an anchor (&) that already exists',
        'Give it another name; put text that begins with & in quotes',
    ),
    'name: a\n---\nname: b': (
        'file-yaml',
        'line 2 begins a second document (---)',
        'Keep the whole topology in one document',
    ),
    'name: !x!y z': ('file-yaml', 'line 1 has an unsupported tag or directive (! or %)', 'Remove it'),
    'name: "a\\qb"': (
        'file-yaml',
        'line 1 has an invalid escape (backslash) in double quotes',
        "Use single quotes ('), or write \\\\",
    ),
    'name: a\nvnets: \x07': ('file-yaml', 'line 2 has an unprintable character, U+0007', 'Remove it'),
    'name: |x': ('file-yaml', 'line 1 is not valid YAML', 'Check its indentation, quotes and brackets'),
    'name: x\n' * 100000: (
        'file-yaml',
        'has 800000 characters; a topology may have at most 524288',
        'Check that it is the right file',
    ),
    '[' * 1000: TOO_MUCH,
    '{a: ' * 1000: TOO_MUCH,
    '- ' * 1000: TOO_MUCH,
    '? ' * 1000: TOO_MUCH,
    'x-a: &a [*a]': TOO_MUCH,
    'x-a: &a {b: *a}': TOO_MUCH,
    'x-a: &a {<<: *a}': TOO_MUCH,
    # Each alias stands for ten of the one before it.
    'x-a: &a [1]\n'
    + ''.join(
        f'x-{name}: &{name} [{", ".join([f"*{before}"] * 10)}]\n' for before, name in pairwise('abcdefghij')
    ): TOO_MUCH,
    'x-a: &a {k: 1}\n'
    + ''.join(
        f'x-{name}: &{name} {{<<: [{", ".join([f"*{before}"] * 10)}]}}\n' for before, name in pairwise('abcdefghij')
    ): TOO_MUCH,
}

# The settings of a VNet on line 3 -> what is wrong with vnets.hub, and what to write instead.
VNETS = {
    'resource_group: G': ('.resource_group is unknown', 'Did you mean resourceGroup?'),
    'vnetGateway: g': ('.vnetGateway is unknown', 'Did you mean gateway?'),
    'vpn-gateway-generation: g': ('.vpn-gateway-generation is unknown', 'Did you mean generation?'),
    'locaton: eastus': ('.locaton is unknown', 'Did you mean location?'),
    'zzz: 1': (
        '.zzz is unknown',
        'Known keys: subscription, resourceGroup, location, vnet, addressPrefixes, subnets, '
        'gatewaySubnet, gateway, publicIps, asn, sku, generation, activeActive, tags',
    ),
    'location: ': ('.location has no value, but must be text', 'Write for example location: eastus'),
    'location: ""': ('.location is empty', 'Give it a value, or omit it; an empty value often comes from a template'),
    'vnet: no': ('.vnet is no, which YAML reads as false, but must be text', 'Put it in quotes: "no"'),
    'vnet: 0123': (
        '.vnet is 0123, which YAML reads as the octal number 83, but must be text',
        'Put it in quotes: "0123"',
    ),
    'vnet: 12': ('.vnet is 12, which YAML reads as a number, but must be text', 'Put it in quotes: "12"'),
    'vnet: 10:30': (
        '.vnet is 10:30, which YAML reads as the time of 630 seconds, but must be text',
        'Put it in quotes: "10:30"',
    ),
    'vnet: 2024-01-01': (
        '.vnet is 2024-01-01, which YAML reads as a date, but must be text',
        'Put it in quotes: "2024-01-01"',
    ),
    'vnet: 2024-99-99': (
        '.vnet is 2024-99-99, which YAML reads as a date, but must be text',
        'Put it in quotes: "2024-99-99"',
    ),
    'vnet: 1.10': ('.vnet is 1.10, which YAML reads as the number 1.1, but must be text', 'Put it in quotes: "1.10"'),
    'vnet: [a]': ('.vnet is a list, but must be text', 'Write for example vnet: TestVNet1'),
    'vnet: !x a': ('.vnet has an unsupported tag (!)', 'Remove the tag; put text that begins with ! in quotes'),
    'asn: 065010': (
        '.asn is 065010, which YAML reads as the octal number 27144, but must be a whole number',
        'Write for example asn: 65010',
    ),
    'asn: 65_010': (
        '.asn is 65_010, which YAML reads as the number 65010, but must be a whole number',
        'Write for example asn: 65010',
    ),
    'asn: 1.10': (
        '.asn is 1.10, which YAML reads as the number 1.1, but must be a whole number',
        'Write for example asn: 65010',
    ),
    'asn: 65010.0': (
        '.asn is 65010.0, which YAML reads as the number 65010.0, but must be a whole number',
        'Write for example asn: 65010',
    ),
    'asn: yes': ('.asn is yes, which YAML reads as true, but must be a whole number', 'Write for example asn: 65010'),
    'asn: "65010"': (".asn is the text '65010', but must be a whole number", 'Write it without quotes'),
    'asn: AS65010': (".asn is the text 'AS65010', but must be a whole number", 'Write for example asn: 65010'),
    'asn: 0': ('.asn is 0; the minimum is 1', 'Write for example asn: 65010'),
    'asn: 4294967296': ('.asn is 4294967296; the maximum is 4294967295', 'Write for example asn: 65010'),
    f'asn: {"9" * 5000}': (
        f'.asn is {"9" * 60}..., which YAML reads as a number, but must be a whole number',
        'Write for example asn: 65010',
    ),
    'activeActive: "yes"': (
        ".activeActive is the text 'yes', but must be true or false",
        'Write for example activeActive: true',
    ),
    'activeActive: "true"': (".activeActive is the text 'true', but must be true or false", 'Write it without quotes'),
    'activeActive: 1': (
        '.activeActive is 1, which YAML reads as a number, but must be true or false',
        'Write for example activeActive: true',
    ),
    'sku: VpnGW2az': (
        ".sku is 'VpnGW2az', which is not one of Basic, VpnGw1AZ, VpnGw2AZ, VpnGw3AZ, VpnGw4AZ, VpnGw5AZ, "
        'VpnGw1, VpnGw2, VpnGw3, VpnGw4, VpnGw5, Standard, HighPerformance',
        'Did you mean VpnGw2AZ?',
    ),
    'sku: VpnGw9': (
        ".sku is 'VpnGw9', which is not one of Basic, VpnGw1AZ, VpnGw2AZ, VpnGw3AZ, VpnGw4AZ, VpnGw5AZ, "
        'VpnGw1, VpnGw2, VpnGw3, VpnGw4, VpnGw5, Standard, HighPerformance',
        'Did you mean VpnGw5AZ?',
    ),
    'generation: 2': ('.generation is 2, which YAML reads as a number, but must be text', 'Put it in quotes: "2"'),
    'generation: second': (
        ".generation is 'second', which is not one of Generation1, Generation2",
        'Write for example generation: Generation2',
    ),
    'addressPrefixes: 10.0.0.0/16': (
        ".addressPrefixes is the text '10.0.0.0/16', but must be a list",
        'Put it in brackets: [10.0.0.0/16]',
    ),
    'addressPrefixes: []': ('.addressPrefixes is empty', 'Write for example addressPrefixes: [10.11.0.0/16]'),
    'addressPrefixes: [10.0.0.0/16, 10.1.0.0]': (
        ".addressPrefixes entry 2 is '10.1.0.0', which is not a valid address prefix",
        'Write for example 10.11.0.0/16',
    ),
    'gatewaySubnet: x': (
        ".gatewaySubnet is 'x', which is not a valid address prefix",
        'Write for example gatewaySubnet: 10.11.0.0/16',
    ),
    'subnets: {a=b: 10.0.0.0/16}': (".subnets has the name 'a=b'", 'Write a name without = before the colon'),
    'subnets: [FrontEnd=10.11.0.0/24]': (
        f'.subnets is a list, but must be {MAPPING}',
        'Write for example subnets: {FrontEnd: 10.11.0.0/24}',
    ),
    'subnets: {a: 10.0.0.0/16, a: 10.1.0.0/16}': (
        '.subnets.a appears twice, first in line 3',
        'Remove one of the two, or give it another name',
    ),
    'publicIps: [a, b, c]': (
        '.publicIps has 3 entries, but must have 1 to 2',
        'Write for example publicIps: [VNet1GWIP]',
    ),
    'tags: {v: 1}': ('.tags.v is 1, which YAML reads as a number, but must be text', 'Put it in quotes: "1"'),
    'tags: {"": a}': (".tags has the name ''", 'Write a name before the colon'),
    'tags: {[a]: b}': (
        '.tags has a key that is itself a list or a mapping',
        'Write a name before the colon; put text that begins with { or [ in quotes',
    ),
    '<<: 5': (' merges (<<) something that is not a mapping', 'Write << : *NAME, and &NAME before a mapping'),
}

# An entry of connect on line 6 -> what is wrong with it, and what to write instead.
ENTRIES = {
    'hub': (' is not a mapping', ENTRY),
    '': (' is not a mapping', ENTRY),
    '{}': (' has neither pair, nor hub and spokes, nor mesh', ENTRY),
    '{pairs: [hub, west]}': (' has neither pair, nor hub and spokes, nor mesh', 'Did you mean pair instead of pairs?'),
    '{pair: [hub, west], mesh: [hub, west]}': (
        ' has pair and mesh, which cannot be combined',
        'Make a separate entry for each',
    ),
    '{hub: hub}': (' lacks spokes', 'Add for example spokes: [west, japan]'),
    '{spokes: [west]}': (' lacks hub', 'Add for example hub: hub'),
    '{pair: [hub]}': (', pair has 1 entry, but must have 2', 'Write for example pair: [hub, west]'),
    '{pair: hub}': (", pair is the text 'hub', but must be a list", 'Put it in brackets: [hub]'),
    '{pair: [hub, no]}': (
        ', pair entry 2 is no, which YAML reads as false, but must be text',
        'Put it in quotes: "no"',
    ),
    '{mesh: [hub]}': (', mesh has 1 entry, but must have 2 or more', 'Write for example mesh: [hub, west, japan]'),
    '{hub: hub, spokes: []}': (', spokes is empty', 'Write for example spokes: [west, japan]'),
    '{pair: [hub, west], enableBgp: true}': (', enableBgp is unknown', 'Did you mean bgp?'),
    '{pair: [hub, west], sharedKey: x}': (', sharedKey is unknown', 'Did you mean key?'),
    '{pair: [hub, west], ike-encryption: AES256}': (
        ', ike-encryption is unknown',
        'Did you mean policy.ikeEncryption?',
    ),
    '{pair: [hub, west], connectionMode: Default}': (', connectionMode is unknown', 'Did you mean mode?'),
    '{hub: hub, spokes: [west], names: [a, b]}': (', names is not allowed in a hub', f'{OWN} hub'),
    '{mesh: [hub, west], mode: Default}': (', mode is not allowed in a mesh', f'{OWN} mesh'),
    '{pair: [hub, west], names: [a]}': (
        ', names has 1 entry, but must have 2',
        'Write for example names: [VNet1toVNet4, VNet4toVNet1]',
    ),
    '{pair: [hub, west], bgp: "true"}': (
        ", bgp is the text 'true', but must be true or false",
        'Write it without quotes',
    ),
    '{pair: [hub, west], dpdTimeout: 5}': (', dpdTimeout is 5; the minimum is 9', 'Write for example dpdTimeout: 45'),
    '{pair: [hub, west], mode: initiator}': (
        ", mode is 'initiator', which is not one of Default, InitiatorOnly, ResponderOnly",
        'Did you mean InitiatorOnly?',
    ),
    '{pair: [hub, west], policy: strong}': (
        f", policy is the text 'strong', but must be {MAPPING}",
        f'Write for example policy: {POLICY}',
    ),
    f'{{pair: [hub, west], policy: {POLICY.replace("saLifetime: 27000", "saLifetime: 60")}}}': (
        ', policy.saLifetime is 60; the minimum is 300',
        'Write for example saLifetime: 27000',
    ),
    f'{{pair: [hub, west], policy: {POLICY.replace("saLifetime: 27000, ", "")}}}': (
        ', policy lacks saLifetime',
        'Add for example saLifetime: 27000',
    ),
    f'{{pair: [hub, west], policy: {POLICY.replace("SHA384", "SHA512")}}}': (
        ", policy.ikeIntegrity is 'SHA512', which is not one of MD5, SHA1, SHA256, SHA384, GCMAES128, GCMAES256",
        'Did you mean SHA1?',
    ),
    '{pair: [hub, west], trafficSelectors: [{local: 10.0.0.0/8}]}': (
        ', trafficSelectors entry 1 lacks remote',
        'Add for example remote: [10.11.0.0/16]',
    ),
    '{pair: [hub, west], trafficSelectors: {local: [10.0.0.0/8], remote: [10.1.0.0/16]}}': (
        ', trafficSelectors is a mapping, but must be a list',
        'Write for example trafficSelectors: [{local: [10.11.0.0/16], remote: [10.41.0.0/16]}]',
    ),
}

# The same for names of VNets: with the code of the diagnostic.
NAMES = {
    '{pair: [hub, wset]}': (
        'file-vnet-unknown',
        ", pair entry 2 is 'wset', which is not a VNet of this file",
        'Did you mean west?',
    ),
    '{mesh: [Hub, west]}': (
        'file-vnet-unknown',
        ", mesh entry 1 is 'Hub', which is not a VNet of this file",
        'Did you mean hub?',
    ),
    '{hub: paris, spokes: [west]}': (
        'file-vnet-unknown',
        ", hub is 'paris', which is not a VNet of this file",
        'Add it to vnets, or name one of hub, west',
    ),
    '{pair: [hub, hub]}': ('file-vnet-twice', ", pair joins 'hub' with itself", 'Name two different VNets'),
    '{mesh: [hub, west, hub]}': ('file-vnet-twice', ", mesh has 'hub' more than once", 'Name each VNet once'),
    '{hub: hub, spokes: [west, west]}': (
        'file-vnet-twice',
        ", spokes has 'west' more than once",
        'Name each VNet once',
    ),
    '{hub: hub, spokes: [west, hub]}': (
        'file-vnet-twice',
        ", spokes entry 2 is 'hub', the hub itself",
        'Remove it from the spokes',
    ),
}


@pytest.mark.parametrize('text', TEXTS, ids=lambda text: repr(text[:30]))
def test_a_text_that_is_no_topology(text):
    code, message, recommendation = TEXTS[text]
    assert messages(text)[0] == (code, f'network.yaml {message}', recommendation)


@pytest.mark.parametrize('settings', VNETS, ids=lambda settings: settings[:40])
def test_settings_of_a_vnet(settings):
    [(_, message, recommendation)] = messages(topology(vnets=f'vnets:\n  hub: {{{settings}}}\n  west: {{}}'))
    assert (message, recommendation) == (f'network.yaml line 3: vnets.hub{VNETS[settings][0]}', VNETS[settings][1])


@pytest.mark.parametrize('entry', ENTRIES, ids=lambda entry: entry[:60])
def test_entries_of_connect(entry):
    (code, message, recommendation), *others = messages(topology(connect=f'connect:\n  - {entry}'))
    assert code == 'file-schema'
    assert (message, recommendation) == (f'network.yaml line 6: connect entry 1{ENTRIES[entry][0]}', ENTRIES[entry][1])
    # A prefix that is no list is wrong for itself.
    assert [other[1].rpartition(', ')[0] for other in others] in (
        [],
        ["network.yaml line 6: connect entry 1, trafficSelectors entry 1, local is the text '10.0.0.0/8'"],
    )


@pytest.mark.parametrize('entry', NAMES)
def test_names_in_connect(entry):
    code, message, recommendation = NAMES[entry]
    assert messages(topology(connect=f'connect:\n  - {entry}')) == [
        (code, f'network.yaml line 6: connect entry 1{message}', recommendation)
    ]


def test_a_short_text_that_merges_many_keys_is_given_up():
    keys = ', '.join(f'k{number}: 1' for number in range(2000))
    text = f'x-a: &a {{{keys}}}\nx-b: {{<<: [{", ".join(["*a"] * 9000)}]}}\n'
    began = time.process_time()
    options, diagnostics = read_topology_file(text, 'network.yaml')
    assert options is None and 'has more than 100000 values' in diagnostics[0].message
    assert time.process_time() - began < 5  # It took 12 seconds before keys were counted, and 120 for a file of 400 KB.


def test_an_entry_that_stands_for_too_many_pairs_is_named():
    names = [f'v{number}' for number in range(2000)]
    vnets = ''.join(f'  {name}: {{}}\n' for name in names)
    text = f'name: m\nvnets:\n{vnets}connect:\n- pair: [v0, v1]\n- mesh: [{", ".join(names)}]\n'
    options, [diagnostic] = read_topology_file(text, 'network.yaml')
    assert options is None
    assert diagnostic.message == (
        'network.yaml line 2005: connect entry 2 stands for 1999000 pairs, and the file for 1999001; a topology may '
        'have at most 20000'
    )
