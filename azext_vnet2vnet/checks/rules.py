"""Every rule of the product, once: its code, how well it is known, from where, and what class of error it is.

Sources in brackets are listed in docs/sources.md.
"""

from azext_vnet2vnet.network.diagnostic import Kind, Rule, Severity, Strength

RECORDED, DOCUMENTED, REPORTED, DECIDED = Strength.RECORDED, Strength.DOCUMENTED, Strength.REPORTED, Strength.DECIDED
ARGUMENT, MISSING, STATE, NOT_FOUND, LOGIN = (
    Kind.ARGUMENT,
    Kind.MISSING_ARGUMENT,
    Kind.STATE,
    Kind.NOT_FOUND,
    Kind.LOGIN,
)
WARNING = Severity.WARNING

# arm/template
DEPLOYMENT_TOO_LARGE = Rule('deployment-too-large', DECIDED, '')

# checks/change
GATEWAYS_UNKNOWN = Rule('gateways-unknown', DECIDED, '', NOT_FOUND)
GATEWAY_UNREADABLE = Rule('gateway-unreadable', DECIDED, '', LOGIN)
ASN_EQUAL = Rule('asn-equal', DECIDED, '')
KEY_UNREADABLE = Rule('key-unreadable', DECIDED, '', LOGIN)
CONNECTION_GONE = Rule('connection-gone', DECIDED, '', NOT_FOUND, WARNING)
GATEWAY_IN_USE = Rule('gateway-in-use', DECIDED, '')
GATEWAY_SERVES_POINTS = Rule('gateway-serves-points', DECIDED, '')
PEERINGS_UNKNOWN = Rule('peerings-unknown', DECIDED, '', LOGIN, WARNING)
GATEWAY_TRANSIT = Rule('gateway-transit', DECIDED, '')

# checks/connection_health
FAR_END_UNREADABLE = Rule('far-end-unreadable', DECIDED, '', STATE, WARNING)
KEY_MISMATCH = Rule('key-mismatch', DECIDED, '')
POLICY_DIFFERS = Rule('policy-differs', DECIDED, '')
PROTOCOL_DIFFERS = Rule('protocol-differs', DECIDED, '')
BGP_ONE_SIDED = Rule('bgp-one-sided', DECIDED, '')
SELECTORS_DIFFER = Rule('selectors-differ', DECIDED, '')
MODE_DEADLOCK = Rule('mode-deadlock', DECIDED, '')
DPD_DIFFERS = Rule('dpd-differs', DECIDED, '', STATE, WARNING)
NOT_CONNECTED = Rule('not-connected', DECIDED, '')
BYTES_ONE_WAY = Rule('bytes-one-way', DECIDED, '')
CONNECTION_FAILED = Rule('connection-failed', DECIDED, '')
GATEWAY_REPLACED = Rule('gateway-replaced', DECIDED, '')
CONNECTION_UPDATING = Rule('connection-updating', DECIDED, '')
TUNNELS_MISSING = Rule('tunnels-missing', DECIDED, '', STATE, WARNING)
HALF_MISSING = Rule('half-missing', DECIDED, '')

# checks/gateway
SKU_UNKNOWN = Rule('sku-unknown', DECIDED, '', ARGUMENT)
SKU_RETIRED = Rule('sku-retired', DECIDED, '', ARGUMENT)
GENERATION_MISMATCH = Rule('generation-mismatch', DECIDED, '', ARGUMENT)
SKU_UNUSED = Rule('sku-unused', DECIDED, '', STATE, WARNING)
GENERATION_DIFFERS = Rule('generation-differs', DECIDED, '', ARGUMENT)
GATEWAY_POLICY_BASED = Rule('gateway-policy-based', DECIDED, '')
ACTIVE_ACTIVE_STAYS = Rule('active-active-stays', DECIDED, '')
GATEWAY_DELETING = Rule('gateway-deleting', DECIDED, '')
GATEWAY_FAILED = Rule('gateway-failed', DECIDED, '')
ASN_RANGE = Rule('asn-range', DECIDED, '', ARGUMENT)
PUBLIC_IP_COUNT = Rule('public-ip-count', DECIDED, '', ARGUMENT)
PUBLIC_IPS_UNUSED = Rule('public-ips-unused', DECIDED, '', STATE, WARNING)
PUBLIC_IP_TWICE = Rule('public-ip-twice', DECIDED, '', ARGUMENT)
ZONES_UNKNOWN = Rule('zones-unknown', DECIDED, '', STATE, WARNING)
GATEWAY_DIFFERS = Rule('gateway-differs', DECIDED, '', ARGUMENT)
BASIC_CANNOT = Rule('basic-cannot', DECIDED, '', ARGUMENT)
ASN_RESERVED = Rule('asn-reserved', DECIDED, '', ARGUMENT)
PUBLIC_IP_FAILED = Rule('public-ip-failed', DECIDED, '')
PUBLIC_IP_UNSUITABLE = Rule('public-ip-unsuitable', DECIDED, '')
GATEWAY_ELSEWHERE = Rule('gateway-elsewhere', DECIDED, '')

