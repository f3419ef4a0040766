"""What stands of the cases that people work? The command case and its subcommands."""

from __future__ import annotations

import importlib

import click

# subcommand: the module of its command, and its name there
COMMANDS = {
    "ask": ("case_known", "ask"),
    "causes": ("case_tables", "causes"),
    "decide": ("case_tables", "decide_table"),
    "find": ("case_findings", "find"),
    "patterns": ("case_findings", "patterns"),
    "position": ("case_findings", "where"),
    "priors": ("case_known", "priors"),
    "rebuild": ("case_findings", "rebuilt"),
    "renewal": ("case_findings", "renew"),
    "saved": ("case_known", "saved"),
    "staff": ("case_findings", "staff"),
}


class _Case(click.Group):
    """Its subcommands load tables of their own, so they are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        found: click.Command = getattr(importlib.import_module(f"chongzheng.cli.{module}"), name)
        return found


@click.group(cls=_Case)
def case() -> None:
    """Payments that people must work: what is true of them, and why their reversal failed."""
