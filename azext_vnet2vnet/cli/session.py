"""One run of a command: from az's context to the cloud, and from what went wrong to az's errors."""

import sys
from collections.abc import Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cached_property

from azext_vnet2vnet.network.diagnostic import Diagnostic, Refused, Severity, errors
from azext_vnet2vnet.network.resource_id import CONNECTION_TYPE, ResourceId
from azext_vnet2vnet.network.subscriptions import Account
from azext_vnet2vnet.options.subscription_names import find_account


class Session:
    """What every command needs: the login, Azure, progress, a question, and one way to fail."""

    def __init__(self, cli_ctx, timeout: float | None = None):
        self._cli_ctx = cli_ctx
        self._timeout = timeout
        self._resumption = ''  # Set as soon as something may be written.

    def connection(self, group: str, name: str) -> ResourceId:
        """The id of a connection that is named by its group and name, in the subscription that az uses."""
        return ResourceId(self.account.id, group, CONNECTION_TYPE, (name,))

    def check(self, findings) -> None:
        """Tell the warnings; raise the errors, all at once, as one azclierror."""
        with self.failing():
            if errors(findings):
                raise Refused(errors(findings))
        self._tell(findings)

    def look(self, task, *arguments):
        """What a task of the cloud finds; it is called with Azure and the arguments."""
        from azext_vnet2vnet.workflows.run import run

        with self.failing():
            return run(task(self.arm, *arguments))

    def look_at_pair(self, group: str, name: str):
        """The pair that a connection, named by its group and name, is a half of."""
        from azext_vnet2vnet.readers.pair import find_pair

        half = self.connection(group, name)
        return self.look(find_pair, self.accounts, half)

    def look_at_pair_if_any(self, half: ResourceId):
        """The pair that the connection of this id is a half of; None where there is no such connection."""
        from azext_vnet2vnet.readers.pair import find_pair_if_any

        return self.look(find_pair_if_any, self.accounts, half)

    def carry_out(self, preview, task, what_if: bool | None, yes: bool | None) -> dict:
        """Run the plan of a preview by a task of the cloud, or say what that would do."""
        from azext_vnet2vnet.cli.progress import choose_report
        from azext_vnet2vnet.workflows.run import run

        self._tell(preview.findings)
        self.say('' if preview.plan.steps else 'Nothing to do: everything is there as asked for.')
        if what_if:
            return preview.shape()
        with self.failing():
            self._confirm(preview.plan.disturbances(), yes)
            self._resumption = preview.parting if preview.plan.writes else ''
            self.say(preview.warning)
            with choose_report(self._cli_ctx, preview.plan, self.arm.clock) as report:
                return run(task(self.arm, preview, report))

    def hand_over(self, preview, what_if: bool, yes: bool, topology: str | None = None) -> dict:
        """Begin the plan of a preview and hand the rest to Azure; `topology` is the name of a file with many pairs."""
        from azext_vnet2vnet.workflows.no_wait import preview_handover, run_handover

        handover = self.look(preview_handover, preview, topology)
        result = self.carry_out(handover, run_handover, what_if, yes)
        if not what_if and result['next']:
            rest = ', then the same command again' if result['next'].startswith('az network') else ''
            self.say(f'Azure goes on with it. Follow it with: {result["next"]}{rest}')
        return result

    @cached_property
    def accounts(self):
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
        findings: list[Diagnostic] = []
        account = find_account(self.subscription, '--subscription or --ids', self.accounts, findings)
        self.check(findings)
        return account

    @cached_property
    def arm(self):
        """Azure, until the time is over."""
        from azext_vnet2vnet.workflows.run import make_arm

        return make_arm(self._cli_ctx, self._timeout)

    @contextmanager
    def failing(self):
        """Turn whatever goes wrong inside into az's errors."""
        from azext_vnet2vnet.arm.failures import Failure
        from azext_vnet2vnet.cli.errors import failure_error, refusal

        try:
            yield
        except Refused as refused:
            raise refusal(refused.diagnostics) from None
        except Failure as failure:
            raise failure_error(failure) from None
        except KeyboardInterrupt:
            print(
                f'Interrupted. Azure goes on with what was begun; {self._resumption}.'
                if self._resumption
                else 'Interrupted before anything was written.',
                file=sys.stderr,
            )
            raise SystemExit(130) from None

    def tell_far_end(self, result: Mapping) -> None:
        """What the other administrator has to do, where this one wrote one end only."""
        far_end = result.get('farEnd')
        if far_end and result['status'] != 'Connected':
            self.say(
                '\nThe other administrator runs this, with the same key in FILE:\n\n'
                f'{far_end["command"]}\n\nAzure asks you for these rights at the other end: '
                f'{", ".join(far_end["rights"])}\n'
            )

    def say(self, text: str) -> None:
        """Prose for the user, on stderr."""
        if text and not self._cli_ctx.only_show_errors:
            print(text, file=sys.stderr)

    def exit_with(self, code: int) -> None:
        """Have az end with this exit code once it has printed the result."""
        from knack.events import EVENT_CLI_POST_EXECUTE, EVENT_CLI_SUCCESSFUL_EXECUTE

        def end(*_, **__):
            raise SystemExit(code)

        def forget(*_, **__):
            self._cli_ctx.unregister_event(EVENT_CLI_SUCCESSFUL_EXECUTE, end)
            self._cli_ctx.unregister_event(EVENT_CLI_POST_EXECUTE, forget)

        self._cli_ctx.register_event(EVENT_CLI_SUCCESSFUL_EXECUTE, end)
        self._cli_ctx.register_event(EVENT_CLI_POST_EXECUTE, forget)

    @contextmanager
    def failing_beside_others(self):
        """Have az end with 1 where what is inside fails: with several --ids it ends with 0 if one of them succeeds."""
        try:
            yield
        except Exception:
            self.exit_with(1)
            raise

    @staticmethod
    def warn(text: str) -> None:
        """A warning, on stderr."""
        from knack.log import get_logger

        get_logger(__name__).warning(text)

    def _tell(self, findings) -> None:
        for finding in findings:
            if finding.severity is Severity.WARNING:
                self.warn(f'{finding.message}. {finding.recommendation}.')

    def _confirm(self, disturbances, yes: bool | None) -> None:
        """Ask before something is done that drops the traffic of what exists."""
        from azure.cli.core.azclierror import ManualInterrupt, NoTTYError
        from knack.prompting import NoTTYException, prompt_y_n

        if yes or not disturbances or self._cli_ctx.config.getboolean('core', 'disable_confirm_prompt', fallback=False):
            return
        sentences = [f'{disturbance}.' for disturbance in disturbances]
        try:
            with redirect_stdout(sys.stderr):  # knack asks on stdout, which is for the result alone.
                agreed = prompt_y_n('\n'.join([*sentences, 'Go on?']), default='n')
        except EOFError:
            print(file=sys.stderr)  # The cursor stands behind the question.
            agreed = False
        except NoTTYException:
            raise NoTTYError(
                f'{" ".join(sentences)} This wants a confirmation, and there is no terminal to ask at.',
                'Add --yes to go on without a question.',
            ) from None
        if not agreed:
            raise ManualInterrupt('Operation cancelled; nothing was written.')
