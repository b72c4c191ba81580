"""Recorded pairs of request and answer, played against the local Azure.

`tests/recorded/*.yaml` holds one scenario per file: where it was recorded, what is `given` before it begins, and the
`pairs` in their order, each with the request, and the status, headers and shape (tests/shapes.py) of Azure's answer;
`without` names headers that Azure did not send, `encoded` a body that is a string which holds JSON. `{sub}`, `{group1}`
and `{net1}` stand for the ids of the subscription, of a group, and of Microsoft.Network in it. Headers that the
recording tool strips are not in the tables.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.armsim import ManualClock, Simulator
from tests.armsim.settings import Settings
from tests.armsim.wire import NO_BODY, Request, Response
from tests.armsim.world import DEFAULTS, default_world
from tests.shapes import GUID, KINDS, differences

FOLDER = Path(__file__).parent / 'recorded'
OWNER = {'client_id': DEFAULTS.app_id, 'client_secret': DEFAULTS.secret}
STRANGER = {'client_id': '99999999-0000-4000-8000-0000000000ff', 'client_secret': 'stranger'}
NETWORK_URL = '{sub}/providers/Microsoft.Network/locations/{place}/'
URLS = {
    'operations': NETWORK_URL + 'operations/{guid}',
    'operationResults': NETWORK_URL + 'operationResults/{guid}',
    'operationresults': r'{sub}/operationresults/[\w-]+',
    'operationStatuses': r'{sub}/.+/providers/Microsoft.Resources/deployments/.+/operationStatuses/\d+',
}
PATIENCE = 200  # polls
POLLING_INTERVAL = 30  # seconds, where no Retry-After says otherwise; az does so too
ARRANGED_WITH = '2024-05-01'
# The year of the first recording that has a member; the local Azure prints it for older api-versions as well.
NEWER = {
    f'.properties.{name}': year
    for year, names in {
        2017: ['enableBgp'],
        2022: [
            'packetCaptureDiagnosticState',
            'enablePrivateIpAddress',
            'isMigrateToCSES',
            'ipConfigurations.type',
            'natRules',
            'virtualNetworkGatewayPolicyGroups',
            'enableBgpRouteTranslationForNat',
            'disableIPSecReplayProtection',
            'vpnClientConfiguration.vpnAuthenticationTypes',
            'vpnClientConfiguration.vngClientConnectionConfigurations',
            'vpnClientConfiguration.radiusServers',
            'vpnClientConfiguration.vpnClientIpsecPolicies',
            'bgpSettings.bgpPeeringAddresses',
            'vpnGatewayGeneration',
            'connectionProtocol',
            'useLocalAzureIpAddress',
            'usePolicyBasedTrafficSelectors',
            'ipsecPolicies',
            'trafficSelectorPolicies',
            'expressRouteGatewayBypass',
            'dpdTimeoutSeconds',
            'connectionMode',
            'gatewayCustomBgpIpAddresses',
        ],
    }.items()
    for name in names
}


def scenarios() -> dict[str, dict]:
    """Every recorded scenario by its name."""
    return {path.stem: yaml.safe_load(path.read_text(encoding='utf-8')) for path in sorted(FOLDER.glob('*.yaml'))}


@dataclass
class Player:
    """One scenario against one local Azure on a clock that stands still between requests."""

    scenario: Mapping[str, Any]
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = dict(self.scenario.get('settings', {}))
        self.clock = ManualClock()
        self.simulator = Simulator(Settings(**settings), self.clock)
        self.simulator.reset(self._state())
        self.places = {'sub': f'/subscriptions/{DEFAULTS.subscription_1}'}
        for name, location in self.scenario['groups'].items():
            location, subscription = location if isinstance(location, list) else (location, 'subscription_1')
            group = f'/subscriptions/{getattr(DEFAULTS, subscription)}/resourceGroups/{name}'
            self.places[name] = group
            self.places[name.replace('group', 'net')] = f'{group}/providers/Microsoft.Network'
            if location:
                self._create(group, {'location': location}, '2022-09-01')
        for entry in self.scenario.get('given', ()):
            self._arrange(self.placed(entry))

    def _state(self) -> dict:
        world = default_world()
        world.principals.append(
            {
                'kind': 'app',
                'name': STRANGER['client_id'],
                'appId': STRANGER['client_id'],
                'secret': STRANGER['client_secret'],
                'failures': {},
                'objects': {DEFAULTS.tenant_a: '99999999-0000-4000-8000-0000000000fe'},
            }
        )
        for subscription in self.scenario.get('unregistered', ()):
            world.subscriptions[getattr(DEFAULTS, subscription)]['registered'] = []
        return world.to_json()

    def placed(self, value: Any) -> Any:
        """`value` with the places' ids for `{net1}` and its like."""
        if isinstance(value, dict):
            return {self.placed(key): self.placed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.placed(inner) for inner in value]
        if isinstance(value, str):
            for name, text in self.places.items():
                value = value.replace('{' + name + '}', text)
        return value

    def send(self, method: str, url: str, body: Any = None, login: Mapping[str, str] = OWNER) -> Response:
        """One request with a fresh token of the tenant that the subscription belongs to."""
        tenant = DEFAULTS.tenant_b if DEFAULTS.subscription_b in url else DEFAULTS.tenant_a
        token = self.simulator.answer(
            Request(
                'POST',
                f'/{tenant}/oauth2/v2.0/token',
                body={'grant_type': 'client_credentials', 'scope': 'https://localhost//.default', **login},
            )
        )
        assert token.status == 200, token
        target = re.sub('^https?://[^/]+', '', url)
        path, _, query = target.partition('?')
        return self.simulator.answer(
            Request(
                method,
                path,
                dict(part.partition('=')[::2] for part in query.split('&')),
                {'authorization': f'Bearer {token.body["access_token"]}', 'host': 'localhost'},
                body,
                target,
            )
        )

    def _create(self, resource_id: str, body: Any, version: str = ARRANGED_WITH) -> None:
        answer = self.send('PUT', f'{resource_id}?api-version={version}', body)
        assert answer.status in (200, 201), (resource_id, answer)
        final = self._follow(headers_of(answer)) if 'azure-asyncoperation' in headers_of(answer) else answer
        assert final is answer or final.body['status'] == 'Succeeded', (resource_id, final)

    def _arrange(self, entry: Mapping[str, Any]) -> None:
        net = self.places[f'net{entry.get("group", 1)}']
        common = {key: entry[key] for key in ('location', 'tags') if key in entry}
        if 'shared-key' in entry:
            answer = self.send(
                'PUT', f'{entry["shared-key"]}/sharedkey?api-version={ARRANGED_WITH}', {'value': entry['value']}
            )
            assert answer.status == 200, answer
        elif 'unanswered' in entry:
            answer = self.send('PUT', f'{entry["unanswered"]}?api-version=2022-01-01', entry['body'])
            assert answer.status == 201, answer
        elif 'lock' in entry:
            self._create(
                f'{entry["lock"]}/providers/Microsoft.Authorization/locks/lock1',
                {'properties': {'level': 'CanNotDelete'}},
                '2016-09-01',
            )
        elif 'prefixes' in entry:
            subnets = dict(entry.get('subnets', {}))
            if 'gateway-subnet' in entry:
                subnets['GatewaySubnet'] = entry['gateway-subnet']
            self._create(
                f'{net}/virtualNetworks/{entry["vnet"]}',
                {
                    **common,
                    'properties': {
                        'addressSpace': {'addressPrefixes': entry['prefixes']},
                        'subnets': [
                            {'name': name, 'properties': {'addressPrefix': prefix}} for name, prefix in subnets.items()
                        ],
                    },
                },
            )
        elif 'public-ip' in entry:
            self._create(
                f'{net}/publicIPAddresses/{entry["public-ip"]}',
                {**common, 'sku': {'name': 'Standard'}, 'properties': {'publicIPAllocationMethod': 'Static'}},
            )
        elif 'gateway' in entry:
            subnet = {'id': f'{net}/virtualNetworks/{entry["vnet"]}/subnets/GatewaySubnet'}
            configurations = [
                {
                    'name': entry.get('configuration', f'vnetGatewayConfig{index}'),
                    'properties': {
                        'privateIPAllocationMethod': 'Dynamic',
                        'subnet': subnet,
                        'publicIPAddress': {'id': f'{net}/publicIPAddresses/{name}'},
                    },
                }
                for index, name in enumerate(entry['public-ips'])
            ]
            self._create(
                f'{net}/virtualNetworkGateways/{entry["gateway"]}',
                {
                    **common,
                    'properties': {
                        'gatewayType': 'Vpn',
                        'vpnType': 'RouteBased',
                        'sku': {'name': entry['sku'], 'tier': entry['sku']},
                        'ipConfigurations': configurations,
                        **entry['properties'],
                    },
                },
            )
        else:
            first, second = entry['gateways']
            self._create(
                f'{net}/connections/{entry["connection"]}',
                {
                    **common,
                    'properties': {
                        'virtualNetworkGateway1': {'id': first},
                        'virtualNetworkGateway2': {'id': second},
                        **entry['properties'],
                    },
                },
            )

    def _follow(self, headers: Mapping[str, str], once: bool = False) -> Response:
        """Poll the operation that a first answer named, as told by Retry-After, until it ends, or `once`."""
        wait = headers.get('retry-after')
        for _ in range(PATIENCE):
            self.clock.advance(float(wait or POLLING_INTERVAL))
            answer = self.send('GET', headers['azure-asyncoperation'])
            wait = headers_of(answer).get('retry-after')
            if once or answer.body['status'] not in ('InProgress', 'Running'):
                return answer
        raise AssertionError(f'still {answer.body} after {PATIENCE} polls')

    def perform(self, pair: Mapping[str, Any]) -> Response:
        """Send one pair's request; its answer is also kept in `answers`."""
        self.clock.advance(pair.get('after', 0))
        request = self.placed(pair['request'])
        if 'follow' not in request:
            query = '&'.join(filter(None, (request.get('query'), f'api-version={request["api-version"]}')))
            answer = self.send(
                request['method'],
                f'{request["path"]}?{query}',
                request.get('body'),
                STRANGER if pair.get('as') == 'stranger' else OWNER,
            )
        else:
            answer = self._poll(request, pair)
        self.answers.append(answer)
        return answer

    def _poll(self, request: Mapping[str, Any], pair: Mapping[str, Any]) -> Response:
        named = (
            self.answers[request['of']]
            if 'of' in request
            else next(answer for answer in reversed(self.answers) if request['follow'] in headers_of(answer))
        )
        headers = headers_of(named)
        if request['follow'] == 'location':
            return self.send('GET', headers['location'])
        last = headers_of(self.answers[-1])
        unfinished = pair['answer']['status'] in ('=InProgress', '=Running')
        waited = {
            'azure-asyncoperation': headers['azure-asyncoperation'],
            'retry-after': last.get('retry-after', headers.get('retry-after')),
        }
        return self._follow(waited, once=unfinished or bool(self.scenario.get('every-poll')))

    def compare(self, pair: Mapping[str, Any], answer: Response) -> list[str]:
        """How an answer differs from the recorded one."""
        found = [] if answer.status == pair['status'] else [f'status: expected {pair["status"]}, got {answer.status}']
        headers = headers_of(answer)
        for name, expected in pair.get('headers', {}).items():
            if not self._header_fits(headers, name, str(expected)):
                found.append(f'header {name}: expected {expected}, got {headers.get(name)}')
        found += [
            f'header {name}: not recorded (= {headers[name]})' for name in pair.get('without', ()) if name in headers
        ]
        shape = pair['answer']
        if shape == 'nothing':
            return found + ([] if answer.body is NO_BODY else [f'body: expected none, got {answer.body!r}'])
        if answer.body is NO_BODY:
            return found + ['body: none']
        if pair.get('encoded') and not isinstance(answer.body, str):
            return found + [f'body: expected a string, got {answer.body!r}']
        body = json.loads(answer.body) if pair.get('encoded') else answer.body
        observed = without_newer(body, self.scenario['year'])
        if pair.get('part'):
            observed = {'properties': dict(list(observed['properties'].items())[-len(shape['properties']) :])}
        return found + list(differences(observed, self.placed(shape), 'body'))

    def _header_fits(self, headers: Mapping[str, str], name: str, expected: str) -> bool:
        observed = headers.get(name)
        if observed is None:
            return False
        kind, _, place = expected.partition(' ')
        if kind in URLS:
            pattern = URLS[kind].format(sub=self.places['sub'], place=place, guid=GUID)
            return re.fullmatch(r'https://[^/]+' + pattern + r'\?api-version=.+', observed) is not None
        if expected == 'operation':
            return f'/operations/{observed}?' in headers.get('azure-asyncoperation', '')
        return re.fullmatch(KINDS.get(expected) or re.escape(expected), observed) is not None


def without_newer(value: Any, year: int, path: str = '') -> Any:
    """`value` without the members that Azure did not print in `year` yet, NEWER says which."""
    if isinstance(value, list):
        return [without_newer(inner, year, path) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without_newer(inner, year, f'{path}.{name}')
        for name, inner in value.items()
        if NEWER.get(f'{path}.{name}', 0) <= year
    }


def headers_of(answer: Response) -> dict[str, str]:
    """The headers of an answer by their lower-case names."""
    return {name.lower(): value for name, value in answer.headers.items()}
