"""Tenants, subscriptions, locations and resource providers."""

from tests.armsim import ids
from tests.armsim.access import check_tenant
from tests.armsim.fabric import Call, Fabric
from tests.armsim.versions import NETWORK_TYPES, VERSIONS, network_versions
from tests.armsim.wire import ArmError, Response

DISPLAY_NAMES = {
    'eastus': 'East US',
    'eastus2': 'East US 2',
    'westus': 'West US',
    'westus2': 'West US 2',
    'centralus': 'Central US',
    'westeurope': 'West Europe',
    'northeurope': 'North Europe',
    'japaneast': 'Japan East',
    'southeastasia': 'Southeast Asia',
}


def normal_location(location: str) -> str:
    """A location as Azure answers with it: "West Central US" becomes westcentralus (recorded)."""
    return location.replace(' ', '').lower()


def known_location(fabric: Fabric, location: object, resource_type: str) -> str:
    """The normalised location. Raises ArmError 400 where the type cannot be put (recorded) or none was given."""
    if not isinstance(location, str) or not location:
        # Decision: text not recorded.
        raise ArmError(400, 'LocationRequired', 'The location property is required for this definition.')
    normal = normal_location(location)
    if normal not in fabric.settings.location_zones:
        regions = ','.join(fabric.settings.location_zones)
        raise ArmError(
            400,
            'LocationNotAvailableForResourceType',
            f"The provided location '{location}' is not available for resource type '{resource_type}'. List "
            f"of available regions for the resource type is '{regions}'.",
        )
    return normal


def list_tenants(fabric: Fabric, call: Call) -> Response:
    """GET /tenants: those in which the caller exists."""
    own = next(
        (
            one['objects']
            for one in fabric.world.principals
            if one['objects'].get(call.caller.tenant) == call.caller.object_id
        ),
        {},
    )
    return Response(
        200,
        {
            'value': [
                {
                    'id': f'/tenants/{tenant}',
                    'tenantId': tenant,
                    'countryCode': 'US',
                    'displayName': entry['displayName'],
                    'domains': [entry['defaultDomain']],
                    'tenantCategory': 'Home',
                    'defaultDomain': entry['defaultDomain'],
                    'tenantType': 'AAD',
                }
                for tenant, entry in fabric.world.tenants.items()
                if tenant in own
            ]
        },
    )


def _subscription(subscription: str, entry: dict) -> dict:
    return {
        'id': f'/subscriptions/{subscription}',
        'authorizationSource': 'RoleBased',
        'managedByTenants': [],
        'subscriptionId': subscription,
        'tenantId': entry['tenantId'],
        'displayName': entry['displayName'],
        'state': entry['state'],
        'subscriptionPolicies': {
            'locationPlacementId': 'Public_2014-09-01',
            'quotaId': 'PayAsYouGo_2014-09-01',
            'spendingLimit': 'Off',
        },
    }


def list_subscriptions(fabric: Fabric, call: Call) -> Response:
    """GET /subscriptions: those of the token's tenant in which the caller has any role."""
    scopes = [
        entry['scope'].lower()
        for entry in fabric.world.role_assignments
        if entry['principalId'] == call.caller.object_id
    ]
    return Response(
        200,
        {
            'value': [
                _subscription(subscription, entry)
                for subscription, entry in fabric.world.subscriptions.items()
                if entry['tenantId'] == call.caller.tenant
                and any(scope == '/' or scope.startswith(f'/subscriptions/{subscription}') for scope in scopes)
            ]
        },
    )


def get_subscription(fabric: Fabric, call: Call) -> Response:
    """GET /subscriptions/{id}."""
    return Response(
        200, _subscription(call.target.subscription, check_tenant(fabric, call.caller, call.target.subscription))
    )


def list_locations(fabric: Fabric, call: Call) -> Response:
    """GET /subscriptions/{id}/locations, with availabilityZoneMappings where the region has zones."""
    value = []
    for location, zones in fabric.settings.location_zones.items():
        display = DISPLAY_NAMES.get(location, location)
        entry = {
            'id': f'/subscriptions/{call.target.subscription}/locations/{location}',
            'name': location,
            'type': 'Region',
            'displayName': display,
            'regionalDisplayName': display,
            'metadata': {'regionType': 'Physical', 'regionCategory': 'Recommended'},
        }
        if zones:
            entry['availabilityZoneMappings'] = [
                {'logicalZone': zone, 'physicalZone': f'{location}-az{zone}'} for zone in zones
            ]
        value.append(entry)
    return Response(200, {'value': value})


