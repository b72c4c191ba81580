"""`make demo`: the real az joins two virtual networks in two subscriptions of a simulated Azure.

Nothing of the user's own az is touched: login, settings and extensions are in .tmp/demo, and the simulator listens on
loopback only and ends with the demo.
"""

import os
import shlex
import shutil
import subprocess
import sys
import time

from tests.armsim import DEFAULTS, Settings
from tests.armsim.server import serve
from tests.azcli import AzureCli
from tests.extension import SCRATCH, build_wheel

# A gateway takes some 26 minutes of Azure's time: 15 seconds at this speed.
SPEED = 105

CREATE = """
vnet2vnet create
--vnet1 TestVNet1 --resource-group1 TestRG1 --subscription1 "Subscription 1" --location1 eastus
--address-prefixes1 10.11.0.0/16 10.12.0.0/16 --subnets1 FrontEnd=10.11.0.0/24 BackEnd=10.12.0.0/24
--gateway-subnet1 10.12.255.0/27
--vnet2 TestVNet5 --resource-group2 TestRG5 --subscription2 "Subscription 5" --location2 japaneast
--address-prefixes2 10.51.0.0/16 10.52.0.0/16 --subnets2 FrontEnd=10.51.0.0/24 BackEnd=10.52.0.0/24
--gateway-subnet2 10.52.255.0/27
-o table
"""

# The far half, in the other subscription, as az's own network commands see it.
WITNESS = """
network vpn-connection show -g TestRG5 -n TestVNet5ToTestVNet1 --subscription "Subscription 5"
--query "{Name: name, Status: connectionStatus, BytesIn: ingressBytesTransferred}" -o table
"""


def say(text):
    """Print a line at once, on the stream that az's progress uses, so that both keep their order."""
    print(text, file=sys.stderr, flush=True)


def show(az, text):
    """Print a command as it would be typed, and run it on the caller's terminal. Raises CalledProcessError."""
    say('\n$ az ' + ' \\\n      '.join(text.strip().splitlines()))
    terminal = {name: os.environ[name] for name in ('TERM', 'COLUMNS') if name in os.environ}
    started = time.monotonic()
    subprocess.run(
        [sys.executable, '-m', 'azure.cli', *shlex.split(text)],
        check=True,
        env=az.variables() | terminal | {'AZURE_CORE_NO_COLOR': 'false'},
    )
    say(f'({time.monotonic() - started:.0f} s)')


def prepare(az, command):
    """Print a command and run it quietly."""
    say('$ az ' + shlex.join(command))
    az.run(command)


def main():
    """Run the demo and return its exit code."""
    folder = SCRATCH / 'demo'
    shutil.rmtree(folder, ignore_errors=True)
    az = AzureCli(folder, environment={'AZURE_VNET2VNET_SPEED': str(SPEED)})
    try:
        wheel = build_wheel(folder / 'wheel')
        prepare(az, ['extension', 'add', '--yes', '--source', os.path.relpath(wheel, folder)])
        with serve(Settings(speed=SPEED)) as simulator:
            say(f'\nA simulated Azure at {simulator.origin}, {SPEED} times as fast as the real one.')
            az.ca_file = simulator.ca_file
            az.register_cloud(simulator.origin)
            prepare(
                az,
                [
                    'login',
                    '--service-principal',
                    '-u',
                    DEFAULTS.app_id,
                    '-p',
                    DEFAULTS.secret,
                    '--tenant',
                    DEFAULTS.tenant_a,
                ],
            )
            show(az, CREATE)
            show(az, WITNESS)
    except KeyboardInterrupt:
        say('Stopped.')
        return 130
    except subprocess.CalledProcessError as error:
        say(f'The command failed with exit code {error.returncode}.')
        return 1
    except AssertionError as error:
        say(str(error))
        return 1
    finally:
        az.stop()
    return 0


if __name__ == '__main__':
    sys.exit(main())
