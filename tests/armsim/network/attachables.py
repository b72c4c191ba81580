"""What is hung on subnets: network security groups and route tables, as simple resources."""

from dataclasses import dataclass

from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import parent
from tests.armsim.network import methods, resources
from tests.armsim.network.resources import ROUTE_TABLE, SECURITY_GROUP, SUBNET, envelope, properties_of, refuse
from tests.armsim.operations import is_old, lro_headers
from tests.armsim.wire import ArmError, Response


@dataclass(frozen=True)
class Attachable:
    """One such type: the list in it, what it prints besides, and the code for the deletion of one in use."""

    type: str
    subnet_key: str
    parts: str
    printed: dict
    in_use: str

    def body(self, fabric: Fabric, record: dict, _: str) -> dict:
        """The resource as it is answered (documented form); a record from a seeded state may lack guid and etag.

        Decision: the default rules that Azure adds to a security group are not shown.
        """
        stored = record['properties']
        parts = [self._part(record, entry) for entry in self._entries(record)]
        given = {key: stored[key] for key in self.printed if stored.get(key) is not None}
        properties = {
            'provisioningState': record['state'],
            'resourceGuid': record.get('guid'),
            **self.printed,
            **given,
            self.parts: parts,
        }
        users = self._users(fabric, record)
        if users:
            properties['subnets'] = [{'id': user} for user in users]
        return envelope(record, properties, 'type', 'location', 'tags', 'properties')

    def _entries(self, record: dict) -> list[dict]:
        return record['properties'].get(self.parts) or []

    def _part(self, record: dict, entry: dict) -> dict:
        return {
            'name': entry['name'],
            'id': f'{record["id"]}/{self.parts}/{entry["name"]}',
            'etag': record.get('etag'),
            'type': f'{self.type}/{self.parts}',
            'properties': {'provisioningState': record['state'], **properties_of(entry)},
        }

    def _users(self, fabric: Fabric, record: dict) -> list[str]:
        return [
            one['id']
            for one in fabric.world.resources.values()
            if one['type'] == SUBNET
            and resources.id_of(one['properties'].get(self.subnet_key)).lower() == record['id'].lower()
        ]

    def put(self, fabric: Fabric, call: Call) -> Response:
        """PUT."""
        existing, location = methods.begin_put(fabric, call, self.type)
        again = methods.joined(fabric, call, self.body)
        if again:
            return again
        record = existing or resources.new_record(fabric, call, self.type, location)
        given = properties_of(call.body)
        record['properties'] = {key: given[key] for key in (self.parts, *self.printed) if given.get(key) is not None}
        resources.update_record(fabric, record, call)
        return methods.accept_put(
            fabric,
            call,
            record,
            self.body,
            'attachable-put',
            f'Put{self.subnet_key}Operation',
            created=existing is None,
        )

    def _named(self, record: dict, name: str) -> dict | None:
        return next((entry for entry in self._entries(record) if entry['name'].lower() == name.lower()), None)

    def put_part(self, fabric: Fabric, call: Call) -> Response:
        """PUT of one rule or route: an operation on the whole."""
        methods.begin_put(fabric, call, f'{self.type}/{self.parts}')

        def body(_: Fabric, record: dict, __: str) -> dict:
            return self._part(record, self._named(record, call.name))

        again = methods.joined(fabric, call, body)
        if again:
            return again
        record = resources.require(fabric, call, parent(call.id))
        resources.require_idle(fabric, call, record['id'])
        created = self._named(record, call.name) is None
        self._replace(fabric, record, call.name, {'name': call.name, 'properties': properties_of(call.body)})
        return methods.accept_put(
            fabric,
            call,
            record,
            body,
            'attachable-put',
            f'Put{self.subnet_key}Operation',
            created=created,
            locks=(call.id,),
        )

    def _replace(self, fabric: Fabric, record: dict, name: str, *entries: dict) -> None:
        others = [entry for entry in self._entries(record) if entry['name'].lower() != name.lower()]
        record['properties'] = {**record['properties'], self.parts: [*others, *entries]}
        record['state'] = 'Updating'
        record['etag'] = fabric.etag()

    def get_part(self, fabric: Fabric, call: Call) -> Response:
        """GET of one rule or route. Decision: a missing one is the provider's 404, as for a subnet."""
        record = resources.require(fabric, call, parent(call.id))
        entry = self._named(record, call.name)
        if entry is None:
            raise ArmError(404, 'NotFound', f'Resource {call.id} not found.', [])
        return Response(200, self._part(record, entry), {}, is_old(call))

    def list_parts(self, fabric: Fabric, call: Call) -> Response:
        """GET of all rules or routes."""
        record = resources.require(fabric, call)
        return Response(
            200, {'value': [self._part(record, entry) for entry in self._entries(record)]}, {}, is_old(call)
        )

    def delete_part(self, fabric: Fabric, call: Call) -> Response:
        """DELETE of one rule or route."""
        record = resources.require(fabric, call, parent(call.id))
        if self._named(record, call.name) is None:
            return Response(204)
        resources.require_idle(fabric, call, record['id'])
        self._replace(fabric, record, call.name)
        operation = fabric.start(
            'attachable-put',
            call,
            record['id'],
            name=f'Put{self.subnet_key}Operation',
            location=record['location'],
            duration=fabric.settings.duration('attachable-delete'),
            locks=(record['id'],),
        )
        return Response(202, headers=lro_headers(fabric, operation, call.request.origin))

    def delete(self, fabric: Fabric, call: Call) -> Response:
        """DELETE; refused while a subnet has it. The codes are commonly seen; Decision: the text."""
        if resources.is_missing(fabric, call):
            return Response(204)
        users = self._users(fabric, fabric.find(call.id))
        if users:
            raise refuse(self.in_use, f'{call.id} cannot be deleted because it is in use by {", ".join(users)}.')
        return methods.begin_delete(fabric, call, 'attachable-delete', f'Delete{self.subnet_key}Operation')


security_groups = Attachable(
    SECURITY_GROUP, 'networkSecurityGroup', 'securityRules', {}, 'InUseNetworkSecurityGroupCannotBeDeleted'
)
route_tables = Attachable(
    ROUTE_TABLE, 'routeTable', 'routes', {'disableBgpRoutePropagation': False}, 'InUseRouteTableCannotBeDeleted'
)