def _provider(fabric: Fabric, call: Call, namespace: str) -> dict:
    entry = fabric.world.subscriptions[call.target.subscription]
    base = {'id': f'/subscriptions/{call.target.subscription}/providers/{namespace}', 'namespace': namespace}
    state = 'Registered' if namespace in entry['registered'] else 'NotRegistered'
    if namespace != 'Microsoft.Network':
        return {
            **base,
            'resourceTypes': [],
            'registrationState': 'Registered',
            'registrationPolicy': 'RegistrationFree',
        }
    locations = [DISPLAY_NAMES.get(location, location) for location in fabric.settings.location_zones]
    zones = [
        {'location': DISPLAY_NAMES.get(location, location), 'zones': list(zones)}
        for location, zones in fabric.settings.location_zones.items()
        if zones
    ]
    kinds = []
    for name in NETWORK_TYPES:
        kind: dict = {
            'resourceType': name,
            'locations': [] if '/' in name else locations,
            'apiVersions': sorted(network_versions(fabric.settings), reverse=True),
        }
        if name == 'publicIPAddresses':  # recorded: gateways and connections have no zoneMappings
            kind['zoneMappings'] = zones
        kinds.append({**kind, 'capabilities': 'None'})
    return {**base, 'resourceTypes': kinds, 'registrationState': state, 'registrationPolicy': 'RegistrationRequired'}


def _namespace(call: Call) -> str:
    asked = call.target.path.split('/')[4]
    known = {name.lower(): name for name in ('Microsoft.Network', 'Microsoft.Resources', 'Microsoft.Authorization')}
    if asked.lower() not in known:
        raise ArmError(404, 'InvalidResourceNamespace', f"The resource namespace '{asked}' is invalid.")
    return known[asked.lower()]


def get_provider(fabric: Fabric, call: Call) -> Response:
    """GET /subscriptions/{id}/providers/{namespace} (form recorded 2025)."""
    return Response(200, _provider(fabric, call, _namespace(call)))


def register_provider(fabric: Fabric, call: Call) -> Response:
    """POST .../providers/{namespace}/register; Decision: registered at once."""
    namespace = _namespace(call)
    registered = fabric.world.subscriptions[call.target.subscription]['registered']
    if namespace not in registered:
        registered.append(namespace)
    return Response(200, _provider(fabric, call, namespace))


def check_registered(fabric: Fabric, call: Call, namespace: str) -> None:
    """Raise ArmError 409 MissingSubscriptionRegistration (recorded) for a write to an unregistered provider."""
    if namespace not in fabric.world.subscriptions[call.target.subscription]['registered']:
        message = (
            f"The subscription is not registered to use namespace '{namespace}'. See "
            'https://aka.ms/rps-not-found for how to register subscriptions.'
        )
        code = 'MissingSubscriptionRegistration'
        raise ArmError(409, code, message, [{'code': code, 'target': namespace, 'message': message}], by_manager=True)


def _asked_location(call: Call) -> str:
    _, found, rest = call.target.path.lower().partition('/locations/')
    if found:
        return rest.partition('/')[0]
    return (call.body.get('location') or '') if isinstance(call.body, dict) else ''


def check_version(fabric: Fabric, call: Call, family: str, resource_type: str) -> None:
    """Raise ArmError 400 for a missing or unknown api-version of a type."""
    if not call.version:
        raise ArmError(
            400,
            'MissingApiVersionParameter',
            'The api-version query parameter (?api-version=) is required for all requests.',
        )
    versions = network_versions(fabric.settings) if family == 'network' else VERSIONS[family]
    if call.version not in versions:
        name = (resource_type or ids.resource_type(call.target.path)).partition('/')[2] or family
        raise ArmError(
            400,
            'NoRegisteredProviderFound',
            f"No registered resource provider found for location '{_asked_location(call)}' and API version "
            f"'{call.version}' for type '{name}'. The supported api-versions are "
            f"'{', '.join(sorted(versions))}'. The supported locations are "
            f"'{', '.join(fabric.settings.location_zones)}'.",
        )
