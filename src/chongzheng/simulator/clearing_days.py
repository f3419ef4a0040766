"""What may stand in a small clearing day, and how is it written down in the layouts that differ most?

A deal is one payment: what our book says of it, and the lines that an honest channel writes. The writers share nothing
with the readers: ACOM by the places of its fields, the wallets' bills by the order of their columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from chongzheng.settlement.days import instant_ms
from chongzheng.settlement.match import Candidate, Held
from chongzheng.simulator.clearing import control, file_name, laid_out

DAY, NEXT_DAY = "20261122", "20261123"
ACOM, ALIPAY, WECHAT = "acom", "alipay", "wechat"
MERCHANT = "898110000000001"
AMOUNTS_FEN = (100, 101, 5_000, 5_001, 99_900, 1_234_567)
"""Few, and close to each other: payments of one terminal often have the same amount, or one fen more."""
DEALS_MAX = 8
PAN = "6222020000001234567"
FEE_PER_MILLE = 6
SALE, BACK = "sale", "back"

ALIPAY_COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,"
    "服务费（元）,分润（元）,备注"
)
WECHAT_COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
WECHAT_SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


@dataclass(frozen=True, slots=True)
class Deal:
    """A payment. `held`: what our book says; `clock`: HHMMSS of the sale."""

    name: str
    terminal: str
    stan: str
    rrn: str
    order: str
    theirs: str
    fen: int
    clock: str
    held: Held

    @property
    def fee_fen(self) -> int:
        """What was agreed for it."""
        return self.fen * FEE_PER_MILLE // 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line: of which deal (its name, or "" for a trade that nobody knows), which way, how much and at which fee."""

    deal: Deal
    kind: str
    fen: int
    fee_fen: int
    of: str


def draw(dice: Random) -> list[Deal]:
    """The payments of a small day; a few terminals, neighbouring trace numbers, few amounts."""
    deals = []
    for n in range(dice.randint(1, DEALS_MAX)):
        held = dice.choice((Held.KEPT, Held.KEPT, Held.KEPT, Held.RETURNED, Held.NEVER))
        clock = f"{dice.randrange(6, 22):02d}{dice.randrange(60):02d}{dice.randrange(60):02d}"
        deals.append(
            Deal(f"P{n}", f"7700000{dice.randrange(2)}", f"{n + 1:06d}", f"1122{dice.randrange(10**7):07d}{n}",
                 f"20261122A{n}", f"2026112222{dice.randrange(10**17):017d}{n}", dice.choice(AMOUNTS_FEN), clock, held)
        )  # fmt: skip
    return deals


def honest(deals: Sequence[Deal]) -> list[Line]:
    """What stands in the file when the channel and our book agree."""
    lines = [Line(deal, SALE, deal.fen, deal.fee_fen, deal.name) for deal in deals if deal.held is not Held.NEVER]
    lines += [Line(deal, BACK, deal.fen, deal.fee_fen, deal.name) for deal in deals if deal.held is Held.RETURNED]
    return sorted(lines, key=lambda line: (line.deal.clock, line.deal.name, line.kind == BACK))


def candidate(deal: Deal, layout: str) -> Candidate:
    """What matching knows of it."""
    is_card = layout == ACOM
    number = deal.rrn if is_card else deal.theirs
    return Candidate(
        payment=deal.name,
        terminal=deal.terminal,
        merchant=MERCHANT,
        stan=deal.stan,
        amount_fen=deal.fen,
        opened_at_ms=instant_ms(DAY + deal.clock),
        day=DAY,
        rrns=(number,) if deal.held is not Held.NEVER else (),
        channel="card" if is_card else layout,
        order="" if is_card else deal.order,
        held=deal.held,
        fee_fen=None if is_card else deal.fee_fen,
    )


@dataclass(frozen=True, slots=True)
class File:
    """A file as it arrives: `control` vouches for it, or is None where it closes with its own totals. `rows`: each line
    of the file that is a trade, as it stands there, to the Line that it came from."""

    name: str
    content: bytes
    control: bytes | None
    rows: dict[bytes, Line]


def write(layout: str, lines: Sequence[Line]) -> File:
    """The file of the day in this layout; two lines that are alike are one row, twice."""
    return WRITERS[layout](lines)


def _acom(lines: Sequence[Line]) -> File:
    rows = [_acom_row(line) for line in lines]
    content = b"".join(row + b"\n" for row in rows)
    return File(file_name(DAY), content, control(DAY, rows, content), dict(zip(rows, lines, strict=True)))


