"""The real az in this process, with its requests recorded into cassettes, or answered from them without a network.

`python -m tests.replay` reads a Script as JSON from standard input, runs its steps, prints what the last one printed,
and exits as it exited. It is a program of its own because az and an installed extension leave much behind in a process.
"""

import io
import json
import logging
import re
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import vcr
from requests import ConnectionError  # pylint: disable=redefined-builtin
from requests.adapters import HTTPAdapter
from vcr.errors import CannotOverwriteExistingCassetteException

ROOT = Path(__file__).resolve().parent.parent
ORIGIN = 'https://localhost'
SCRUBBED = '(scrubbed)'
SIGNATURE = re.compile(r'&[tcsh]=[^&]+')
SECRETS = {'sharedkey', 'access_token', 'refresh_token', 'id_token', 'client_secret'}
# All that az needs of an answer besides its body; Retry-After too, but a replay waits for nothing.
KEPT_HEADERS = ('content-type', 'azure-asyncoperation', 'location')
AUXILIARY = 'x-ms-authorization-auxiliary'


@dataclass(frozen=True)
class Step:
    """Arguments of az, and the cassette that its requests go into or come from."""

    cassette: str
    args: list


@dataclass(frozen=True)
class Script:
    """What to run; with `record` the cassettes are made anew, `replace` maps what may not be in them to what may."""

    steps: list
    record: bool = False
    replace: dict = field(default_factory=dict)


class Scrubber:
    """Takes keys, tokens, secrets, signatures and needless headers out of what is recorded."""

    def __init__(self, replace):
        self._replace = replace

    def request(self, request):
        """A request as it is recorded, and as it is compared with recorded ones."""
        request.uri = self._text(request.uri)
        request.body = b'' if '/oauth2/' in request.uri else self._body(request.body, _is_key(request.uri))
        # That it was there is compared, too.
        request.headers = {AUXILIARY: SCRUBBED} if AUXILIARY in request.headers else {}
        return request

    def response(self, response):
        """An answer as it is recorded."""
        headers = {
            name: [self._text(value) for value in values]
            for name, values in response['headers'].items()
            if name.lower() in KEPT_HEADERS
        }
        if any(name.lower() == 'retry-after' for name in response['headers']):
            headers['Retry-After'] = ['0']
        # The answer does not say what was asked: only a key is answered with a `value` that is a text.
        return {
            'status': response['status'],
            'headers': headers,
            'body': {'string': self._body(response['body']['string'], True)},
        }

    def _text(self, text):
        for old, new in self._replace.items():
            text = re.sub(re.escape(old), new, text, flags=re.IGNORECASE)
        return SIGNATURE.sub('', text)

    def _body(self, body, is_key):
        if not body:
            return b''
        text = body if isinstance(body, str) else body.decode('utf-8')
        try:
            return json.dumps(_without_secrets(json.loads(self._text(text)), is_key), separators=(',', ':')).encode()
        except json.JSONDecodeError:
            return self._text(text).encode()


def _is_key(uri):
    return urlsplit(uri).path.lower().endswith('/sharedkey')


def _without_secrets(value, is_key):
    if isinstance(value, dict):
        return {
            name: SCRUBBED
            if isinstance(inner, str) and (name.lower() in SECRETS or is_key and name == 'value')
            else _without_secrets(inner, is_key)
            for name, inner in value.items()
        }
    return [_without_secrets(inner, is_key) for inner in value] if isinstance(value, list) else value


def guard(send, record):
    """A send for many threads, one at a time, which in a replay tells what was not recorded.

    vcrpy lets requests slip through unrecorded while another thread opens a connection.
    """
    lock = threading.Lock()

    def guarded(adapter, request, **kwargs):
        if not record and not request.url.startswith(ORIGIN):  # az asks for its newest version, and bears no answer.
            raise ConnectionError(f'no network in a replay: {request.url}')
        with lock:
            try:
                return send(adapter, request, **kwargs)
            except CannotOverwriteExistingCassetteException as error:
                print(error, file=sys.stderr)  # Whoever sent the request may keep it to themselves.
                raise

    return guarded


def invoke(args):
    """Run az with these arguments in this process; (exit code, what it printed on stdout)."""
    from azure.cli.core import get_default_cli

    out = io.StringIO()
    try:
        code = get_default_cli().invoke(args, out_file=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def play(script):
    """Run the steps until one fails; (exit code, stdout) of the last. What is not used of a cassette is a failure."""
    scrubber = Scrubber(script.replace)

    def scrub_request(request):
        scrubbed = scrubber.request(request)
        return None if script.record and not scrubbed.uri.startswith(ORIGIN) else scrubbed

    recorder = vcr.VCR(
        record_mode='all' if script.record else 'none',
        decode_compressed_response=True,
        match_on=('method', 'path', 'query', 'body', 'headers'),
        before_record_request=scrub_request,
        before_record_response=scrubber.response,
        custom_patches=[(HTTPAdapter, 'send', guard(HTTPAdapter.send, script.record))],
    )
    code, out = 0, ''
    for cassette_file in dict.fromkeys(step.cassette for step in script.steps):
        with recorder.use_cassette(cassette_file) as cassette:
            for step in (step for step in script.steps if step.cassette == cassette_file):
                code, out = invoke(step.args)
                if code:
                    return code, out
        if not script.record and not cassette.all_played:
            unused = [
                f'{request.method} {request.uri}'
                for (request, _), count in zip(cassette.data, map(cassette.play_counts.get, range(len(cassette))))
                if not count
            ]
            print('recorded and not asked for: ' + ', '.join(unused), file=sys.stderr)
            return 70, out
    return code, out


def main():
    """Run the Script of standard input."""
    # The extension is to come from where az installs extensions, not from the checkout.
    sys.path[:] = [path for path in sys.path if Path(path or '.').resolve() != ROOT]
    logging.getLogger('vcr').setLevel(logging.ERROR)
    data = json.load(sys.stdin)
    code, out = play(Script([Step(**step) for step in data['steps']], data['record'], data['replace']))
    print(out, end='')
    return code


if __name__ == '__main__':
    sys.exit(main())