# checks/gateway_health
BGP_PEER_DOWN = Rule('bgp-peer-down', DECIDED, '')
BGP_GATEWAY_OFF = Rule('bgp-gateway-off', DECIDED, '')
GATEWAY_SUBNET_NSG = Rule('gateway-subnet-nsg', DECIDED, '')
GATEWAY_SUBNET_DEFAULT_ROUTE = Rule('gateway-subnet-default-route', DECIDED, '')
GATEWAY_SUBNET_PROPAGATION_OFF = Rule('gateway-subnet-propagation-off', DECIDED, '')
GATEWAY_SUBNET_ROUTE_TABLE = Rule('gateway-subnet-route-table', DECIDED, '', STATE, WARNING)
VNET_UNREADABLE = Rule('vnet-unreadable', DECIDED, '', STATE, WARNING)
REPORT_MISSING = Rule('report-missing', DECIDED, '', STATE, WARNING)
RANGES_OVERLAP = Rule('ranges-overlap', DECIDED, '', ARGUMENT)
NOT_TRANSITIVE = Rule('not-transitive', DECIDED, '', STATE, WARNING)
GATEWAY_UPDATING = Rule('gateway-updating', DECIDED, '')
VNETS_PEERED = Rule('vnets-peered', DECIDED, '', STATE, WARNING)

# checks/pair
CONNECTION_NAME_DIFFERS = Rule('connection-name-differs', DECIDED, '', ARGUMENT)
CONNECTION_NAME_TAKEN = Rule('connection-name-taken', DECIDED, '')
TUNNEL_LIMIT = Rule('tunnel-limit', DECIDED, '')
POLICY_ON_BASIC = Rule('policy-on-basic', DECIDED, '', ARGUMENT)
SELECTORS_NEED_POLICY = Rule('selectors-need-policy', DECIDED, '', ARGUMENT)
NAME_TWICE = Rule('name-twice', DECIDED, '', ARGUMENT)
SELECTOR_OUTSIDE = Rule('selector-outside', DECIDED, '', STATE, WARNING)

# checks/quota
PUBLIC_IP_QUOTA = Rule('public-ip-quota', DECIDED, '')

# checks/rights
RIGHTS_UNKNOWN = Rule('rights-unknown', DECIDED, '', LOGIN, WARNING)
RIGHT_MISSING = Rule('right-missing', DECIDED, '', LOGIN)
LOCKS_UNKNOWN = Rule('locks-unknown', DECIDED, '', LOGIN, WARNING)
LOCKED = Rule('locked', DECIDED, '')
PROVIDER_UNREGISTERED = Rule('provider-unregistered', DECIDED, '')

# checks/topology
VNET_UNJOINED = Rule('vnet-unjoined', DECIDED, '', STATE, WARNING)
ASN_REPEATED = Rule('asn-repeated', DECIDED, '', STATE, WARNING)

# checks/vnet
PREFIX_OUTSIDE = Rule('prefix-outside', DECIDED, '', ARGUMENT)
LOCATION_UNKNOWN = Rule('location-unknown', DECIDED, '', MISSING)
VNET_FAILED = Rule('vnet-failed', DECIDED, '')
LOCATION_DIFFERS = Rule('location-differs', DECIDED, '', ARGUMENT)
SUBNET_TWICE = Rule('subnet-twice', DECIDED, '', ARGUMENT)
SUBNET_RESERVED = Rule('subnet-reserved', DECIDED, '', ARGUMENT)
GATEWAY_SUBNET_DELEGATED = Rule('gateway-subnet-delegated', DECIDED, '')
GATEWAY_SUBNET_IPV6 = Rule('gateway-subnet-ipv6', DECIDED, '', ARGUMENT)
VNET_MISSING = Rule('vnet-missing', DECIDED, '', NOT_FOUND)
VNET_DIFFERS = Rule('vnet-differs', DECIDED, '', ARGUMENT)
PREFIXES_OVERLAP = Rule('prefixes-overlap', DECIDED, '', ARGUMENT)
SUBNETS_OVERLAP = Rule('subnets-overlap', DECIDED, '', ARGUMENT)
GATEWAY_SUBNET_DIFFERS = Rule('gateway-subnet-differs', DECIDED, '', ARGUMENT)
GATEWAY_SUBNET_SMALL = Rule('gateway-subnet-small', DECIDED, '')
REMOTE_GATEWAY_USED = Rule('remote-gateway-used', DECIDED, '')
GATEWAY_SUBNET_NO_ROOM = Rule('gateway-subnet-no-room', DECIDED, '', ARGUMENT)
GATEWAY_SUBNET_TIGHT = Rule('gateway-subnet-tight', DECIDED, '', STATE, WARNING)

