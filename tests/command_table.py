"""Print as JSON what az knows of the extension's commands; run with az's own environment variables.

{"groups": {name: help}, "commands": {name: {"help", "examples": [{"name", "text", "faults": [..]}],
 "options": {dest: {"names", "help", "required", "default", "group"}}}}}; help is the parsed YAML, or null.
An example's faults are its `az vnet2vnet` lines that az's own parser refuses; why is on stderr.
"""

import json
import re
import shlex
import sys

import yaml
from azure.cli.core import get_default_cli
from azure.cli.core.commands import register_cache_arguments
from azure.cli.core.commands.arm import register_global_subscription_argument, register_ids_argument
from azure.cli.core.commands.events import EVENT_INVOKER_POST_LOAD_ARGUMENTS, EVENT_INVOKER_PRE_LOAD_ARGUMENTS
from knack.events import EVENT_INVOKER_POST_CMD_TBL_CREATE
from knack.help_files import helps

GROUP = 'vnet2vnet'


def load(cli):
    """Load the extension's commands with their arguments into cli, and return its invoker."""
    register_global_subscription_argument(cli)
    register_ids_argument(cli)
    register_cache_arguments(cli)
    invoker = cli.invocation_cls(
        cli_ctx=cli, commands_loader_cls=cli.commands_loader_cls, parser_cls=cli.parser_cls, help_cls=cli.help_cls
    )
    cli.invocation = invoker
    invoker.commands_loader.skip_applicability = True
    invoker.commands_loader.load_command_table([GROUP, '-h'])
    invoker.commands_loader.command_name = ''
    invoker.data['command_string'] = ''
    cli.raise_event(EVENT_INVOKER_PRE_LOAD_ARGUMENTS, commands_loader=invoker.commands_loader)
    invoker.commands_loader.load_arguments()
    cli.raise_event(EVENT_INVOKER_POST_LOAD_ARGUMENTS, commands_loader=invoker.commands_loader)
    cli.raise_event(EVENT_INVOKER_POST_CMD_TBL_CREATE, commands_loader=invoker.commands_loader)
    invoker.parser.cli_ctx = cli
    invoker.parser.load_command_table(invoker.commands_loader)
    return invoker


def find_faults(example, parser):
    """Return the commands of ours in an example's text that the parser refuses."""
    lines = re.sub(r'\\\s*\n', ' ', example).splitlines()
    commands = [line[line.index(f'az {GROUP}') :] for line in lines if f'az {GROUP}' in line]
    faults = [] if commands else [f'no az {GROUP} command: {example}']
    for command in commands:
        words = shlex.split(command, comments=True)[1:]
        end = next((i for i, word in enumerate(words) if word in ('|', '>', '&&', ';')), len(words))
        try:
            parser.parse_args(words[:end])
        except SystemExit:
            faults.append(command)
    return faults


def describe(name, command, parser):
    """Return what the module's docstring says about one command."""
    text = yaml.safe_load(helps[name]) if name in helps else None
    examples = [
        {'name': each['name'], 'text': each['text'], 'faults': find_faults(each['text'], parser)}
        for each in (text or {}).get('examples', [])
    ]
    options = {}
    for dest, argument in command.arguments.items():
        settings = argument.type.settings
        names = [getattr(option, 'target', option) for option in settings.get('options_list') or []]
        options[dest] = {
            'names': [str(option) for option in names],
            'help': settings.get('help'),
            'required': bool(settings.get('required')),
            'default': repr(settings.get('default')),
            'group': settings.get('arg_group'),
        }
    return {'help': text, 'examples': examples, 'options': options}


def main():
    """Print the table."""
    invoker = load(get_default_cli())
    table = invoker.commands_loader.command_table
    commands = {
        name: describe(name, command, invoker.parser)
        for name, command in sorted(table.items())
        if name.split()[0] == GROUP
    }
    groups = sorted({' '.join(name.split()[:count]) for name in commands for count in range(1, len(name.split()))})
    json.dump(
        {
            'groups': {name: yaml.safe_load(helps[name]) if name in helps else None for name in groups},
            'commands': commands,
        },
        sys.stdout,
    )


if __name__ == '__main__':
    main()
