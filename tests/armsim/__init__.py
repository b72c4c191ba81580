"""A local Azure Resource Manager and Entra ID that the unmodified az talks to."""

from tests.armsim.clock import Clock, ManualClock
from tests.armsim.settings import Settings
from tests.armsim.simulator import Simulator
from tests.armsim.world import DEFAULTS

__all__ = ['Clock', 'DEFAULTS', 'ManualClock', 'Settings', 'Simulator']
