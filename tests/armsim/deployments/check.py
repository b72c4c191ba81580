"""What Azure checks of a whole deployment before it begins: types, rights, policies, and bodies where it is asked."""

from typing import Any

from tests.armsim.deployments.bodies import body_of, is_nested
from tests.armsim.deployments.plan import Plan
from tests.armsim.fabric import Caller, Fabric
from tests.armsim.schema import check_body
from tests.armsim.wire import ArmError, Request


def check_plan(fabric: Fabric, plan: Plan, caller: Caller, bodies: bool = False) -> None:
    """Raise ArmError 400 InvalidTemplateDeployment for what the caller may not write, or a policy denies.

    With `bodies` the providers look at these too. Codes and texts are reported, 404 and 400 of a type or an api-version
    that does not exist are as in a request for it.
    """
    denied, details = [], []
    for owner, step in plan.everything():
        body = body_of(step, owner.scope)
        asked = Request('PUT', step['id'], {'api-version': step['version']}, {}, body)
        found = fabric.preflight(asked, caller)
        if not found.allowed:
            denied.append(
                f"Authorization failed for template resource '{step['name']}' of type '{step['type']}'. The "
                f"client '{caller.name}' with object id '{caller.object_id}' does not have permission to "
                f"perform action '{found.action}' at scope '{step['id']}'."
            )
        if found.policy:
            details.append(_error(found.policy))
        elif bodies and not is_nested(step):
            details += _refused(step, body)
    if denied:
        raise ArmError(
            400, 'InvalidTemplateDeployment', f"The template deployment failed with error: '{':'.join(denied)}'."
        )
    if any(detail['code'] == 'RequestDisallowedByPolicy' for detail in details):
        raise _invalid(
            'The template deployment failed because of policy violation. Please see details for more information.',
            details,
        )
    if details:
        raise _invalid(
            f"The template deployment '{plan.name}' is not valid according to the validation procedure. The "
            f"tracking id is '{fabric.guid()}'. See inner errors for details.",
            details,
        )


def _invalid(message: str, details: list) -> ArmError:
    return ArmError(400, 'InvalidTemplateDeployment', message, details, by_manager=True)


def _error(error: ArmError) -> dict[str, Any]:
    return error.response().body['error']


def _refused(step: dict, body: dict) -> list[dict]:
    try:
        check_body(step['type'], body)
    except ArmError as error:
        return [_error(error)]
    return []
