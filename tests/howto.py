"""The scenario of Microsoft's how-to: TestVNet1, TestVNet4 and TestVNet5, as options of ours and as native commands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """One of the how-to's VNets with everything that belongs to it."""

    number: int
    group: str
    location: str
    subscription: str = 'Subscription 1'

    @property
    def vnet(self) -> str:
        return f'TestVNet{self.number}'

    @property
    def gateway(self) -> str:
        return f'VNet{self.number}GW'

    @property
    def public_ip(self) -> str:
        return f'VNet{self.number}GWIP'

    @property
    def prefixes(self) -> tuple[str, str]:
        return f'10.{self.number}1.0.0/16', f'10.{self.number}2.0.0/16'

    @property
    def subnets(self) -> tuple[tuple[str, str], tuple[str, str]]:
        return ('FrontEnd', f'10.{self.number}1.0.0/24'), ('BackEnd', f'10.{self.number}2.0.0/24')

    @property
    def gateway_subnet(self) -> str:
        return f'10.{self.number}2.255.0/27'

    def place(self, end: int) -> list[str]:
        """Options that name the VNet as one end."""
        return [
            f'--vnet{end}',
            self.vnet,
            f'--resource-group{end}',
            self.group,
            f'--subscription{end}',
            self.subscription,
        ]

    def options(self, end: int) -> list[str]:
        """Options that have all of it created."""
        return [
            *self.place(end),
            f'--location{end}',
            self.location,
            f'--address-prefixes{end}',
            *self.prefixes,
            f'--subnets{end}',
            *(f'{name}={prefix}' for name, prefix in self.subnets),
            f'--gateway-subnet{end}',
            self.gateway_subnet,
            f'--vnet-gateway{end}',
            self.gateway,
            f'--public-ips{end}',
            self.public_ip,
        ]

    def id(self, subscription_id: str, kind: str, name: str) -> str:
        """The id of a resource in the network's group."""
        return f'/subscriptions/{subscription_id}/resourceGroups/{self.group}/providers/Microsoft.Network/{kind}/{name}'

    def native_network(self) -> list[list[str]]:
        """The how-to's commands for all but the gateway."""
        scope = ['-g', self.group, '--subscription', self.subscription]
        (front, front_prefix), (back, back_prefix) = self.subnets
        return [
            ['group', 'create', '-n', self.group, '-l', self.location, '--subscription', self.subscription],
            [
                'network',
                'vnet',
                'create',
                '-n',
                self.vnet,
                *scope,
                '-l',
                self.location,
                '--address-prefixes',
                *self.prefixes,
                '--subnet-name',
                front,
                '--subnet-prefixes',
                front_prefix,
            ],
            [
                'network',
                'vnet',
                'subnet',
                'create',
                '--vnet-name',
                self.vnet,
                '-n',
                back,
                *scope,
                '--address-prefixes',
                back_prefix,
            ],
            [
                'network',
                'vnet',
                'subnet',
                'create',
                '--vnet-name',
                self.vnet,
                '-n',
                'GatewaySubnet',
                *scope,
                '--address-prefixes',
                self.gateway_subnet,
            ],
        ]

    def native_gateway(self, *, wait: bool = True) -> list[list[str]]:
        """The how-to's commands for the public IP and the gateway."""
        scope = ['-g', self.group, '--subscription', self.subscription, '-l', self.location]
        zones = [] if self.location == 'westus' else ['--zone', '1', '2', '3']
        return [
            [
                'network',
                'public-ip',
                'create',
                '-n',
                self.public_ip,
                *scope,
                '--allocation-method',
                'Static',
                '--sku',
                'Standard',
                *zones,
            ],
            [
                'network',
                'vnet-gateway',
                'create',
                '-n',
                self.gateway,
                *scope,
                '--public-ip-address',
                self.public_ip,
                '--vnet',
                self.vnet,
                '--gateway-type',
                'Vpn',
                '--sku',
                'VpnGw2AZ',
                '--vpn-gateway-generation',
                'Generation2',
                '--vpn-type',
                'RouteBased',
                *([] if wait else ['--no-wait']),
            ],
        ]

    def native_connection(
        self, name: str, subscription_id: str, far: 'Network', far_subscription_id: str, key: str
    ) -> list[str]:
        """The how-to's command for the half that starts here."""
        return [
            'network',
            'vpn-connection',
            'create',
            '-n',
            name,
            '-g',
            self.group,
            '-l',
            self.location,
            '--subscription',
            self.subscription,
            '--shared-key',
            key,
            '--vnet-gateway1',
            self.id(subscription_id, 'virtualNetworkGateways', self.gateway),
            '--vnet-gateway2',
            far.id(far_subscription_id, 'virtualNetworkGateways', far.gateway),
        ]


VNET1 = Network(1, 'TestRG1', 'eastus')
VNET4 = Network(4, 'TestRG4', 'westus')
VNET5 = Network(5, 'TestRG5', 'japaneast', 'Subscription 5')
VNET5B = Network(5, 'TestRG5', 'japaneast', 'Subscription B')  # In another tenant.

# An IPsec policy, as options and as Azure holds it.
POLICY = (
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
)
POLICY_BODY = {
    'ikeEncryption': 'AES256',
    'ikeIntegrity': 'SHA384',
    'dhGroup': 'DHGroup24',
    'ipsecEncryption': 'GCMAES256',
    'ipsecIntegrity': 'GCMAES256',
    'pfsGroup': 'PFS24',
    'saLifeTimeSeconds': 7200,
    'saDataSizeKilobytes': 2048,
}


def create(end1: Network, end2: Network, *more: str) -> list[str]:
    """Our command that makes everything of the how-to."""
    return ['vnet2vnet', 'create', *end1.options(1), *end2.options(2), *more]
