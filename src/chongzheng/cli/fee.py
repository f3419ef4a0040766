"""What does a payment cost the merchant, and by which rule? The command fee."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from chongzheng.fees import words
from chongzheng.fees.rules import CARD_TYPES, CHANNELS, ENTRY_MODES, GENERAL, Asked, Rule
from chongzheng.fees.tariff import Quote, Tariff
from chongzheng.fees.undone import Charged, OnRefund, returned_fen
from chongzheng.gateway import fee_rules
from chongzheng.mistakes import TheirMistake
from chongzheng.money import FEN_MAX
from chongzheng.settlement import days

YUAN = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?")
MCC = re.compile(r"[0-9]{4}")
CHINA_AHEAD = timedelta(hours=8)


class Yuan(click.ParamType):
    """An amount as people write it, `10000` or `12.50`, turned into fen."""

    name = "yuan"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Fen, more than zero, at most what F4 holds."""
        if isinstance(value, int):
            return value
        found = YUAN.fullmatch(value) if value.isascii() else None
        fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
        if not 0 < fen <= FEN_MAX:
            self.fail("is no amount in yuan: digits, at most two decimals, more than zero, such as 12.50", param)
        return fen


YUAN_AMOUNT = Yuan()
own_option = click.option(
    "--own", envvar="CHONGZHENG_FEES", type=click.Path(path_type=Path), help="Price list of the operator, TOML."
)
set_option = click.option("--rules", "name", default=GENERAL, show_default=True, help="The set of rules.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")


class _Fee(click.Group):
    """Its subcommands read files and load what that takes, so they are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return ["check", "hopping", "tails"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        from chongzheng.cli import fee_files

        commands = {"check": fee_files.check, "hopping": fee_files.hopping, "tails": fee_files.booked_tails}
        return commands.get(cmd_name)


@click.group(cls=_Fee, invoke_without_command=True)
@click.option("--channel", type=click.Choice(CHANNELS), help="How it is paid.")
@click.option("--card", type=click.Choice(CARD_TYPES), help="The card type; a wallet's price does not depend on it.")
@click.option("--entry", type=click.Choice(ENTRY_MODES), help="How the card or code was read.")
@click.option("--amount", type=YUAN_AMOUNT, help="Yuan, such as 10000.00.")
@click.option("--mcc", default="", help="Merchant category, four digits.")
@click.option("--merchant", default="", help="Merchant number, for a price of its own.")
@click.option("--date", "day", default="", help="Day of the payment, yyyymmdd or yyyy-mm-dd; today in China.")
@set_option
@own_option
@click.option(
    "--refund", type=YUAN_AMOUNT, help="Yuan that go back of a sale of --amount: how much of the fee does too?"
)
@click.option("--refunded", type=YUAN_AMOUNT, default=None, help="Yuan that went back before.")
@click.option("--policy", type=click.Choice([one.value for one in OnRefund]), help="Instead of the agreed one.")
@click.option("--table", is_flag=True, help="Print the rules of the day in the order in which they are tried.")
@json_option
@click.pass_context
def fee(
    ctx: click.Context,
    channel: str | None,
    card: str | None,
    entry: str | None,
    amount: int | None,
    mcc: str,
    merchant: str,
    day: str,
    name: str,
    own: Path | None,
    refund: int | None,
    refunded: int | None,
    policy: str | None,
    table: bool,
    as_json: bool,
) -> None:
    """What a payment costs, by which rule, and why. Rates are data: docs/fees.md."""
    if ctx.invoked_subcommand is not None:
        return
    on = _day(day)
    tariff = fee_rules.tariff(own)
    if table:
        _print_table(tariff, name, on, merchant, as_json)
        return
    if mcc and not MCC.fullmatch(mcc):
        raise TheirMistake("is not four digits", "--mcc")
    if channel is None or amount is None:
        raise TheirMistake("is missing", "--channel" if channel is None else "--amount")
    asked = Asked(channel, amount, on, entry or "", card or "", mcc, merchant)
    quote = tariff.quote(asked, name)
    if quote is None:
        raise TheirMistake(_missing(asked), "fee")
    said = document(quote, name)
    if refund is not None:
        said |= _returned(tariff, quote, refunded or 0, refund, policy)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo(f"{_yuan(quote.fee_fen)} yuan\n{words.english(quote)}\n{words.chinese(quote)}")
    if refund is not None:
        click.echo(f"{_yuan(int(str(said['returned_fen'])))} yuan of it come back with the refund ({said['policy']})")


def document(quote: Quote, name: str) -> dict[str, object]:
    """The quote as `--json` prints it; `exact_fen` is text with every digit before rounding."""
    return {
        "fee_fen": quote.fee_fen,
        "rule": quote.rule.id,
        "why": words.english(quote),
        "why_zh": words.chinese(quote),
        "rules": name,
        "amount_fen": quote.asked.amount_fen,
        "exact_fen": f"{quote.exact_fen.normalize():f}",
        "capped": quote.is_capped,
        "date": quote.asked.day,
    }


def _returned(tariff: Tariff, quote: Quote, before: int, refund: int, policy: str | None) -> dict[str, object]:
    """What of the fee comes back with a refund of the sale, by the agreed policy unless one is named."""
    asked = quote.asked
    agreed = OnRefund(policy) if policy else tariff.on_refund(asked.channel, asked.merchant, asked.day)
    back = returned_fen(Charged(asked.amount_fen, quote.fee_fen, quote.rule), before, refund, agreed)
    return {"policy": agreed.value, "refund_fen": refund, "returned_fen": back}


def _day(given: str) -> str:
    text = given.replace("-", "") if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", given) else given
    if not text:
        return f"{datetime.now(UTC) + CHINA_AHEAD:%Y%m%d}"
    if not days.is_day(text):
        raise TheirMistake("is no day; write yyyymmdd", "--date")
    return text


def _missing(asked: Asked) -> str:
    """Why no rule speaks of it, and what to say more."""
    if asked.channel == "card" and not asked.card_type:
        return "a card is priced by its type; add --card credit or --card debit"
    return "no rule of this set and day covers it; --table prints the rules"


def _print_table(tariff: Tariff, name: str, day: str, merchant: str, as_json: bool) -> None:
    prices = tariff.prices(name, day)
    rules = prices.of_merchant.get(merchant, prices.general)
    if as_json:
        rows = [_row(rule) for rule in rules]
        click.echo(json.dumps({"rules": name, "date": day, "table": rows}, ensure_ascii=False))
        return
    for rule in rules:
        click.echo(f"{rule.order:>4}  {rule.id:<16} {rule.set:<10} {words.price(rule)}")
        for meaning in filter(None, (rule.en, rule.zh)):
            click.echo(f"      {meaning}")


def _row(rule: Rule) -> dict[str, object]:
    return {
        "order": rule.order,
        "rule": rule.id,
        "set": rule.set,
        "mode": "TIERED" if rule.is_tiered else "WHOLE",
        "price": words.price(rule),
        "cap_fen": rule.cap_fen,
        "channel": sorted(rule.when.channel),
        "entry": sorted(rule.when.entry_mode),
        "card": sorted(rule.when.card_type),
        "mcc": sorted(rule.when.mcc),
        "amount_fen_min": rule.when.amount_fen_min,
        "amount_fen_max": rule.when.amount_fen_max,
        "from": rule.first_day,
        "until": rule.last_day,
        "merchant": rule.merchant,
        "own": rule.own,
        "en": rule.en,
        "zh": rule.zh,
    }


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
