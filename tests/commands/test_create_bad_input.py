"""Wrong command lines of `az vnet2vnet create`: one error each with what to type instead, and nothing is written."""

import pytest

from tests.armsim import DEFAULTS
from tests.commands.azure import writes
from tests.howto import VNET1, VNET4

ENDS = [*VNET1.options(1), *VNET4.options(2)]


def without(*options):
    """ENDS without these options and their values."""
    kept, skipping = [], False
    for word in ENDS:
        if word.startswith('--'):
            skipping = word in options
        if not skipping:
            kept.append(word)
    return kept


def with_(*options):
    """ENDS with these options in place of the same ones there."""
    return without(*(word for word in options if word.startswith('--'))) + list(options)


POLICY = [
    '--ike-encryption',
    'AES256',
    '--ike-integrity',
    'SHA384',
    '--dh-group',
    'DHGroup24',
    '--ipsec-encryption',
    'GCMAES256',
    '--ipsec-integrity',
    'GCMAES256',
    '--pfs-group',
    'PFS24',
    '--sa-lifetime',
    '7200',
    '--sa-max-size',
    '2048',
]
VNET_ID = VNET1.id(DEFAULTS.subscription_1, 'virtualNetworks', 'TestVNet1')

# What is typed, what the error says, what the recommendation says.
CASES = {
    'unknown subscription': (
        with_('--subscription1', 'Nobody'),
        "--subscription1: this login has no subscription 'Nobody'.",
        'az login --tenant TENANT',
    ),
    'subscription of an id that the login lacks': (
        with_('--vnet1', VNET_ID.replace(DEFAULTS.subscription_1, '00000000-0000-0000-0000-00000000dead'))
        + ['--subscription1', 'Subscription 1'],
        "--vnet1: this login has no subscription '00000000-0000-0000-0000-00000000dead'.",
        'az login --tenant TENANT',
    ),
    'unknown VNet': (
        without('--address-prefixes1', '--subnets1', '--gateway-subnet1'),
        f'VNet {VNET_ID} does not exist.',
        '--address-prefixes1 PREFIX',
    ),
    'group without location': (
        without('--location1'),
        "Neither VNet 'TestVNet1' nor its group 'TestRG1' exists, so their location is not known.",
        '--location1 REGION',
    ),
    'unknown location': (
        with_('--location1', 'atlantis'),
        f"Subscription {DEFAULTS.subscription_1} has no location 'atlantis'.",
        'az account list-locations',
    ),
    'no group at all': (
        without('--resource-group1'),
        "The resource group of VNet 'TestVNet1' is not named.",
        '--resource-group1 GROUP',
    ),
    'malformed id': (
        with_('--vnet1', '/subscriptions/x/TestVNet1'),
        "--vnet1 '/subscriptions/x/TestVNet1' is neither the name nor the ID of a VNet.",
        '/subscriptions/SUBSCRIPTION/resourceGroups/GROUP',
    ),
    'id of a gateway': (
        with_('--vnet1', VNET_ID.replace('virtualNetworks', 'virtualNetworkGateways')),
        'is neither the name nor the ID of a VNet.',
        'az network vnet show --query id',
    ),
    'id that contradicts the group': (
        with_('--vnet1', VNET_ID, '--resource-group1', 'Other'),
        "--resource-group1 'Other' contradicts the ID of --vnet1, which is in group 'TestRG1'.",
        'Omit --resource-group1',
    ),
    'id that contradicts the subscription': (
        with_('--vnet1', VNET_ID, '--subscription1', 'Subscription 5'),
        f"--subscription1 'Subscription 5' contradicts the ID of --vnet1, which is in subscription "
        f'{DEFAULTS.subscription_1}.',
        'Omit --subscription1',
    ),
    'malformed prefix': (
        with_('--address-prefixes1', '10.11.0.0.0/16'),
        "--address-prefixes1: '10.11.0.0.0/16' is not an address prefix.",
        'such as 10.11.0.0/16',
    ),
    'prefix with host bits': (
        with_('--gateway-subnet1', '10.12.255.1/27'),
        "--gateway-subnet1: '10.12.255.1/27' is not an address prefix.",
        'host bits zero',
    ),
    'malformed subnet': (
        with_('--subnets1', 'FrontEnd'),
        "--subnets1: 'FrontEnd' is not of the form NAME=PREFIX.",
        'FrontEnd=10.11.0.0/24',
    ),
    'malformed prefix of a subnet': (
        with_('--subnets1', 'FrontEnd=10.11'),
        "--subnets1: '10.11' is not an address prefix.",
        'CIDR',
    ),
    'subnet outside': (
        with_('--subnets1', 'FrontEnd=10.99.0.0/24'),
        "--subnets1: 10.99.0.0/24 is not inside the address space 10.11.0.0/16, 10.12.0.0/16 of VNet 'TestVNet1'.",
        'Give a prefix inside it',
    ),
    'subnets overlap': (
        with_('--subnets1', 'A=10.11.0.0/24', 'B=10.11.0.0/25'),
        '--subnets1: A 10.11.0.0/24 and B 10.11.0.0/25 overlap.',
        'share no address',
    ),
    'GatewaySubnet among the subnets': (
        with_('--subnets1', 'GatewaySubnet=10.12.254.0/27'),
        '--subnets1 names GatewaySubnet, which has an option of its own.',
        '--gateway-subnet1',
    ),
    'GatewaySubnet too small': (
        with_('--gateway-subnet1', '10.12.255.0/30'),
        'GatewaySubnet 10.12.255.0/30 of VNet ',
        'Give --gateway-subnet1 a /27 or larger',
    ),
    'the same VNet twice': (
        [*VNET1.options(1), *VNET1.place(2)],
        'Both ends are the same VNet, ',
        'Name two different VNets',
    ),
    'the same VNet twice, in other case': (
        [*VNET1.options(1), '--vnet2', VNET_ID.replace('TestVNet1', 'testvnet1')],
        'Both ends are the same VNet, ',
        'Name two different VNets',
    ),
    'overlapping ranges': (
        [*without('--address-prefixes2', '--subnets2', '--gateway-subnet2'), '--address-prefixes2', '10.11.128.0/17'],
        'overlap: 10.11.0.0/16 and 10.11.128.0/17.',
        'another address space',
    ),
    'no room for a GatewaySubnet': (
        [
            *without('--address-prefixes1', '--subnets1', '--gateway-subnet1'),
            '--address-prefixes1',
            '10.11.0.0/24',
            '--subnets1',
            'All=10.11.0.0/24',
        ],
        'has no room for a GatewaySubnet: no free /29 or larger in 10.11.0.0/24.',
        'Add an address prefix',
    ),
    'retired SKU': (
        ENDS + ['--sku', 'VpnGw1'],
        'Azure creates no new gateway with SKU VpnGw1 (since 2025-11-01).',
        'Use --sku VpnGw1AZ, its replacement.',
    ),
    'unknown SKU': (
        ENDS + ['--sku', 'VpnGw9AZ'],
        "VPN gateways have no SKU 'VpnGw9AZ'.",
        'Give --sku one of Basic, VpnGw1AZ, VpnGw2AZ',
    ),
    'SKU and generation': (
        ENDS + ['--sku', 'VpnGw1AZ', '--vpn-gateway-generation', 'Generation2'],
        'SKU VpnGw1AZ does not exist in Generation2.',
        'Use --vpn-gateway-generation Generation1',
    ),
    'two public IPs': (
        with_('--public-ips1', 'a', 'b'),
        '--public-ips1 names 2 public IPs; the gateway takes one.',
        'Name one, or add --active-active.',
    ),
    'key file that is not there': (
        ENDS + ['--shared-key', '@nope.txt'],
        '--shared-key names a file with @, and that file cannot be read.',
        '@key.txt',
    ),
    'empty key': (ENDS + ['--shared-key', ''], 'The shared key is empty.', 'to have a strong key generated'),
    'empty name of a VNet': (with_('--vnet1', ''), '--vnet1 is empty.', 'an unset shell variable'),
    'empty subscription': (with_('--subscription1', ''), '--subscription1 is empty.', 'Omit --subscription1'),
    'empty SKU': (ENDS + ['--sku', ''], '--sku is empty.', 'Omit --sku'),
    'empty name of a public IP': (with_('--public-ips1', ''), '--public-ips1 is empty.', 'give it a value'),
    'name with a space': (
        with_('--vnet1', 'my vnet'),
        "--vnet1: Azure does not accept 'my vnet' as a name.",
        'begin with a letter or digit',
    ),
    'name with a question mark': (
        with_('--vnet-gateway1', 'a?b'),
        "--vnet-gateway1: Azure does not accept 'a?b' as a name.",
        'Use letters, digits',
    ),
    'path in place of a name': (
        with_('--public-ips1', 'a/b'),
        "--public-ips1: 'a/b' is not a name.",
        'Give only the name',
    ),
    'ID in place of a gateway name': (
        with_('--vnet-gateway1', VNET1.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'GW')),
        "/virtualNetworkGateways/GW' is not a name.",
        'Give only the name, without a path.',
    ),
    'name of a VNet that is too long': (
        with_('--vnet1', 'v' * 65),
        "' has 65 characters; Azure accepts at most 64.",
        'Give --vnet1 a shorter name',
    ),
    'name of a connection that is too long': (
        ENDS + ['--name', 'c' * 81],
        "' has 81 characters; Azure accepts at most 80.",
        'Give --name a shorter name',
    ),
    'default name that is too long': (
        with_('--vnet1', 'v' * 64, '--vnet2', 'w' * 64),
        "' has 130 characters; Azure accepts at most 80.",
        'Give --name a shorter name',
    ),
    'group with a question mark': (
        with_('--resource-group1', 'g?'),
        "--resource-group1: Azure does not accept 'g?' as a name",
        'Use letters',
    ),
    'subnet with a space': (
        with_('--subnets1', 'a b=10.11.0.0/24'),
        "--subnets1: Azure does not accept 'a b' as a name",
        'Use letters',
    ),
    'overlapping prefixes of one VNet': (
        with_('--address-prefixes1', '10.11.0.0/16', '10.11.4.0/24', '10.12.0.0/16'),
        '--address-prefixes1: 10.11.0.0/16 and 10.11.4.0/24 overlap.',
        'share no address',
    ),
    'GatewaySubnet without IPv4': (
        with_('--address-prefixes1', '10.11.0.0/16', '10.12.0.0/16', 'fd00:1::/48', '--gateway-subnet1', 'fd00:1::/64'),
        'has no IPv4 prefix, which a gateway requires.',
        '/27 or larger',
    ),
    'one public IP twice': (
        with_('--public-ips1', 'a', 'A', '--public-ips2', 'c', 'd') + ['--active-active'],
        '--public-ips1 names the same public IP twice.',
        'Name two different ones',
    ),
    'one public IP for active-active': (
        with_('--public-ips2', 'c', 'd') + ['--active-active'],
        '--public-ips1 names 1 public IP; the gateway takes two where it is active-active.',
        'Name two.',
    ),
    'one gateway name for two VNets of a group': (
        with_('--resource-group2', 'TestRG1', '--vnet-gateway2', 'vnet1gw'),
        'Both ends would have the same gateway, ',
        'with --vnet-gateway1 and --vnet-gateway2',
    ),
    'one connection name for two VNets of a group': (
        with_('--resource-group2', 'TestRG1') + ['--name', 'c', '--peer-name', 'C'],
        'Both ends would have the same connection, ',
        'with --name and --peer-name',
    ),
    'one public IP for two gateways': (
        with_('--resource-group2', 'TestRG1', '--public-ips2', 'VNet1GWIP'),
        'Both ends would have the same public IP, ',
        'with --public-ips1 and --public-ips2',
    ),
    'equal ASNs': (
        ENDS + ['--enable-bgp'],
        'Both gateways have ASN 65515; BGP between two gateways requires two.',
        'such as 65010 and 65040',
    ),
    'reserved ASN': (ENDS + ['--asn1', '65517'], '--asn1 65517 is reserved by Azure or IANA.', '--asn1 65010'),
    'ASN zero': (ENDS + ['--asn2', '0'], '--asn2 0 is not between 1 and 4294967295.', '--asn2 65010'),
    'BGP on Basic': (
        ENDS + ['--sku', 'Basic', '--asn1', '65010'],
        'is of SKU Basic, which cannot do BGP.',
        'another SKU such as VpnGw2AZ',
    ),
    'active-active on Basic': (
        without('--public-ips1', '--public-ips2') + ['--sku', 'Basic', '--active-active'],
        'is of SKU Basic, which cannot do active-active',
        'VpnGw2AZ',
    ),
    'IPsec policy on Basic': (
        ENDS + ['--sku', 'Basic', *POLICY],
        'is of SKU Basic, which takes no IPsec policy',
        'another SKU',
    ),
    'half an IPsec policy': (
        ENDS + POLICY[:6],
        'An IPsec policy requires all eight of its options; missing are: '
        '--ipsec-encryption, --ipsec-integrity, --pfs-group, --sa-lifetime, --sa-max-size.',
        'or none of the eight',
    ),
    'short security association': (
        ENDS + POLICY + ['--sa-lifetime', '60'],
        '--sa-lifetime 60 is less than 300 seconds.',
        '27000',
    ),
    'small security association': (
        ENDS + POLICY + ['--sa-max-size', '1'],
        '--sa-max-size 1 is less than 1024 kilobytes.',
        '102400000',
    ),
    'GCM for one half of IPsec': (
        ENDS + POLICY + ['--ipsec-integrity', 'SHA256'],
        '--ipsec-encryption GCMAES256 is incompatible with --ipsec-integrity SHA256',
        '--ipsec-integrity GCMAES256',
    ),
    'short DPD time-out': (ENDS + ['--dpd-timeout', '5'], '--dpd-timeout 5 is not between 9 and 3600 seconds.', '45'),
    'selector without a side': (
        ENDS + POLICY + ['--traffic-selector', '10.11.0.0/16'],
        "--traffic-selector: '10.11.0.0/16' is neither local=PREFIX nor remote=PREFIX.",
        'local=10.11.0.0/16 remote=10.41.0.0/16',
    ),
    'selector with one side': (
        ENDS + POLICY + ['--traffic-selector', 'local=10.11.0.0/16'],
        '--traffic-selector requires both local= and remote=.',
        'Write for example',
    ),
    'selector with a bad prefix': (
        ENDS + POLICY + ['--traffic-selector', 'local=10.11', 'remote=10.41.0.0/16'],
        'contains something that is not an address prefix.',
        'Write for example',
    ),
    'only one end without a key': (
        with_('--vnet-gateway2', VNET4.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'GW'))
        + ['--only-end', '1'],
        '--only-end requires --shared-key',
        'give --shared-key "@FILE"',
    ),
    'only one end without a far gateway': (
        [*VNET1.options(1), *VNET4.place(2), '--only-end', '1', '--shared-key', 'some_key'],
        '--only-end requires the ID of the far gateway, and --vnet-gateway2 is not one.',
        'az network vnet-gateway show --query id',
    ),
    'only one end with options of the other': (
        with_('--vnet-gateway2', VNET4.id(DEFAULTS.subscription_1, 'virtualNetworkGateways', 'GW'))
        + ['--only-end', '1', '--shared-key', 'some_key'],
        '5 findings, and nothing was written',
        'Omit --gateway-subnet2',
    ),
    'only one end with the name of a far gateway': (
        [
            *VNET1.place(1),
            '--vnet-gateway1',
            'VNet1GW',
            *VNET4.options(2),
            '--only-end',
            '2',
            '--shared-key',
            'some_key',
        ],
        'and --vnet-gateway1 is not one.',
        'give it as --vnet-gateway1',
    ),
    'time-out of nothing': (ENDS + ['--timeout', '0'], '--timeout 0 is not a positive number of seconds.', '7200'),
}


