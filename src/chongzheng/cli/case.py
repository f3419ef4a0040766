"""What stands of the cases that people work? The command case and its subcommands."""

from __future__ import annotations

import click


class _Case(click.Group):
    """Its subcommands load tables of their own, so they are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return ["causes", "decide"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        from chongzheng.cli import case_tables

        return {"causes": case_tables.causes, "decide": case_tables.decide_table}.get(cmd_name)


@click.group(cls=_Case)
def case() -> None:
    """Payments that people must work: what is true of them, and why their reversal failed."""
