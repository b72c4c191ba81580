"""What a body refers to by id: whether it is an id, of the right type, and of something that exists."""

from typing import Any

from tests.armsim.fabric import Call, Fabric
from tests.armsim.ids import resource_type
from tests.armsim.operations import not_provisioned
from tests.armsim.wire import ArmError


def check_reference(referred: Any, kind: str, path: str) -> None:
    """Raise ArmError 400 for what is no id (recorded), or an id of another type (reported)."""
    if not isinstance(referred, str) or not referred.lower().startswith('/subscriptions/'):
        raise ArmError(
            400,
            'LinkedInvalidPropertyId',
            f"Property id '{referred or ''}' at path '{path}' is invalid. Expect fully qualified resource "
            "Id that start with '/subscriptions/{subscriptionId}' or "
            "'/providers/{resourceProviderNamespace}/'.",
        )
    if resource_type(referred).lower() != kind.lower():
        raise ArmError(
            400,
            'InvalidRequestFormat',
            'Cannot parse the request.',
            [
                {
                    'code': 'InvalidJsonReferenceWrongType',
                    'message': f'Reference Id {referred} is referencing resource of a wrong type. The Id is expected '
                    f'to reference resources of type {kind.partition("/")[2]}. Path {path}.',
                }
            ],
        )


def missing_reference(call: Call, referred: str) -> ArmError:
    """400 for a reference to nothing (field)."""
    return ArmError(
        400,
        'InvalidResourceReference',
        f'Resource {referred} referenced by resource {call.id} was not found. Please make sure that the '
        'referenced resource exists, and that both resources are in the same region.',
        [{'code': 'NotFound', 'message': f'Resource {referred} not found.'}],
    )


def reference(fabric: Fabric, call: Call, referred: Any, kind: str, path: str, location: str = '') -> dict:
    """The record that a body refers to. Raises ArmError 400 unless it is there and, if so asked, in `location`."""
    check_reference(referred, kind, path)
    record = fabric.find(referred)
    if record is None or record['state'] == 'Deleting' or location not in ('', record['location']):
        raise missing_reference(call, referred)
    return record


def require_settled(fabric: Fabric, call: Call, records: list[dict]) -> None:
    """Raise ArmError 429 where something that a body refers to is being written or deleted (recorded form)."""
    for record in records:
        if record['state'] in ('Updating', 'Deleting'):
            raise not_provisioned(fabric, record['id'], call.id, fabric.holder(record['id']), record['state'])
