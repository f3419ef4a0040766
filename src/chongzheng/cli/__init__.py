"""Which command does the user mean, and what does a failure look like to them?"""

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from chongzheng import __version__
from chongzheng.mistakes import OurMistake, TheirMistake

EXIT_NO = 1
EXIT_BAD_INPUT = 2

# command: where it is, and the line that --help shows without importing it
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("chongzheng.cli.demo:demo", "Take payments that fail to proven answers, on this machine."),
    "up": ("chongzheng.cli.run:up", "Start the engine, its HTTP door and the web desk."),
    "console": ("chongzheng.cli.console:console", "Serve the web desk for people."),
    "public": ("chongzheng.cli.public:public", "The page for cardholders: look up a payment, complain."),
    "seal-key": ("chongzheng.cli.keys:seal_key", "Seal a master key for the configuration."),
    "explain": ("chongzheng.cli.payment:explain", "Tell the story of one payment."),
    "proof": ("chongzheng.cli.payment:proof", "Write the evidence bundle of one payment."),
    "verify": ("chongzheng.cli.payment:verify", "Check an evidence bundle without the database."),
    "import": ("chongzheng.cli.imports:import_file", "Bring in payments from another switch."),
    "api": ("chongzheng.cli.api:api", "Tokens and webhooks of the HTTP door."),
    "settle": ("chongzheng.cli.settle:settle", "Reconcile a settlement file."),
    "fee": ("chongzheng.cli.fee:fee", "What a payment costs, by which rule, and why."),
    "case": ("chongzheng.cli.case:case", "Truth and cause of payments that people work."),
    "matter": ("chongzheng.cli.matter:matter", "Slow work: cases, tasks, complaints, problems, tickets."),
    "notice": ("chongzheng.cli.notice:notice", "Notices to people: seen, sent again, previewed, answered."),
    "register": ("chongzheng.cli.register:register", "Rules, calendars, limits: dated rows."),
    "requirements": ("chongzheng.cli.requirements:requirements", "How each requirement stands, and what proves it."),
    "report": ("chongzheng.cli.report:report", "Papers: audit of a case or a period, retrieval evidence."),
    "breaks": ("chongzheng.cli.breaks:breaks", "Work the differences between book and file."),
    "money": ("chongzheng.cli.money:money", "Money in doubt, trial balance, day close, export."),
    "user": ("chongzheng.cli.user:user", "The register of people: roles, passwords, sessions."),
    "audit": ("chongzheng.cli.audit:audit", "Check that nobody changed the journal afterwards."),
    "backup": ("chongzheng.cli.operate:back_up", "Copy the journal while the engine goes on writing."),
    "restore": ("chongzheng.cli.operate:restore", "Put a backup in the journal's place."),
    "config": ("chongzheng.cli.operate:show_config", "Print every setting, its value, origin, limits and meaning."),
    "decode": ("chongzheng.cli.codec:decode", "Look into a message, masked unless told otherwise."),
    "encode": ("chongzheng.cli.codec:encode", "Build a message from JSON."),
    "mac": ("chongzheng.cli.codec:mac", "Compute a message authentication code."),
    "simulate": ("chongzheng.cli.simulate:simulate", "Prove the engine in a world where everything fails."),
    "bench": ("chongzheng.cli.bench:bench", "Measure, side by side with the alternatives."),
}


def _load(name: str) -> click.Command:
    path, attribute = COMMANDS[name][0].split(":")
    gc.disable()  # what is imported stays: looking for garbage in it cost a sixth of an engine's start
    try:
        module = importlib.import_module(path)
    except ModuleNotFoundError as missing:
        if missing.name != path:
            raise
        raise TheirMistake("is not part of this installation", f"command {name}") from None
    finally:
        gc.enable()
    command: click.Command = getattr(module, attribute)
    return command


def _fail(line: str, code: int) -> NoReturn:
    one_line = " ".join(line.split())
    click.echo(f"chongzheng: {one_line}", err=True)
    sys.exit(code)


def _click_line(problem: click.ClickException) -> str:
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        return "no command given, see chongzheng --help"
    if isinstance(problem, click.UsageError) and problem.ctx is not None:
        return f"{problem.format_message()} See {problem.ctx.command_path} --help"
    return problem.format_message()


class Front(click.Group):
    """The group of all commands: imports one only when it is used, and turns every failure into one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        return _load(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list that --help shows, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command: exit 0 done, 1 the answer is no or we failed, 2 bad input with one line on stderr."""
        name = prog_name or "chongzheng"
        try:
            outcome = super().main(args, name, complete_var, standalone_mode=False, **extra)
        except TheirMistake as mistake:
            _fail(str(mistake), EXIT_BAD_INPUT)
        except click.ClickException as problem:
            _fail(_click_line(problem), EXIT_BAD_INPUT)
        except (click.Abort, KeyboardInterrupt):
            _fail("stopped", EXIT_NO)
        except BrokenPipeError:  # the reader of our output went away; nothing is left to say, not even at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(EXIT_NO)
        except OurMistake as mistake:
            _fail(f"a fault of ours: {mistake}", EXIT_NO)
        except Exception as fault:
            if os.environ.get("CHONGZHENG_TRACEBACK"):
                raise
            _fail(f"a fault of ours: {type(fault).__name__} (CHONGZHENG_TRACEBACK=1 shows where)", EXIT_NO)
        sys.exit(outcome if isinstance(outcome, int) else 0)


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="chongzheng", message="%(prog)s %(version)s")
def main() -> None:
    """Take every card payment whose reversal did not succeed to one final answer that is proven."""
