"""What can be chosen about the simulated Azure: its speed, its durations, and behaviours that are not certain."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

ALL_ZONES = ('1', '2', '3')

# Azure seconds. The medians are of recorded operations, 2020 to 2026; a figure from a single recording says so.
DURATIONS = {
    'gateway-create-Basic': 240,
    'gateway-create-Standard': 2094,
    'gateway-create-HighPerformance': 1386,
    'gateway-create-VpnGw1': 1140,
    'gateway-create-VpnGw2': 1086,
    'gateway-create': 1580,  # AZ: one recording, 2026
    'gateway-update': 150,
    'gateway-delete': 487,
    'gateway-reset': 863,  # delete: one recording, 2023
    'connection-create': 60,
    'connection-update': 42,
    'connection-delete': 142,
    'connection-reset': 20,  # Decision: no recording exists.
    'sharedkey-set': 22,
    'sharedkey-reset': 21,
    'vnet-put': 3,
    'subnet-put': 3,
    'peering-put': 3,
    'attachable-put': 3,
    'public-ip-put': 3,
    'vnet-delete': 10,
    'subnet-delete': 10,
    'peering-delete': 10,
    'attachable-delete': 10,
    'public-ip-delete': 10,
    'query': 10,  # getBgpPeerStatus and its kin
    'group-delete': 78,
    'gateway-put-answer': 6,
    'connection-put-answer': 1,
}


@dataclass(frozen=True)
class Settings:
    """The choices of one simulated Azure; all times are Azure seconds unless said otherwise.

    `durations` needs only the entries that differ from DURATIONS. The fields from `far_gateway_locked` on are
    behaviours of which both forms are known or possible; the default is the recorded or the documented one.
    """

    speed: float = 1.0
    seed: int = 0
    durations: Mapping[str, float] = field(default_factory=dict)
    location_zones: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            'eastus': ALL_ZONES,
            'eastus2': ALL_ZONES,
            'westus': (),
            'westus2': ALL_ZONES,
            'centralus': ALL_ZONES,
            'westeurope': ALL_ZONES,
            'northeurope': ALL_ZONES,
            'japaneast': ALL_ZONES,
            'southeastasia': ALL_ZONES,
        }
    )
    # Client seconds, not Azure seconds: the token cache of az lives by the real clock. Azure's: 60 to 90 minutes.
    token_lifetime: float = 4500.0
    latency: float = 0.0  # client seconds too: what the way to Azure and back adds to every answer
    device_code_approved: bool = True  # False: somebody has to approve at /devicelogin
    newest_network_version: str = '2026-01-01'  # Decision: the published 2026-03-01 is ahead of the regions.
    signed_urls: bool = True
    poll_url_version: str = ''  # e.g. 2025-07-01: what poll URLs say whatever the request said (recorded 2026)
    throttling: bool = False
    basic_public_ip_quota: int = 0
    public_ip_quota: int = 1000  # per subscription and region
    retired_skus_allowed: bool = False
    key_in_connection_bodies: bool | None = None  # None: present for api-versions before 2024-10-01 (documented)
    # Decision: status lags (recorded), by how much is not known.
    status_unknown_for: float = 30.0
    status_connected_after: float = 75.0
    tunnel_up_after: float = 10.0
    settle_lag: float = 0.0  # a gateway may still say Updating after its operation ended (recorded 2023)
    far_gateway_locked: bool = False
    colliding_connections_answer_429: bool = False  # else 409 (reported)
    far_gateway_lists_connections: bool = False
    operation_404_on_unchanged_put: bool = False
    encrypted_key_while_updating: bool = False
    connection_put_sets_key: bool = False  # also of a connection that exists; reported 2021 to 2026: not
    shared_key_reads_as_empty_array: bool = False  # where the right is missing; else 403
    released_after_gateway_delete: float = 0.0
    released_after_connection_delete: float = 0.0  # Decision: as with a gateway; the refusal's code is from the field
    connection_reset_location_only: bool = False  # specification; whether it has both URLs was never recorded
    provider_not_found_for: float = 5.0  # how long after a delete the network provider itself answers 404
    foreign_nics_in_gateway_subnet: bool = False  # recorded 2026
    deployments_retry_conflicts: bool = True  # 409 AnotherOperationInProgress; reported 2017 to 2024: they fail with it
    deployment_errors_unwrapped: bool = False  # reported from 2023 on; else JSON in strings (recorded 2020, 2021)
    deployment_history: int = 800  # of each group and each subscription (documented)
    resource_graph_refused: bool = False
    resource_graph_page: int = 1000  # the most rows of one answer (documented)
    resources_page: int = 1000  # of the lists of all resources

    def duration(self, kind: str, variant: str = '') -> float:
        """How long an operation takes; `variant` is a SKU, tried before the plain kind."""
        for key in (f'{kind}-{variant}', kind) if variant else (kind,):
            for table in (self.durations, DURATIONS):
                if key in table:
                    return float(table[key])
        raise KeyError(f'no duration is known for {kind!r}')

    def with_overrides(self, pairs: Iterable[str]) -> 'Settings':
        """These settings with `key=value` strings laid over them; values are JSON, or else plain text.

        `duration.KIND=SECONDS` sets one duration. Raises ValueError for an unknown key or kind.
        """
        known = {item.name for item in fields(self)}
        changes: dict = {}
        durations = dict(self.durations)
        for pair in pairs:
            key, separator, text = pair.partition('=')
            try:
                value = json.loads(text)
            except json.JSONDecodeError:
                value = text
            if key.startswith('duration.') and separator:
                kind = key.removeprefix('duration.')
                if kind not in DURATIONS and not kind.startswith('gateway-create-'):
                    raise ValueError(f'unknown duration {kind!r}; there are {", ".join(sorted(DURATIONS))}')
                durations[kind] = value
            elif key in known and separator:
                changes[key] = value
            else:
                raise ValueError(f'unknown setting {pair!r}; expected KEY=VALUE, KEY one of {", ".join(sorted(known))}')
        return replace(self, **changes, **({} if 'durations' in changes else {'durations': durations}))
