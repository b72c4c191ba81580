"""The command table."""


def load_command_table(loader, _args):
    """Register the commands of `az vnet2vnet`."""
    from azext_vnet2vnet._format import pair_table
    with loader.command_group('vnet2vnet', is_preview=True) as group:
        group.custom_command('create', 'create_pair', table_transformer=pair_table)
