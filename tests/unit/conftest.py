"""The network client for the unit tests lies beside the environment, so that no az that a test starts finds it."""

import sys
from pathlib import Path

SDK = Path(sys.prefix) / 'unit-sdk'  # By `make venv`, from requirements-unit.txt.

sys.path.append(str(SDK))
