"""`az vnet2vnet`: two virtual networks joined by a VPN, and looked after as one pair."""

from azure.cli.core import AzCommandsLoader

from azext_vnet2vnet._help import helps  # noqa: F401  # pylint: disable=unused-import


class Vnet2VnetCommandsLoader(AzCommandsLoader):
    """Tells az the commands and arguments of this extension."""

    def __init__(self, cli_ctx=None):
        from azure.cli.core.commands import CliCommandType

        super().__init__(
            cli_ctx=cli_ctx, custom_command_type=CliCommandType(operations_tmpl='azext_vnet2vnet.custom#{}')
        )

    def load_command_table(self, args):
        from azext_vnet2vnet.commands import load_command_table

        load_command_table(self, args)
        return self.command_table

    def load_arguments(self, command):
        from azext_vnet2vnet._params import load_arguments
        from azext_vnet2vnet.cli.signals import open_standard_error

        open_standard_error()  # Before az says that the command is in preview.
        load_arguments(self, command)


COMMAND_LOADER_CLS = Vnet2VnetCommandsLoader
