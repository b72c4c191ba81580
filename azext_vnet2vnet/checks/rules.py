"""Every rule of the product, once: its code, how well it is known, from where, and what class of error it is.

A source names a page of Microsoft's documentation with its date, recorded traffic or a report with its year, or says
that the rule is our own; what was measured on az itself counts as recorded, published schemas and source code count as
documented. Where sources contradict each other the source begins with `contradicted`, and the strength is `reported` if
somebody reports what Azure does, `decided` if only documents disagree. The tables of codes in docs/preflight.md,
docs/verify.md and docs/topology.md repeat severity, strength and source of every rule.
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

# The command line
SAME_VNET = Rule('same-vnet', DECIDED, 'our own option: a pair joins two different VNets', ARGUMENT)
EMPTY_OPTION = Rule(
    'empty-option', DECIDED, 'our own option: an empty value often comes from an unset variable', ARGUMENT
)
MALFORMED_NAME = Rule('malformed-name', DOCUMENTED, 'Azure naming rules (2020-02): length and characters', ARGUMENT)
MALFORMED_ID = Rule('malformed-id', DECIDED, 'our own option: a name, or the full ID of a VNet', ARGUMENT)
MALFORMED_PREFIX = Rule('malformed-prefix', RECORDED, 'recorded 2023: 400 InvalidAddressPrefixFormat', ARGUMENT)
MALFORMED_SUBNET = Rule('malformed-subnet', DECIDED, 'our own option: NAME=PREFIX', ARGUMENT)
MALFORMED_SELECTOR = Rule('malformed-selector', DECIDED, 'our own option: local=PREFIX remote=PREFIX', ARGUMENT)
GROUP_NOT_NAMED = Rule('group-not-named', DECIDED, 'our own option: the name of a VNet needs its group', MISSING)
GROUP_CONTRADICTION = Rule(
    'group-contradiction', DECIDED, 'our own option: the ID of a VNet names its group already', ARGUMENT
)
SUBSCRIPTION_CONTRADICTION = Rule(
    'subscription-contradiction', DECIDED, 'our own option: the ID of a VNet names its subscription already', ARGUMENT
)
NAME_TWICE = Rule(
    'name-twice', DOCUMENTED, 'Azure naming rules (2020-02): a name is unique in its resource group', ARGUMENT
)
KEY_REFUSED = Rule(
    'key-refused',
    DOCUMENTED,
    'VPN Gateway FAQ (2026-06): printable ASCII but space and tilde; schema 2025-07-01: 1 to 128 characters',
    ARGUMENT,
)
KEY_HYPHEN = Rule(
    'key-hyphen',
    REPORTED,
    'contradicted: the VPN Gateway FAQ (2026-06) forbids hyphens, live acceptance tests use them (2025)',
    STATE,
    WARNING,
)
KEY_FILE_UNREADABLE = Rule(
    'key-file-unreadable', DECIDED, 'our own option: az would take the name of the file as the key', ARGUMENT
)
KEY_IS_PATH = Rule(
    'key-is-path', DECIDED, 'our own option: a forgotten @ would make the name of the file the key', ARGUMENT
)
SET_AND_CLEARED = Rule('set-and-cleared', DECIDED, 'our own options: one sets what the other clears', ARGUMENT)
ONLY_END_KEY = Rule('only-end-key', DECIDED, 'our own option: both administrators need one key', MISSING)
ONLY_END_GATEWAY = Rule('only-end-gateway', DECIDED, 'our own option: the far gateway is known by its ID only', MISSING)
FAR_GATEWAY_MISSING = Rule(
    'far-gateway-missing', REPORTED, 'reported live: 400 InvalidResourceReference of the connection', NOT_FOUND
)
FAR_GATEWAY_VNET = Rule(
    'far-gateway-vnet', DECIDED, 'our own option: the VNet of the far end is the one that its gateway is in', ARGUMENT
)
ONLY_END_OPTIONS = Rule('only-end-options', DECIDED, 'our own option: the far end is not written', ARGUMENT)

# The login
SUBSCRIPTION_UNKNOWN = Rule(
    'subscription-unknown', RECORDED, 'measured on azure-cli 2.91: az has no token for it', LOGIN
)
SUBSCRIPTION_AMBIGUOUS = Rule(
    'subscription-ambiguous', RECORDED, 'measured on azure-cli 2.91: a name may mean several subscriptions', ARGUMENT
)
OTHER_CLOUD = Rule(
    'other-cloud', DOCUMENTED, 'VPN Gateway FAQ (2026-06): VNet-to-VNet stays within one Azure cloud', ARGUMENT
)
LOGIN_SINGLE_TENANT = Rule(
    'login-single-tenant', DOCUMENTED, 'source code of azure-cli 2.91: no auxiliary tokens for these logins', LOGIN
)
LOGIN_TWO_ACCOUNTS = Rule(
    'login-two-accounts', DOCUMENTED, 'Entra error codes: AADSTS700016, 50020 and 90072 for a tenant', LOGIN
)
FAR_LOGIN = Rule('far-login', DECIDED, 'our own check: rights outside of the login cannot be read', LOGIN, WARNING)
RIGHT_MISSING = Rule(
    'right-missing',
    RECORDED,
    'recorded 2023: 403 AuthorizationFailed; the actions: VPN Gateway roles and permissions (2024-10, changed 2026-09)',
    LOGIN,
)
RIGHTS_UNKNOWN = Rule('rights-unknown', DECIDED, 'our own check: what is not read is not judged', LOGIN, WARNING)
LOCKED = Rule('locked', RECORDED, 'recorded 2023: 409 ScopeLocked; read-only locks: resource locks (2024-03)')
LOCKS_UNKNOWN = Rule('locks-unknown', DECIDED, 'our own check: what is not read is not judged', LOGIN, WARNING)
PROVIDER_UNREGISTERED = Rule(
    'provider-unregistered', RECORDED, 'recorded 2023: 409 MissingSubscriptionRegistration, for another provider'
)
PUBLIC_IP_QUOTA = Rule('public-ip-quota', DOCUMENTED, 'Azure Databricks FAQ: 400 PublicIPCountLimitReached')

# The VNets
VNET_MISSING = Rule('vnet-missing', RECORDED, 'recorded 2023: 404 ResourceNotFound', NOT_FOUND)
LOCATION_UNKNOWN = Rule(
    'location-unknown', RECORDED, 'recorded 2023: 400 LocationNotAvailableForResourceType, for another type', MISSING
)
LOCATION_DIFFERS = Rule('location-differs', DECIDED, 'our own option: what exists stays in its region', ARGUMENT)
VNET_DIFFERS = Rule('vnet-differs', DECIDED, 'our own option: a VNet that exists is not changed', ARGUMENT)
VNET_FAILED = Rule('vnet-failed', RECORDED, 'recorded 2023: 400 ParentResourceIsInFailedState, for another type')
VNET_UNREADABLE = Rule('vnet-unreadable', DECIDED, 'our own check: what is not read is not judged', STATE, WARNING)
VNETS_PEERED = Rule(
    'vnets-peered', DOCUMENTED, 'VNet traffic routing (2023-05): routes of a peering are preferred', STATE, WARNING
)
DNS_NOT_AZURE = Rule(
    'dns-not-azure',
    DOCUMENTED,
    'VPN Gateway FAQ (2026-06): custom DNS servers forward to 168.63.129.16, or the gateway cannot be managed',
    STATE,
    WARNING,
)
RANGES_OVERLAP = Rule(
    'ranges-overlap',
    DOCUMENTED,
    'VPN Gateway FAQ (2026-06): no overlapping ranges among VNets and sites; by BGP a wider one may be advertised',
    ARGUMENT,
)
PREFIXES_OVERLAP = Rule(
    'prefixes-overlap', DOCUMENTED, 'virtual networks (2018-02): ranges of an address space do not overlap', ARGUMENT
)
PREFIX_OUTSIDE = Rule('prefix-outside', RECORDED, 'recorded 2016 and 2017: 400 NetcfgInvalidSubnet', ARGUMENT)
SUBNETS_OVERLAP = Rule(
    'subnets-overlap',
    DOCUMENTED,
    'subnets (2022-06): ranges of subnets do not overlap; the error is reported',
    ARGUMENT,
)
SUBNET_TWICE = Rule('subnet-twice', DOCUMENTED, 'subnets (2022-06): a name is unique in its VNet', ARGUMENT)
SUBNET_RESERVED = Rule('subnet-reserved', DECIDED, 'our own option: GatewaySubnet has an option of its own', ARGUMENT)
GATEWAY_SUBNET_DIFFERS = Rule(
    'gateway-subnet-differs', DECIDED, 'our own option: a GatewaySubnet that exists is not changed', ARGUMENT
)
GATEWAY_SUBNET_NO_ROOM = Rule(
    'gateway-subnet-no-room',
    DOCUMENTED,
    'VPN Gateway FAQ (2026-06): a gateway needs a GatewaySubnet, at least /29',
    ARGUMENT,
)
GATEWAY_SUBNET_SMALL = Rule(
    'gateway-subnet-small',
    DOCUMENTED,
    'VPN Gateway FAQ (2026-06): at least /29; ExpressRoute coexistence (2018-06): at least /27',
)
GATEWAY_SUBNET_TIGHT = Rule(
    'gateway-subnet-tight', DOCUMENTED, 'VPN Gateway FAQ (2026-06): /27 or larger is recommended', STATE, WARNING
)
GATEWAY_SUBNET_IPV6 = Rule(
    'gateway-subnet-ipv6', DOCUMENTED, 'IPv6 for VPN Gateway (2025-05): dual stack only, and in preview', ARGUMENT
)
GATEWAY_SUBNET_DELEGATED = Rule(
    'gateway-subnet-delegated',
    DECIDED,
    'inferred: nothing but gateways in GatewaySubnet (VPN Gateway FAQ, 2026-06); that Azure refuses it was not seen',
    STATE,
    WARNING,
)
GATEWAY_SUBNET_NSG = Rule(
    'gateway-subnet-nsg', DOCUMENTED, 'VPN Gateway settings (2023-09): not supported, creation is blocked'
)
GATEWAY_SUBNET_DEFAULT_ROUTE = Rule(
    'gateway-subnet-default-route', DOCUMENTED, 'VPN Gateway settings (2023-09): not supported, creation is blocked'
)
GATEWAY_SUBNET_PROPAGATION_OFF = Rule(
    'gateway-subnet-propagation-off', DOCUMENTED, 'VPN Gateway settings (2023-09): the gateway does not function'
)
GATEWAY_SUBNET_ROUTE_TABLE = Rule(
    'gateway-subnet-route-table',
    DOCUMENTED,
    'VPN Gateway settings (2023-09): routes over the ranges of the gateway affect it',
    STATE,
    WARNING,
)
REMOTE_GATEWAY_USED = Rule(
    'remote-gateway-used', DOCUMENTED, 'VNet peering (2018-02): remote gateways exclude a gateway of its own'
)

# The gateways
SKU_UNKNOWN = Rule('sku-unknown', DOCUMENTED, 'schema 2025-07-01: the names of SKUs', ARGUMENT)
SKU_RETIRED = Rule(
    'sku-retired',
    DOCUMENTED,
    'VPN Gateway SKU consolidation (2026-09): VpnGw1 to 5 since 2025-11; FAQ of legacy SKUs: since 2023-12',
    ARGUMENT,
)
SKU_UNUSED = Rule('sku-unused', DECIDED, 'our own option: a gateway that exists keeps its SKU', STATE, WARNING)
GENERATION_MISMATCH = Rule(
    'generation-mismatch', DOCUMENTED, 'VPN Gateway SKUs (2025-06): the SKUs of each generation', ARGUMENT
)
GENERATION_DIFFERS = Rule(
    'generation-differs',
    DECIDED,
    'contradicted: fixed by VPN Gateway settings (2020-09), changed by Microsoft by SKU upgrade (2026-03)',
    STATE,
    WARNING,
)
BASIC_CANNOT = Rule(
    'basic-cannot', DOCUMENTED, 'VPN Gateway SKUs (2025-06): BGP and active-active on all SKUs but Basic', ARGUMENT
)
GATEWAY_DIFFERS = Rule(
    'gateway-differs', DOCUMENTED, 'VPN Gateway settings (2020-09): one VPN gateway in each VNet', ARGUMENT
)
GATEWAY_ELSEWHERE = Rule(
    'gateway-elsewhere', DOCUMENTED, 'Azure naming rules (2020-02): a name is unique in its resource group'
)
GATEWAY_POLICY_BASED = Rule(
    'gateway-policy-based', DOCUMENTED, 'VPN Gateway FAQ (2026-06): route-based at both ends, and the type stays'
)
GATEWAY_UNREADABLE = Rule('gateway-unreadable', DECIDED, 'our own check: what is not read is not judged', LOGIN)
GATEWAY_FAILED = Rule(
    'gateway-failed',
    DECIDED,
    'our own protection: nothing long and billed is begun beside it; reported 2017: 500 answers a write to it',
)
GATEWAY_DELETING = Rule('gateway-deleting', DECIDED, 'our own protection: nothing is joined to what is being deleted')
GATEWAY_HIGH_BANDWIDTH = Rule(
    'gateway-high-bandwidth',
    DOCUMENTED,
    'site-to-site high-bandwidth tunnels (2025-06): over ExpressRoute, no IPsec on public IPs',
)
GATEWAY_UPDATING = Rule('gateway-updating', RECORDED, 'recorded 2023: Updating while Azure works on it')
ACTIVE_ACTIVE_STAYS = Rule('active-active-stays', DECIDED, 'our own option: no address is taken from a gateway')
ASN_RANGE = Rule('asn-range', DOCUMENTED, 'VPN Gateway FAQ (2026-06): 16 and 32 bits', ARGUMENT)
ASN_RESERVED = Rule(
    'asn-reserved', DOCUMENTED, 'VPN Gateway FAQ (2026-06): the ASNs that Azure and IANA reserve', ARGUMENT
)
ASN_EQUAL = Rule('asn-equal', DOCUMENTED, 'BGP how-to (2017-04): ASNs of connected VNets are different')
SKU_BLOCKS_CHANGES = Rule(
    'sku-blocks-changes',
    REPORTED,
    'reported 2026-06: 400 InvalidGatewaySkuSpecifiedForGatewayDeploymentType for changes of VpnGw1 to 5',
    STATE,
    WARNING,
)
ACTIVE_ACTIVE_POINTS = Rule(
    'active-active-points',
    REPORTED,
    'reported 2021 to 2025: 400 ActiveActiveP2SGatewayMustHaveExactlyThreeIpConfigurations',
)
RADIUS_SECRET = Rule(
    'radius-secret', DOCUMENTED, 'REST API specifications, pull request 37026: GET does not return radiusServerSecret'
)
MEMBER_UNKNOWN = Rule(
    'member-unknown', DECIDED, 'our own protection: whether Azure keeps what a write omits was not seen'
)
PUBLIC_IP_COUNT = Rule(
    'public-ip-count', DOCUMENTED, 'active-active how-to (2021-07): two public IPs, otherwise one', ARGUMENT
)
PUBLIC_IP_TWICE = Rule('public-ip-twice', DECIDED, 'our own option: two addresses are two public IPs', ARGUMENT)
PUBLIC_IPS_UNUSED = Rule(
    'public-ips-unused', DECIDED, 'our own option: a gateway that exists keeps its public IPs', STATE, WARNING
)
PUBLIC_IP_UNSUITABLE = Rule(
    'public-ip-unsuitable',
    DOCUMENTED,
    'VPN Gateway FAQ (2026-06): Standard and static; zones: what live errors of VpnGw1 to 5 say (2026-07)',
)
PUBLIC_IP_UNPROVEN = Rule(
    'public-ip-unproven',
    DECIDED,
    'contradicted: for SKU Basic once Basic and dynamic, Standard in its how-to (2026-01)',
    STATE,
    WARNING,
)
PUBLIC_IP_FAILED = Rule(
    'public-ip-failed', DECIDED, 'our own check: that Azure refuses it was not seen', STATE, WARNING
)
ZONES_UNKNOWN = Rule(
    'zones-unknown', DECIDED, 'our own default: zones 1, 2 and 3 where the zones are not read', STATE, WARNING
)

# The connections
CONNECTION_NAME_DIFFERS = Rule(
    'connection-name-differs', DECIDED, 'our own option: a connection that exists keeps its name', ARGUMENT
)
CONNECTION_NAME_TAKEN = Rule(
    'connection-name-taken', DECIDED, 'our own protection: it joins other gateways; reported 2019: Azure refuses it'
)
TUNNEL_LIMIT = Rule(
    'tunnel-limit',
    DOCUMENTED,
    'VPN Gateway SKUs (2025-06): 100 tunnels, 10 for Basic; a warning above the 30 that another table says',
)
POLICY_ON_BASIC = Rule(
    'policy-on-basic', DOCUMENTED, 'VPN Gateway FAQ (2026-06): an IPsec policy on all SKUs but Basic', ARGUMENT
)
IPSEC_POLICY_INCOMPLETE = Rule(
    'ipsec-policy-incomplete', DOCUMENTED, 'VPN Gateway FAQ (2026-06): no partial policy; schema 2025-07-01', MISSING
)
IPSEC_POLICY_RANGE = Rule(
    'ipsec-policy-range',
    DOCUMENTED,
    'VPN Gateway FAQ (2026-06): at least 300 seconds and 1024 kilobytes; 0 kilobytes, no limit, is recorded',
    ARGUMENT,
)
IPSEC_POLICY_UNDOCUMENTED = Rule(
    'ipsec-policy-undocumented',
    DECIDED,
    'inferred: in the schema (2025-07-01), and not in the table of IKEv2 algorithms (2024-01)',
    STATE,
    WARNING,
)
IKE_POLICY_GCM = Rule(
    'ike-policy-gcm', DOCUMENTED, 'RFC 5282 (2008-08): GCM encrypts and authenticates at once', ARGUMENT
)
IPSEC_POLICY_GCM = Rule(
    'ipsec-policy-gcm', DOCUMENTED, 'VPN Gateway FAQ (2026-06): one GCMAES algorithm for both IPsec values', ARGUMENT
)
DPD_TIMEOUT_RANGE = Rule('dpd-timeout-range', DOCUMENTED, 'VPN Gateway FAQ (2026-06): 9 to 3600 seconds', ARGUMENT)
SELECTORS_NEED_POLICY = Rule(
    'selectors-need-policy',
    DECIDED,
    'contradicted: required by a how-to of 2020-09, used with the default policy by one of 2023-01',
    STATE,
    WARNING,
)
SELECTORS_UNUSED = Rule(
    'selectors-unused',
    DOCUMENTED,
    'VPN Gateway FAQ (2024-07): traffic selectors take effect with policy-based ones only',
    STATE,
    WARNING,
)
SELECTOR_OUTSIDE = Rule(
    'selector-outside', DECIDED, 'our own check: intended only for networks behind the VNet', STATE, WARNING
)

# A pair that exists: whether both ends are there
CONNECTION_MISSING = Rule('connection-missing', RECORDED, 'recorded 2017 and 2023: 404 in two forms', NOT_FOUND)
CONNECTION_GONE = Rule('connection-gone', DECIDED, 'our own command: deleting again is no error', NOT_FOUND, WARNING)
NOT_VNET2VNET = Rule('not-vnet2vnet', DOCUMENTED, 'schema 2025-07-01: only a Vnet2Vnet connection joins two gateways')
HALF_HAS_MORE = Rule(
    'half-has-more',
    DECIDED,
    'our own protection: what the command cannot give to the other half is not left out silently',
)
HALF_MISSING = Rule('half-missing', DOCUMENTED, 'VPN Gateway FAQ (2026-06): one connection for each direction')
GATEWAY_REPLACED = Rule('gateway-replaced', RECORDED, 'recorded 2017 and 2023: 404 in two forms')
FAR_END_UNREADABLE = Rule('far-end-unreadable', RECORDED, 'recorded 2023: 403 AuthorizationFailed', STATE, WARNING)

# A pair that exists: whether it is healthy
CONNECTION_FAILED = Rule('connection-failed', REPORTED, 'reported 2017: connections end in state Failed')
CONNECTION_UPDATING = Rule('connection-updating', RECORDED, 'recorded 2023: Updating while Azure works on it')
KEY_MISMATCH = Rule('key-mismatch', DOCUMENTED, 'VNet-to-VNet how-to (2015-08): the keys of both connections match')
KEY_UNREADABLE = Rule(
    'key-unreadable',
    DECIDED,
    'our own protection: no connection is written without its key; reported 2025: an empty list in its place',
    LOGIN,
)
POLICY_DIFFERS = Rule(
    'policy-differs', DOCUMENTED, 'VPN Gateway FAQ (2026-06): one policy at both connections; lifetimes may differ'
)
PROTOCOL_DIFFERS = Rule(
    'protocol-differs', DOCUMENTED, 'VPN Gateway FAQ (2026-06): IKEv2 between VNets, and a protocol stays'
)
BGP_ONE_SIDED = Rule('bgp-one-sided', DOCUMENTED, 'BGP how-to (2017-04): BGP is enabled at both connections')
SELECTORS_DIFFER = Rule(
    'selectors-differ',
    DECIDED,
    'contradicted: the VPN Gateway FAQ (2026-06) requires matching selectors, and has gateways accept any',
    STATE,
    WARNING,
)
MODE_DEADLOCK = Rule('mode-deadlock', DECIDED, 'inferred from the names: one has to initiate, and one to respond')
DPD_DIFFERS = Rule('dpd-differs', DECIDED, 'our own check: each end applies its own time-out', STATE, WARNING)
BGP_GATEWAY_OFF = Rule('bgp-gateway-off', RECORDED, 'recorded 2017: the connection is taken, and nothing speaks BGP')
BGP_PEER_DOWN = Rule('bgp-peer-down', RECORDED, 'recorded 2017: the session is Connected 75 seconds after the halves')
NOT_CONNECTED = Rule('not-connected', RECORDED, 'recorded 2017 and 2023: connectionStatus lags the tunnel')
TUNNELS_MISSING = Rule(
    'tunnels-missing', DOCUMENTED, 'highly available connectivity (2016-09): a full mesh of tunnels', STATE, WARNING
)
BYTES_ONE_WAY = Rule('bytes-one-way', DECIDED, 'our own check: the traffic of a working tunnel flows both ways')
NOT_TRANSITIVE = Rule(
    'not-transitive', DOCUMENTED, 'VPN Gateway FAQ (2026-06): transit needs BGP at all connections', STATE, WARNING
)
REPORT_MISSING = Rule('report-missing', DECIDED, 'our own check: what is not read is not judged', STATE, WARNING)

# A pair that exists: whether its gateways may be deleted
GATEWAYS_UNKNOWN = Rule('gateways-unknown', DECIDED, 'our own command: only a connection leads to them', NOT_FOUND)
GATEWAY_IN_USE = Rule('gateway-in-use', DOCUMENTED, 'deletion of a gateway (2021-04): its connections go first')
GATEWAY_SERVES_POINTS = Rule(
    'gateway-serves-points', DECIDED, 'our own protection: Azure cuts its clients off without warning (2021-04)'
)
GATEWAY_TRANSIT = Rule('gateway-transit', DECIDED, 'our own protection: other VNets use the gateway, or may')
RESET_ONE_INSTANCE = Rule(
    'reset-one-instance',
    DOCUMENTED,
    'reset of a gateway (2025-06): without an address the active instance alone restarts',
    STATE,
    WARNING,
)
PEERINGS_UNKNOWN = Rule('peerings-unknown', DECIDED, 'our own check: what is not read is not judged', LOGIN, WARNING)

# A topology file
FILE_YAML = Rule('file-yaml', DECIDED, 'our own file: YAML 1.1, each key once', ARGUMENT)
FILE_SCHEMA = Rule('file-schema', DECIDED, 'our own file: its JSON Schema', ARGUMENT)
FILE_KEY_LITERAL = Rule('file-key-literal', DECIDED, 'our own file: no key stands in it', ARGUMENT)
FILE_VNET_TWICE = Rule('file-vnet-twice', DECIDED, 'our own file: a VNet is not joined with itself', ARGUMENT)
FILE_VNET_UNKNOWN = Rule('file-vnet-unknown', DECIDED, 'our own file: VNets are named in it', ARGUMENT)
VNET_TWICE = Rule('vnet-twice', DECIDED, 'our own file: a VNet has one name', ARGUMENT)
SETTINGS_CONTRADICT = Rule('settings-contradict', DECIDED, 'our own file: a setting of a pair is given once', ARGUMENT)
VNET_UNJOINED = Rule(
    'vnet-unjoined', DECIDED, 'our own file: a VNet that no entry joins is probably a mistake', STATE, WARNING
)
ASN_REPEATED = Rule(
    'asn-repeated', DOCUMENTED, 'BGP how-to (2017-04): different ASNs for transit routing', STATE, WARNING
)

# Deployments, templates and exports
NO_WAIT_CHANGES = Rule('no-wait-changes', DECIDED, 'our own option: only what is created is handed over')
PLAN_CHANGED = Rule('plan-changed', DECIDED, 'our own command: nothing is done that was not agreed to')
DEPLOYMENT_TOO_LARGE = Rule(
    'deployment-too-large', DOCUMENTED, 'template best practices (2022-05): 800 resources, 256 parameters, 4 MB'
)
TEMPLATE_EMPTY = Rule('template-empty', DECIDED, 'our own command: an empty template is of no use')
TEMPLATE_TENANTS = Rule('template-tenants', DECIDED, 'our own command: a template for one tenant')
GATEWAY_MISSING = Rule('gateway-missing', DECIDED, 'our own command: export --vnet starts at a gateway')

RULES = {rule.code: rule for rule in list(vars().values()) if isinstance(rule, Rule)}
