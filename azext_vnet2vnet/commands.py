"""The command table."""


def load_command_table(loader, _args):
    """Register the commands of `az vnet2vnet`."""
    from azext_vnet2vnet._format import network_table, pair_table, pairs_table, verdict_table

    with loader.command_group('vnet2vnet', is_preview=True) as group:
        group.custom_command('create', 'create_pair', table_transformer=pair_table)
        group.custom_command('apply', 'apply_topology', table_transformer=network_table)
        group.custom_command('export', 'export_network')
        group.custom_command('list', 'list_pairs', table_transformer=pairs_table)
        group.custom_show_command('show', 'show_pair', table_transformer=pair_table)
        group.custom_command('verify', 'verify_pair', table_transformer=verdict_table)
        group.custom_command('wait', 'wait_for_pair')
        for verb, handler in (
            ('update', 'update_pair'),
            ('rotate-key', 'rotate_key'),
            ('reset', 'reset_pair'),
            ('delete', 'delete_pair'),
        ):
            group.custom_command(verb, handler, table_transformer=pair_table)