def check_refused(result, simulator, message, recommendation):
    assert message in result.stderr and recommendation in result.stderr, result
    assert 'Traceback' not in result.stderr
    assert result.stdout == ''
    assert writes(simulator) == []


@pytest.mark.parametrize('case', CASES)
def test_refused_before_any_write(az, simulator, case):
    options, message, recommendation = CASES[case]
    result = az.run(['vnet2vnet', 'create', *options], expect=(1, 3))
    check_refused(result, simulator, message, recommendation)


@pytest.mark.parametrize('flaw', ['with space', 'til~de', 'uml\u00e4ut', 'x' * 129])
def test_a_key_that_azure_refuses_is_refused_and_not_repeated(az, simulator, tmp_path, flaw):
    (tmp_path / 'key').write_text(flaw, encoding='utf-8')
    result = az.run(['vnet2vnet', 'create', *ENDS, '--shared-key', f'@{tmp_path}/key'], expect=1)
    check_refused(result, simulator, 'The shared key has', 'another with --shared-key "@FILE"')
    assert flaw not in result.stderr


def test_all_findings_come_at_once(az, simulator):
    result = az.run(['vnet2vnet', 'create', *without('--location1'), '--sku', 'VpnGw1'], expect=1)
    check_refused(
        result,
        simulator,
        "2 findings, and nothing was written: (1) Neither VNet 'TestVNet1' nor its group",
        '(2) Use --sku VpnGw1AZ, its replacement.',
    )


