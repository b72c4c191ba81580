"""What the tests of `--no-wait` hand over, and how."""

from azext_vnet2vnet.engine.engine import Report
from azext_vnet2vnet.network.desired import Topology
from azext_vnet2vnet.network.resource_id import VNET_TYPE, ResourceId
from azext_vnet2vnet.workflows.apply import preview_apply
from azext_vnet2vnet.workflows.create import preview_create
from azext_vnet2vnet.workflows.no_wait import preview_hand_over, run_hand_over
from azext_vnet2vnet.workflows.wait import follow_deployment
from tests.armsim import DEFAULTS
from tests.unit.readers.azure_pairs import end, pair, writes

THEIRS = ResourceId(DEFAULTS.subscription_b, 'rg', VNET_TYPE, ('vnet2',))
ACROSS = pair(end2=end(2, vnet=THEIRS, tenant=DEFAULTS.tenant_b))


def preview(azure, desired=None):
    arm = azure.arm()

    async def scenario():
        return await preview_hand_over(arm, await preview_create(arm, desired or pair()), None)

    return scenario()


def hand_over(azure, desired=None):
    before = azure.run(preview(azure, desired))
    return azure.run(run_hand_over(azure.arm(), before, Report()))


def follow(azure, handed):
    azure.run(follow_deployment(azure.arm(10**6), str(handed.preview.deployment.id), 30))


def deployments(azure):
    return [entry for entry in writes(azure) if entry.startswith('PUT deployments/')]


def topology():
    ends = [end(number) for number in (1, 2, 3)]
    pairs = tuple(pair(end1=ends[0], end2=far, name=None, peer_name=None) for far in ends[1:])
    return Topology('star', {'a': ends[0], 'b': ends[1], 'c': ends[2]}, pairs)


def hand_over_topology(azure, desired):
    before = azure.run(preview_apply(azure.arm(), desired, False))
    before = azure.run(preview_hand_over(azure.arm(), before, 'star'))
    return azure.run(run_hand_over(azure.arm(), before, Report()))
