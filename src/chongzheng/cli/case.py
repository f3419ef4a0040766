"""What stands of the cases that people work? The command case and its subcommands."""

from __future__ import annotations

import click

# subcommand: its name in case_findings
FINDINGS = {
    "find": "find",
    "patterns": "patterns",
    "position": "where",
    "rebuild": "rebuilt",
    "renewal": "renew",
    "staff": "staff",
}


class _Case(click.Group):
    """Its subcommands load tables of their own, so they are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return sorted(("causes", "decide", *FINDINGS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        from chongzheng.cli import case_findings, case_tables

        if cmd_name in FINDINGS:
            found: click.Command = getattr(case_findings, FINDINGS[cmd_name])
            return found
        return {"causes": case_tables.causes, "decide": case_tables.decide_table}.get(cmd_name)


@click.group(cls=_Case)
def case() -> None:
    """Payments that people must work: what is true of them, and why their reversal failed."""