@pytest.mark.parametrize(
    'options',
    [
        [],
        ['--vnet1', 'TestVNet1'],
        [*ENDS, '--nonsense'],
        [*ENDS, '--vpn-gateway-generation', 'Generation3'],
        [*ENDS, '--timeout', 'long'],
    ],
)
def test_what_az_itself_refuses(az, simulator, options):
    result = az.run(['vnet2vnet', 'create', *options], expect=2)
    assert 'Traceback' not in result.stderr and writes(simulator) == []


def test_not_logged_in(az, simulator):
    az.run(['logout', '--username', DEFAULTS.app_id])
    result = az.run(['vnet2vnet', 'create', *ENDS], expect=1)
    check_refused(result, simulator, 'az login', '')


def test_no_login_to_the_tenant_of_the_far_end(az, simulator):
    az.run(['account', 'clear'])
    az.run(
        ['login', '--service-principal', '-u', DEFAULTS.app_id, '-p', DEFAULTS.secret, '--tenant', DEFAULTS.tenant_a]
    )
    result = az.run(
        [
            'vnet2vnet',
            'create',
            *VNET1.options(1),
            '--vnet2',
            VNET4.id(DEFAULTS.subscription_b, 'virtualNetworks', 'TestVNet4'),
        ],
        expect=1,
    )
    check_refused(
        result,
        simulator,
        f"--vnet2: this login has no subscription '{DEFAULTS.subscription_b}'.",
        'az login --tenant TENANT',
    )


def test_a_login_that_has_ended(az, simulator):
    """The subscription is still in az's list, but Entra ID gives no token for its tenant any more."""
    simulator.simulator.world.principals[0]['failures'] = {DEFAULTS.tenant_b: 'sign-in-frequency'}
    (az.config_dir / 'msal_token_cache.json').unlink()
    result = az.run(
        [
            'vnet2vnet',
            'create',
            *VNET1.options(1),
            '--vnet2',
            VNET4.id(DEFAULTS.subscription_b, 'virtualNetworks', 'TestVNet4'),
        ],
        expect=1,
    )
    check_refused(result, simulator, 'AADSTS', 'az login')
