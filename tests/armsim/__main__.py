"""`python -m tests.armsim`: the simulator alone, until Ctrl-C."""

import argparse
import json
import signal
import threading
from pathlib import Path

from tests.armsim.identity import CLOUD_SHELL_VARIABLES
from tests.armsim.server import Server, serve
from tests.armsim.settings import Settings
from tests.armsim.world import DEFAULTS

LOGIN = """The local Azure is at {origin}; its CA is in {ca_file}

export AZURE_CONFIG_DIR={folder}/az REQUESTS_CA_BUNDLE={ca_file}
export AZURE_CORE_INSTANCE_DISCOVERY=false AZURE_CORE_LOGIN_EXPERIENCE_V2=off AZURE_CORE_ENCRYPT_TOKEN_CACHE=false
export AZURE_CORE_COLLECT_TELEMETRY=0 AZURE_CORE_SURVEY_MESSAGE=0
az cloud register -n LocalSim --endpoint-resource-manager {origin}
az cloud set -n LocalSim
az login --service-principal -u {app_id} -p {secret} --tenant {tenant_a}
az login --service-principal -u {app_id} -p {secret} --tenant {tenant_b}
az account set -s "Subscription 1"

or, as a user who is in both tenants (the code is approved by itself, or with device_code_approved=false at
{origin}/devicelogin?code=CODE):
az login --use-device-code

or, in tenant A alone, as in Cloud Shell; without the variables of the second line as on a VM with a managed identity:
export {proxy}
export {cloud_shell}
az login --identity
"""


def _assignments(variables: dict[str, str]) -> str:
    return ' '.join(f'{name}={value}' for name, value in variables.items())


def _write(server: Server, folder: Path) -> None:
    with server.lock:
        for name, data in (('state', server.simulator.state()), ('journal', server.simulator.journal)):
            (folder / f'{name}.json').write_text(json.dumps(data, indent=1), encoding='utf-8')


def main() -> None:
    """Serve until SIGINT or SIGTERM, then write state.json and journal.json; SIGUSR1 writes them in between."""
    parser = argparse.ArgumentParser(prog='python -m tests.armsim', description='A local Azure for az.')
    parser.add_argument('--port', type=int, default=0, help='0 takes a free one')
    parser.add_argument('--speed', type=float, default=60.0, help='how many times faster than Azure')
    parser.add_argument('--state', type=Path, help='a state.json to go on from')
    parser.add_argument('--faults', type=Path, help='a JSON list of scripted faults')
    parser.add_argument('--set', dest='overrides', nargs='+', action='extend', default=[], metavar='KEY=VALUE')
    parser.add_argument('--folder', type=Path, default=Path('.armsim'), help='for the CA, the state and the journal')
    args = parser.parse_args()
    settings = Settings(speed=args.speed).with_overrides(args.overrides)
    folder = args.folder.resolve()
    state = json.loads(args.state.read_text(encoding='utf-8')) if args.state else None
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with serve(settings, args.port, state, folder) as server:
        if args.faults:
            server.simulator.faults = json.loads(args.faults.read_text(encoding='utf-8'))
        signal.signal(signal.SIGUSR1, lambda *_: _write(server, folder))
        print(
            LOGIN.format(
                origin=server.origin,
                ca_file=server.ca_file,
                folder=folder,
                app_id=DEFAULTS.app_id,
                secret=DEFAULTS.secret,
                tenant_a=DEFAULTS.tenant_a,
                tenant_b=DEFAULTS.tenant_b,
                proxy=_assignments(server.proxy_variables()),
                cloud_shell=_assignments(CLOUD_SHELL_VARIABLES),
            ),
            flush=True,
        )
        stopped.wait()
        _write(server, folder)


if __name__ == '__main__':
    main()
