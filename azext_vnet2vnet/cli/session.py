"""One run of a command: from az's context to Azure, and from what stopped it to an error of az."""

import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from azext_vnet2vnet.cli.signals import Interrupts
from azext_vnet2vnet.network.diagnostic import Diagnostic, Refused, Severity, refuse
from azext_vnet2vnet.network.plain_text import plain
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.options.subscription_names import find_account

if TYPE_CHECKING:
    from azext_vnet2vnet.arm.transport import Arm
    from azext_vnet2vnet.engine.engine import Report
    from azext_vnet2vnet.network.pair import ObservedPair
    from azext_vnet2vnet.workflows.preview import Preview

Arguments = ParamSpec('Arguments')
Result = TypeVar('Result')
Json = dict[str, Any]
P = TypeVar('P', bound='Preview')

_THREADS = 32  # An answer takes some tenths of a second, most of which nobody here has to do anything.
_READ_SECONDS = 900.0  # Real ones: reading takes no longer where Azure is simulated at a higher speed.


class Session:
    """What every command needs: the login, Azure, progress, a question, and one way to fail."""

    def __init__(self, cli_ctx: Any, timeout: float | None = None, sends_key: bool = False):
        """`timeout` is in seconds; None for a command that only reads.

        An azclierror for a command that sends a key where az would send it to more places than the connection.
        """
        if sends_key:
            _refuse_policy_token(cli_ctx.data)
        self._cli_ctx = cli_ctx
        self._timeout = timeout
        self._parting = ''  # Set as soon as something may be written.

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """The subscriptions of the login."""
        from azext_vnet2vnet.arm.login import read_accounts

        return read_accounts(self._cli_ctx)

    @cached_property
    def subscription(self) -> str:
        """The subscription that az uses, as it was typed: its id or name."""
        from azext_vnet2vnet.arm.login import default_subscription

        return default_subscription(self._cli_ctx)

    @cached_property
    def account(self) -> Account:
        """The same, as the login has it; an azclierror where it has none."""
        diagnostics: list[Diagnostic] = []
        account = find_account(self.subscription, '--subscription or --ids', self.accounts, diagnostics)
        self.check(diagnostics)
        assert account
        return account

    @cached_property
    def arm(self) -> 'Arm':
        """Azure, until the time-out."""
        import random

        from azext_vnet2vnet.arm.client import Clients
        from azext_vnet2vnet.arm.clock import Clock
        from azext_vnet2vnet.arm.threads import threads_of_process
        from azext_vnet2vnet.arm.transport import Arm

        # A simulated Azure may run faster than the real one; Azure's own Retry-After needs no such help.
        clock = Clock(self._cli_ctx.config.getfloat('vnet2vnet', 'speed', fallback=1.0))
        seconds = clock.from_real_seconds(_READ_SECONDS) if self._timeout is None else self._timeout
        return Arm(
            Clients(self._cli_ctx, _THREADS),
            threads_of_process(_THREADS),
            clock,
            jitter=random.random,
            deadline=clock.now() + seconds,
            polls_resources=self._cli_ctx.config.getboolean('vnet2vnet', 'looks', fallback=True),
        )

    def connection(self, group: str, name: str) -> ResourceId:
        """The id of a connection that is named by its group and name, in the subscription that az uses."""
        return ResourceId(self.account.id, group, CONNECTION_TYPE, (name,))

    def check(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print the warnings; raise the errors, all at once, as one azclierror."""
        found = tuple(diagnostics)
        with self._translated_failures():
            refuse(found)
        for one in found:
            if one.severity is Severity.WARNING:
                self.warn(f'{one.message}. {one.recommendation}.')

    def read(
        self,
        task: Callable[Concatenate['Arm', Arguments], Awaitable[Result]],
        *arguments: Arguments.args,
        **options: Arguments.kwargs,
    ) -> Result:
        """Run a read-only task(arm, *arguments) and return its result."""
        with self._translated_failures():
            return _run(task(self.arm, *arguments, **options))

    def call(
        self, decide: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
    ) -> Result:
        """Call a function that may raise Refused."""
        with self._translated_failures():
            return decide(*arguments, **options)

    def find_pair(self, group: str, name: str) -> 'ObservedPair':
        """The pair that a connection, named by its group and name, is a half of."""
        from azext_vnet2vnet.readers.pair import find_pair

        return self.read(find_pair, self.accounts, self.connection(group, name))

    def carry_out(
        self,
        preview: P,
        run: Callable[['Arm', P, 'Report'], Awaitable[Result]],
        to_json: Callable[[Result], Json],
        what_if: bool | None,
        yes: bool | None,
    ) -> Json:
        """Run the plan of a preview and return the result as JSON; with `what_if` the plan itself."""
        from azext_vnet2vnet.cli.output import plan_json
        from azext_vnet2vnet.cli.progress import choose_report
        from azext_vnet2vnet.cli.standard_error import unfailing_stderr
        from azext_vnet2vnet.planning.disturbance import disturbance_of

        self.check(preview.diagnostics)
        self.say('' if preview.plan.steps else 'Nothing to do: everything exists as asked for.')
        if what_if:
            return plan_json(preview.plan, preview.diagnostics)
        with self._translated_failures(), unfailing_stderr():
            self._confirm([plain(f'{disturbance_of(step)}.') for step in preview.plan.disturbing], yes)
            self._parting = preview.parting if preview.plan.writes else ''
            self.say(preview.warning)
            with choose_report(self._cli_ctx, preview.plan, self.arm.clock) as report:
                return to_json(_run(run(self.arm, preview, report)))

    def say(self, text: str) -> None:
        """Print prose for the user, on stderr."""
        from azext_vnet2vnet.cli.standard_error import tell

        if text and not self._cli_ctx.only_show_errors:
            tell(plain(text))

    @staticmethod
    def warn(text: str) -> None:
        """Print a warning, on stderr."""
        from knack.log import get_logger

        get_logger(__name__).warning(plain(text))

    def exit_with(self, code: int) -> None:
        """Have az end with this exit code once it has printed the result."""
        from knack.events import EVENT_CLI_SUCCESSFUL_EXECUTE

        def end(*_: Any, **__: Any) -> None:
            self._cli_ctx.unregister_event(EVENT_CLI_SUCCESSFUL_EXECUTE, end)
            raise SystemExit(code)

        self._cli_ctx.register_event(EVENT_CLI_SUCCESSFUL_EXECUTE, end)

    def exit_unless_up(self, pairs: Iterable[Json]) -> None:
        """Exit code 5 where a pair is complete, but its tunnel was not up when the wait for it ended."""
        if any(pair['status'] in ('NotConnected', 'Connecting', 'Unknown') for pair in pairs):
            self.exit_with(5)

    @contextmanager
    def failing_beside_others(self) -> Iterator[None]:
        """Force exit code 1 if the body raises: az exits with 0 if any of several --ids succeeds."""
        try:
            yield
        except Exception:
            self.exit_with(1)
            raise

    @contextmanager
    def _translated_failures(self) -> Iterator[None]:
        """Turn whatever stops the body into an error of az, and Ctrl-C or a signal like it into its exit code."""
        from azext_vnet2vnet.arm.failures import Failure, ReadTimedOut, TimedOut
        from azext_vnet2vnet.cli.errors import azure_error
        from azext_vnet2vnet.cli.standard_error import tell

        with Interrupts() as interrupts:
            try:
                yield
            except TimedOut as failure:
                raise azure_error(ReadTimedOut(failure.seconds) if self._timeout is None else failure) from None
            except (Refused, Failure) as failure:
                raise azure_error(failure) from None
            except KeyboardInterrupt:
                text = (
                    f'Interrupted. Operations already started continue in Azure; {self._parting}.'
                    if self._parting
                    else 'Interrupted before anything was written.'
                )
                tell(plain(text))
                raise SystemExit(interrupts.exit_code) from None

    def _confirm(self, disturbances: list[str], yes: bool | None) -> None:
        """Ask before something is done that drops the traffic of what exists."""
        from azure.cli.core.azclierror import ManualInterrupt, NoTTYError
        from knack.prompting import NoTTYException, prompt_y_n

        if yes or not disturbances or self._cli_ctx.config.getboolean('core', 'disable_confirm_prompt', fallback=False):
            return
        asked = self.arm.clock.now()
        try:
            if sys.stdin is None:
                raise NoTTYException
            with redirect_stdout(sys.stderr):  # knack asks on stdout, which is for the result alone.
                agreed = prompt_y_n('\n'.join([*disturbances, 'Go on?']), default='n')
        except EOFError:
            print(file=sys.stderr)  # The cursor stands behind the question.
            agreed = False
        except NoTTYException:
            raise NoTTYError(
                f'{" ".join(disturbances)} This requires a confirmation, and there is no terminal to ask at.',
                'Add --yes to go on without a question.',
            ) from None
        self.arm.extend_deadline(self.arm.clock.now() - asked)
        if not agreed:
            raise ManualInterrupt('Operation cancelled; nothing was written.')


def _refuse_policy_token(typed: Mapping[str, Any]) -> None:
    """az would post, and under --debug log, the body of each write first (azure-cli-core 2.91, sdk/policies.py)."""
    from azure.cli.core.azclierror import InvalidArgumentValueError

    for entry, option in (
        ('_acquire_policy_token', '--acquire-policy-token'),
        ('_change_reference', '--change-reference'),
    ):
        if typed.get(entry):
            raise InvalidArgumentValueError(
                f'{option} would have az post the shared key to another service, and log it with --debug.',
                f'Omit {option}: this command cannot be used where a policy requires it.',
            )


def _run(task: Awaitable[Result]) -> Result:
    import asyncio

    async def wait() -> Result:
        return await task

    return asyncio.run(wait())