# network/subscriptions
LOGIN_SINGLE_TENANT = Rule('login-single-tenant', DECIDED, '', LOGIN)
FAR_LOGIN = Rule('far-login', DECIDED, '', LOGIN, WARNING)
SUBSCRIPTION_AMBIGUOUS = Rule('subscription-ambiguous', DECIDED, '', ARGUMENT)
OTHER_CLOUD = Rule('other-cloud', DECIDED, '', ARGUMENT)
SUBSCRIPTION_UNKNOWN = Rule('subscription-unknown', DECIDED, '', LOGIN)

# options/create_options
ONLY_END_OPTIONS = Rule('only-end-options', DECIDED, '', ARGUMENT)
SAME_VNET = Rule('same-vnet', DECIDED, '', ARGUMENT)
ONLY_END_KEY = Rule('only-end-key', DECIDED, '', MISSING)
KEY_FILE_UNREADABLE = Rule('key-file-unreadable', DECIDED, '', ARGUMENT)
KEY_REFUSED = Rule('key-refused', DECIDED, '', ARGUMENT)

# options/end_options
ONLY_END_GATEWAY = Rule('only-end-gateway', DECIDED, '', MISSING)
GROUP_NOT_NAMED = Rule('group-not-named', DECIDED, '', MISSING)
MALFORMED_ID = Rule('malformed-id', DECIDED, '', ARGUMENT)
GROUP_CONTRADICTION = Rule('group-contradiction', DECIDED, '', ARGUMENT)
SUBSCRIPTION_CONTRADICTION = Rule('subscription-contradiction', DECIDED, '', ARGUMENT)
MALFORMED_SUBNET = Rule('malformed-subnet', DECIDED, '', ARGUMENT)
MALFORMED_PREFIX = Rule('malformed-prefix', DECIDED, '', ARGUMENT)

# options/resource_names
EMPTY_OPTION = Rule('empty-option', DECIDED, '', ARGUMENT)
MALFORMED_NAME = Rule('malformed-name', DECIDED, '', ARGUMENT)

# options/topology_options
VNET_TWICE = Rule('vnet-twice', DECIDED, '', ARGUMENT)
SETTINGS_CONTRADICT = Rule('settings-contradict', DECIDED, '', ARGUMENT)

# options/tunnel_options
SET_AND_CLEARED = Rule('set-and-cleared', DECIDED, '', ARGUMENT)
DPD_TIMEOUT_RANGE = Rule('dpd-timeout-range', DECIDED, '', ARGUMENT)
IPSEC_POLICY_INCOMPLETE = Rule('ipsec-policy-incomplete', DECIDED, '', MISSING)
IPSEC_POLICY_RANGE = Rule('ipsec-policy-range', DECIDED, '', ARGUMENT)
IPSEC_POLICY_GCM = Rule('ipsec-policy-gcm', DECIDED, '', ARGUMENT)
MALFORMED_SELECTOR = Rule('malformed-selector', DECIDED, '', ARGUMENT)

# readers/pair
CONNECTION_MISSING = Rule('connection-missing', DECIDED, '', NOT_FOUND)
NOT_VNET2VNET = Rule('not-vnet2vnet', DECIDED, '')

# workflows/export
GATEWAY_MISSING = Rule('gateway-missing', DECIDED, '')

# workflows/no_wait
NO_WAIT_CHANGES = Rule('no-wait-changes', DECIDED, '')
TEMPLATE_EMPTY = Rule('template-empty', DECIDED, '')
TEMPLATE_TENANTS = Rule('template-tenants', DECIDED, '')

# workflows/preview
PLAN_CHANGED = Rule('plan-changed', DECIDED, '')

# topology_file/errors
FILE_YAML = Rule('file-yaml', DECIDED, '', ARGUMENT)
FILE_SCHEMA = Rule('file-schema', DECIDED, '', ARGUMENT)
FILE_KEY_LITERAL = Rule('file-key-literal', DECIDED, '', ARGUMENT)
FILE_VNET_TWICE = Rule('file-vnet-twice', DECIDED, '', ARGUMENT)
FILE_VNET_UNKNOWN = Rule('file-vnet-unknown', DECIDED, '', ARGUMENT)

RULES = {rule.code: rule for rule in list(vars().values()) if isinstance(rule, Rule)}
