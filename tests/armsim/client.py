"""A client for tests in process: it logs in, sends requests, and polls as an SDK does, by moving a clock by hand."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.armsim.clock import ManualClock
from tests.armsim.schema import published_part
from tests.armsim.settings import Settings
from tests.armsim.simulator import Simulator
from tests.armsim.wire import Request, Response
from tests.armsim.world import DEFAULTS

ORIGIN = 'https://localhost'
VERSIONS = {
    'microsoft.network/register': '2022-09-01',
    'microsoft.network': '2025-01-01',
    'microsoft.authorization/permissions': '2022-04-01',
    'microsoft.authorization/locks': '2016-09-01',
}
OTHERS_VERSION = '2022-09-01'
ZONES = ['1', '2', '3']


class Client:
    """One logged-in client of one simulator; several clients may share the simulator of the first."""

    def __init__(
        self,
        settings: Settings = Settings(),
        simulator: Simulator | None = None,
        tenant: str = DEFAULTS.tenant_a,
        app_id: str = DEFAULTS.app_id,
        secret: str = DEFAULTS.secret,
    ):
        self.simulator = simulator or Simulator(settings, ManualClock())
        self.clock = self.simulator.clock
        self.tenant, self._app_id, self._secret = tenant, app_id, secret
        self._login: tuple[str, float] = ('', 0.0)

    def token(self, tenant: str) -> str:
        """An access token of this client for a tenant."""
        answer = self.simulator.answer(
            Request(
                'POST',
                f'/{tenant}/oauth2/v2.0/token',
                body={'grant_type': 'client_credentials', 'client_id': self._app_id, 'client_secret': self._secret},
            )
        )
        return answer.body['access_token']

    def _bearer(self) -> dict[str, str]:
        if self.clock.now() >= self._login[1]:
            self._login = self.token(self.tenant), self.clock.now() + self.simulator.settings.token_lifetime
        return {'authorization': f'Bearer {self._login[0]}'}

    def send(
        self, method: str, url: str, body: Any = None, version: str = '', headers: Mapping[str, str] | None = None
    ) -> Response:
        """One request; `url` is a path, or a whole URL that came from the simulator and goes back as it is."""
        target = url.removeprefix(ORIGIN)
        if 'api-version=' not in target and version != 'none':
            chosen = version or next(
                (value for key, value in VERSIONS.items() if key in target.lower().rpartition('/providers/')[2]),
                OTHERS_VERSION,
            )
            target += ('&' if '?' in target else '?') + f'api-version={chosen}'
        path, _, query = target.partition('?')
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        return self.simulator.answer(
            Request(method, unquote(path), pairs, {**self._bearer(), **(headers or {})}, body, target, ORIGIN)
        )

    def get(self, url: str, version: str = '') -> Response:
        """GET."""
        return self.send('GET', url, version=version)

    def put(self, url: str, body: Any, version: str = '') -> Response:
        """PUT, without waiting."""
        return self.send('PUT', url, body, version)

    def finish(self, answer: Response) -> Response:
        """Poll what a first answer started until it ends; the last status answer, or `answer` if nothing runs."""
        headers = {name.lower(): value for name, value in answer.headers.items()}
        url = headers.get('azure-asyncoperation') or headers.get('location')
        if answer.status >= 400 or not url:
            return answer
        for _ in range(500):
            last = self.send('GET', url)
            if last.status != 202 and (
                not isinstance(last.body, dict) or last.body.get('status') not in ('InProgress', 'Running', 'Accepted')
            ):
                return last
            self.clock.advance(float(last.headers.get('Retry-After', 30)))
        raise AssertionError(f'{url} does not end')

    def read(self, url: str) -> dict:
        """A resource as a client of the published types has it after a GET: it may be changed and written back."""
        body = self.get(url).body
        return published_part(body['type'], body)

    def make(self, url: str, body: Any, version: str = '') -> dict:
        """PUT and wait; the resource. AssertionError unless all goes well."""
        answer = self.put(url, body, version)
        assert answer.status in (200, 201), answer
        last = self.finish(answer)
        assert last is answer or last.body['status'] == 'Succeeded', last
        return self.get(url, version).body


def group_path(name: str = 'rg', subscription: str = DEFAULTS.subscription_1) -> str:
    """The id of a group."""
    return f'/subscriptions/{subscription}/resourceGroups/{name}'


def network_path(kind: str, name: str, group: str = 'rg', subscription: str = DEFAULTS.subscription_1) -> str:
    """The id of a network resource."""
    return f'{group_path(group, subscription)}/providers/Microsoft.Network/{kind}/{name}'


def vnet(prefix: str = '10.1.0.0/16', location: str = 'eastus', subnets: Mapping[str, str] | None = None) -> dict:
    """The body of a VNet."""
    return {
        'location': location,
        'properties': {
            'addressSpace': {'addressPrefixes': [prefix]},
            'subnets': [
                {'name': name, 'properties': {'addressPrefix': value}} for name, value in (subnets or {}).items()
            ],
        },
    }


def public_ip(location: str = 'eastus', zones: list[str] | None = None, sku: str = 'Standard') -> dict:
    """The body of a public IP."""
    body = {
        'location': location,
        'sku': {'name': sku},
        'properties': {'publicIPAllocationMethod': 'Static' if sku == 'Standard' else 'Dynamic'},
    }
    return {**body, 'zones': zones} if zones else body


def gateway(
    subnet: str,
    public_ips: Iterable[str],
    location: str = 'eastus',
    sku: str = 'VpnGw2AZ',
    generation: str = 'Generation2',
    **properties: Any,
) -> dict:
    """The body of a gateway; `properties` lie over the usual ones."""
    configurations = [
        {
            'name': f'config{index}',
            'properties': {
                'privateIPAllocationMethod': 'Dynamic',
                'subnet': {'id': subnet},
                'publicIPAddress': {'id': identifier},
            },
        }
        for index, identifier in enumerate(public_ips)
    ]
    return {
        'location': location,
        'properties': {
            'gatewayType': 'Vpn',
            'vpnType': 'RouteBased',
            'vpnGatewayGeneration': generation,
            'sku': {'name': sku, 'tier': sku},
            'ipConfigurations': configurations,
            **properties,
        },
    }


def connection(gateway1: str, gateway2: str, location: str = 'eastus', **properties: Any) -> dict:
    """The body of a VNet-to-VNet connection."""
    return {
        'location': location,
        'properties': {
            'virtualNetworkGateway1': {'id': gateway1},
            'virtualNetworkGateway2': {'id': gateway2},
            'connectionType': 'Vnet2Vnet',
            **properties,
        },
    }


IPSEC_POLICY = {
    'saLifeTimeSeconds': 27000,
    'saDataSizeKilobytes': 102400000,
    'ipsecEncryption': 'AES256',
    'ipsecIntegrity': 'SHA256',
    'ikeEncryption': 'AES256',
    'ikeIntegrity': 'SHA384',
    'dhGroup': 'DHGroup24',
    'pfsGroup': 'PFS24',
}


def make_site(
    client: Client,
    number: int,
    group: str = 'rg',
    subscription: str = DEFAULTS.subscription_1,
    location: str = 'eastus',
    with_gateway: bool = True,
    **options: Any,
) -> str:
    """A group, VNet 10.NUMBER.0.0/16 with GatewaySubnet, public IP and gateway gwNUMBER; the gateway's id."""
    if client.get(group_path(group, subscription)).status == 404:
        client.make(group_path(group, subscription), {'location': location})
    network = network_path('virtualNetworks', f'vnet{number}', group, subscription)
    address = network_path('publicIPAddresses', f'ip{number}', group, subscription)
    gateway_id = network_path('virtualNetworkGateways', f'gw{number}', group, subscription)
    client.make(network, vnet(f'10.{number}.0.0/16', location, {'GatewaySubnet': f'10.{number}.255.0/27'}))
    client.make(address, public_ip(location, ZONES))
    if with_gateway:
        client.make(gateway_id, gateway(f'{network}/subnets/GatewaySubnet', [address], location, **options))
    return gateway_id


def make_pair(client: Client, there: Mapping | None = None, back: Mapping | None = None, **options: Any) -> Client:
    """Two sites of gateways gw1 and gw2, and the connections `there` and `back` with these properties; the client.

    Without other words both halves have one key. `options` are those of the sites.
    """
    near, far = (make_site(client, number, **options) for number in (1, 2))
    usual = {'sharedKey': 'Sim.Key.1'}
    client.make(network_path('connections', 'there'), connection(near, far, **(usual if there is None else there)))
    client.make(network_path('connections', 'back'), connection(far, near, **(usual if back is None else back)))
    return client


def tunnel_status(client: Client, name: str = 'there') -> str | None:
    """The connectionStatus in a single GET of a connection."""
    return client.get(network_path('connections', name)).body['properties'].get('connectionStatus')