def _acom_row(line: Line) -> bytes:
    deal, back = line.deal, line.kind == BACK
    sent = DAY[4:] + deal.clock
    return laid_out({
        "stan": deal.stan, "moment": sent, "pan": PAN, "amount": f"{line.fen:012d}", "terminal": deal.terminal,
        "mti": "0420" if back else "0200", "merchant": MERCHANT, "rrn": deal.rrn,
        "original_stan": deal.stan if back else "000000", "original_moment": sent if back else "0" * 10,
    })  # fmt: skip


def vouched(content: bytes) -> bytes:
    """A control file for whatever these bytes are, as ACOM lines."""
    lines = [line for line in content.split(b"\n") if line]
    amounts = [line[62:74] for line in lines]
    kept = [line for line, amount in zip(lines, amounts, strict=True) if amount.isdigit()]
    return control(DAY, kept, content)


def _alipay(lines: Sequence[Line]) -> File:
    rows = [_alipay_row(line).encode("gb18030") for line in lines]
    shown = f"{DAY[:4]}年{DAY[4:6]}月{DAY[6:]}日"
    head = (
        "#支付宝业务明细查询", "#账号：[20881021000000010156]",
        f"#起始日期：[{shown} 00:00:00]   终止日期：[{shown} 24:00:00]", f"#{'-' * 20}业务明细列表{'-' * 20}",
        ALIPAY_COLUMNS,
    )  # fmt: skip
    paid = [line.fen for line in lines if line.kind == SALE]
    returned = [-line.fen for line in lines if line.kind == BACK]
    tail = (
        f"#{'-' * 20}业务明细列表结束{'-' * 20}",
        f"#交易合计：{len(paid)}笔，商家实收共{yuan(sum(paid))}元，商家优惠共0.00元",
        f"#退款合计：{len(returned)}笔，商家实收退款共{yuan(sum(returned))}元，商家优惠退款共0.00元",
    )
    parts = [*(one.encode("gb18030") for one in head), *rows, *(one.encode("gb18030") for one in tail)]
    name = f"shop_{DAY}_业务明细.csv"
    return File(name, b"\r\n".join(parts) + b"\r\n", None, dict(zip(rows, lines, strict=True)))


def _alipay_row(line: Line) -> str:
    deal, back = line.deal, line.kind == BACK
    at = f"{DAY[:4]}-{DAY[4:6]}-{DAY[6:]} {deal.clock[:2]}:{deal.clock[2:4]}:{deal.clock[4:]}"
    money = yuan(-line.fen if back else line.fen)
    cells = [deal.theirs, deal.order, "退款" if back else "交易", "咖啡", at, at, "", "", "", deal.terminal,
             "a***@b.cn", money, money, *["0.00"] * 5, "", "0.00", "0.00", deal.theirs if back else "",
             yuan(-line.fee_fen), "0.00", ""]  # fmt: skip
    return ",".join(f"{cell}\t" for cell in cells)


def _wechat(lines: Sequence[Line]) -> File:
    rows = [_wechat_row(line).encode() for line in lines]
    paid = sum(line.fen for line in lines if line.kind == SALE)
    returned = sum(line.fen for line in lines if line.kind == BACK)
    fees = yuan(sum(line.fee_fen for line in lines))
    sums = (str(len(lines)), yuan(paid), yuan(returned), "0.00", fees, yuan(paid), yuan(returned))
    parts = [WECHAT_COLUMNS.encode(), *rows, WECHAT_SUMS.encode(), _ticked(sums).encode()]
    name = f"1900000109All{DAY[:4]}-{DAY[4:6]}-{DAY[6:]}.csv"
    return File(name, b"\r\n".join(parts) + b"\r\n", None, dict(zip(rows, lines, strict=True)))


def _wechat_row(line: Line) -> str:
    deal, back = line.deal, line.kind == BACK
    at = f"{DAY[:4]}-{DAY[4:6]}-{DAY[6:]} {deal.clock[:2]}:{deal.clock[2:4]}:{deal.clock[4:]}"
    paid, returned = ("0.00", yuan(line.fen)) if back else (yuan(line.fen), "0.00")
    number = f"R{deal.order}" if back else "0"
    return _ticked((
        at, "wx1", MERCHANT, "0", deal.terminal, deal.theirs, deal.order, "o1", "MICROPAY",
        "REVOKED" if back else "SUCCESS", "CMB", "CNY", paid, "0.00", number, number, returned, "0.00", "ORIGINAL",
        "SUCCESS", "a, b", "", f"{yuan(line.fee_fen)}000", "0.60%", paid, returned, "",
    ))  # fmt: skip


def _ticked(cells: Sequence[str]) -> str:
    return ",".join(f"`{cell}" for cell in cells)


def yuan(fen: int) -> str:
    """Fen as yuan with two places."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


WRITERS: dict[str, Callable[[Sequence[Line]], File]] = {ACOM: _acom, ALIPAY: _alipay, WECHAT: _wechat}
