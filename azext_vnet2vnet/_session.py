"""One run of a command: from az's context to the cloud, and from what went wrong to az's errors."""
import sys
from contextlib import contextmanager

from azext_vnet2vnet.domain.finding import Refused, Severity, errors
from azext_vnet2vnet.domain.model import Pair
from azext_vnet2vnet.domain.request import PairOptions, read_pair


class Session:
    """What every command needs: the login, Azure, progress, a question, and one way to fail."""

    def __init__(self, cli_ctx, timeout: float):
        self._cli_ctx = cli_ctx
        self._timeout = timeout
        self._has_begun = False

    def wanted_pair(self, typed: dict) -> Pair:
        """The pair that the options mean; an azclierror with every flaw of the command line."""
        from azext_vnet2vnet.cloud.login import default_subscription, read_accounts
        options = PairOptions.from_typed(typed, default_subscription(self._cli_ctx))
        with self._failing():
            pair, findings = read_pair(options, read_accounts(self._cli_ctx))
            if errors(findings):
                raise Refused(errors(findings))
        self._warn(findings)
        return pair

    def create(self, pair: Pair, what_if: bool, yes: bool) -> dict:
        """Create the pair, or say what that would do."""
        from azext_vnet2vnet.cloud import create
        from azext_vnet2vnet._progress import choose_report
        with self._failing():
            arm = self._arm()
            preview = create.run(create.preview_pair(arm, pair))
            self._warn(preview.findings)
            if what_if:
                self._say('' if preview.plan.steps else 'Nothing to do: everything is there as asked for.')
                return preview.shape()
            self._confirm(preview.plan.disturbances(), yes)
            with choose_report(self._cli_ctx, preview.plan, arm.clock) as report:
                self._has_begun = bool(preview.plan.writes)
                result = create.run(create.run_preview(arm, preview, report))
            self._tell_far_end(result)
            return result

    def _arm(self):
        from azext_vnet2vnet.cloud.arm import Arm
        from azext_vnet2vnet.cloud.clients import Clients
        from azext_vnet2vnet.cloud.clock import Clock
        from azext_vnet2vnet.cloud.create import jitter
        from azext_vnet2vnet.cloud.workers import Workers
        # A simulated Azure may run faster than the real one; Azure's own Retry-After needs no such help.
        clock = Clock(self._cli_ctx.config.getfloat('vnet2vnet', 'speed', fallback=1.0))
        return Arm(Clients(self._cli_ctx), Workers(8), clock, jitter=jitter, deadline=clock.now() + self._timeout)

    @contextmanager
    def _failing(self):
        """Turn whatever goes wrong inside into az's errors."""
        from azext_vnet2vnet.cloud.errors import AGAIN, failure_error, refusal
        from azext_vnet2vnet.cloud.failures import LoginEnded, RequestFailed, TimedOut
        try:
            yield
        except Refused as refused:
            raise refusal(refused.findings) from None
        except (RequestFailed, LoginEnded, TimedOut) as failure:
            raise failure_error(failure) from None
        except KeyboardInterrupt:
            print(f'Interrupted. Azure goes on with what was begun; {AGAIN}.' if self._has_begun
                  else 'Interrupted before anything was written.', file=sys.stderr)
            raise SystemExit(130) from None

    def _tell_far_end(self, result: dict) -> None:
        """What the other administrator has to do, where this one wrote one end only."""
        far_end = result.get('farEnd')
        if far_end and result['status'] != 'Connected':
            self._say('\nThe other administrator runs this, with the same key in FILE:\n\n'
                      f"{far_end['command']}\n\nAzure asks you for these rights at the other end: "
                      f"{', '.join(far_end['rights'])}\n")

    def _say(self, text: str) -> None:
        if text and not self._cli_ctx.only_show_errors:
            print(text, file=sys.stderr)

    @staticmethod
    def _warn(findings) -> None:
        from knack.log import get_logger
        for finding in findings:
            if finding.severity is Severity.WARNING:
                get_logger(__name__).warning('%s. %s.', finding.message, finding.recommendation)

    @staticmethod
    def _confirm(disturbances, yes: bool) -> None:
        """Ask before something is done that drops the traffic of what exists."""
        from azure.cli.core.azclierror import ManualInterrupt, NoTTYError
        from knack.prompting import NoTTYException, prompt_y_n
        if yes or not disturbances:
            return
        try:
            agreed = prompt_y_n('\n'.join(f'{disturbance}.' for disturbance in disturbances) + '\nGo on?', default='n')
        except EOFError:
            agreed = False
        except NoTTYException:
            text = ' '.join(f'{disturbance}.' for disturbance in disturbances)
            raise NoTTYError(f'{text} This wants a confirmation, and there is no terminal to ask at.',
                             'Add --yes to go on without a question.') from None
        if not agreed:
            raise ManualInterrupt('Operation cancelled; nothing was written.')
