"""How do the tests write files of each layout from the same trades, without the code that reads them?

A `Deal` is what happened; each writer puts it down as that channel would, by lengths and order instead of offsets and
names. `told` gives what the reader must understand of it.
"""

import gzip
import io
import zipfile
from dataclasses import dataclass, field
from hashlib import sha256

from hypothesis import strategies as st

DAY, BEFORE = "20261122", "20261121"
SALE, VOID, REFUND, REVERSAL = "sale", "void", "refund", "reversal"
WORDS = {SALE: ("0200", "00"), VOID: ("0200", "20"), REFUND: ("0220", "20"), REVERSAL: ("0420", "00")}
BACK = frozenset({VOID, REFUND, REVERSAL})


@dataclass(frozen=True)
class Deal:
    """One trade: `clock` HHMMSS on the file's day, `order` ours, `theirs` the channel's."""

    kind: str = SALE
    fen: int = 12345
    fee: int = 46
    clock: str = "100000"
    order: str = "20261122A1"
    theirs: str = "2026112222001400000000000001"
    stan: str = "000001"
    rrn: str = "112200000001"
    terminal: str = "77000001"
    merchant: str = "898110000000001"
    title: str = "咖啡，大杯"
    original_order: str = field(default="20261121A9")

    @property
    def yuan(self) -> str:
        """The amount, signed as wallets sign it."""
        return money(-self.fen if self.kind in BACK else self.fen)


def money(fen: int) -> str:
    """Fen as yuan with two places."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


digits = st.text("0123456789", min_size=1, max_size=12)
deals = st.builds(
    Deal,
    kind=st.sampled_from([SALE, REFUND, REVERSAL]),
    fen=st.integers(1, 99_999_999),
    fee=st.integers(0, 9_999),
    clock=st.builds("{:02d}{:02d}{:02d}".format, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
    order=digits.map("A{}".format),
    theirs=st.text("0123456789", min_size=28, max_size=28),
    stan=st.integers(1, 999_999).map("{:06d}".format),
    rrn=st.text("0123456789", min_size=12, max_size=12),
    title=st.sampled_from(["咖啡，大杯", "a, b", "茶`,x", "", "全角１２３", "普通"]),
    original_order=digits.map("B{}".format),
)

ALIPAY_COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
    "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,"
    "服务费（元）,分润（元）,备注"
)
RULER = "#-----------------------------------------{}----------------------------------------"


def alipay(deals: list[Deal], day: str = DAY, end: str = "\r\n", marks: bool = True) -> bytes:
    """The detail file, as text in GBK."""
    columns = ALIPAY_COLUMNS if marks else ALIPAY_COLUMNS.replace("（元）", "")
    shown = f"{day[:4]}年{day[4:6]}月{day[6:]}日"
    lines = [
        "#支付宝业务明细查询",
        "#账号：[20881021000000010156]",
        f"#起始日期：[{shown} 00:00:00]   终止日期：[{shown} 24:00:00]",
        RULER.format("业务明细列表"),
        columns,
        *(_alipay(deal, day) for deal in deals),
        RULER.format("业务明细列表结束"),
        _total("#交易合计：{}笔，商家实收共{}元，商家优惠共0.00元", [d for d in deals if d.kind == SALE]),
        _total("#退款合计：{}笔，商家实收退款共{}元，商家优惠退款共0.00元", [d for d in deals if d.kind != SALE]),
        "#导出时间：[2026年11月23日 09:00:00]",
    ]
    return (end.join(lines) + end).encode("gb18030")


def _alipay(deal: Deal, day: str) -> str:
    at = f"{day[:4]}-{day[4:6]}-{day[6:]} {deal.clock[:2]}:{deal.clock[2:4]}:{deal.clock[4:]}"
    own = deal.original_order if deal.kind != SALE else deal.order
    request = {SALE: "", REVERSAL: deal.theirs}.get(deal.kind, deal.order)
    title = deal.title.replace(",", "，")
    word = "交易" if deal.kind == SALE else "退款"
    cells = [deal.theirs, own, word, title, at, at, "", "", "", deal.terminal, "a***@b.cn", deal.yuan,
             deal.yuan, *["0.00"] * 5, "", "0.00", "0.00", request, money(-deal.fee), "0.00", ""]  # fmt: skip
    return ",".join(f"{cell}\t" for cell in cells)


def _total(form: str, deals: list[Deal]) -> str:
    total = sum(-deal.fen if deal.kind in BACK else deal.fen for deal in deals)
    return form.format(len(deals), money(total))


class GbkName(zipfile.ZipInfo):
    """A member whose name is in GBK and does not say so, as wallets pack them."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits


def zipped(members: dict[str, bytes], kind: type[zipfile.ZipInfo] = GbkName) -> bytes:
    """A zip of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(kind(name), content)
    return packed.getvalue()


WECHAT_27 = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
WECHAT_SUM_27 = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
WECHAT_SUM_24 = "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额"


def wechat(deals: list[Deal], day: str = DAY, columns: int = 27, mark: bool = True, end: str = "\r\n") -> bytes:
    """The bill of all trades, in UTF-8."""
    header = WECHAT_27.split(",")[:columns]
    if columns == 24:
        header[12] = "总金额"
    paid = sum(deal.fen for deal in deals if deal.kind == SALE)
    returned = sum(deal.fen for deal in deals if deal.kind != SALE)
    fees = money(sum(deal.fee for deal in deals))
    sums = [str(len(deals)), money(paid), money(returned), "0.00", fees]
    sums += [money(paid), money(returned)] if columns == 27 else []
    lines = [
        ",".join(header),
        *("".join(f",`{cell}" for cell in _wechat(deal, day)[:columns]).removeprefix(",") for deal in deals),
        WECHAT_SUM_27 if columns == 27 else WECHAT_SUM_24,
        "".join(f",`{cell}" for cell in sums).removeprefix(","),
    ]
    return (b"\xef\xbb\xbf" if mark else b"") + (end.join(lines) + end).encode()


def _wechat(deal: Deal, day: str) -> list[str]:
    at = f"{day[:4]}-{day[4:6]}-{day[6:]} {deal.clock[:2]}:{deal.clock[2:4]}:{deal.clock[4:]}"
    back = deal.kind != SALE
    paid, returned = ("0.00", money(deal.fen)) if back else (money(deal.fen), "0.00")
    own = deal.original_order if back else deal.order
    state = {SALE: "SUCCESS", REFUND: "REFUND", REVERSAL: "REVOKED"}[deal.kind]
    theirs, number = ("0", "0") if not back else (deal.theirs, deal.order)
    title = deal.title.replace("`,", " ").replace(",`", " ")
    return [at, "wx1", "1900000109", "0", deal.terminal, deal.theirs, own, "o1", "MICROPAY", state, "CMB", "CNY", paid,
            "0.00", theirs, number, returned, "0.00", "ORIGINAL", "SUCCESS", title, "", f"{money(deal.fee)}000",
            "0.38%", paid, returned, ""]  # fmt: skip


LESHUA_COLUMNS = (
    "订单号,商户号,商户名称,交易金额,手续费,结算金额,资金流向,交易类型,参考号,凭证号,终端号,第三方订单号,"
    "第三方退款号,备注"
)
LESHUA_TYPES = {SALE: "消费", VOID: "消费撤销", REFUND: "退货成功", REVERSAL: "消费冲正"}


def leshua(deals: list[Deal], between: str = "|", encoding: str = "gb18030") -> bytes:
    """The statement, BT and BV lines."""
    lines = ["BT" + between + LESHUA_COLUMNS.replace(",", between)]
    for deal in deals:
        back = deal.kind == REFUND
        own = deal.original_order if deal.kind != SALE else deal.order
        cells = [deal.theirs, deal.merchant, deal.title.replace(between, " "), str(deal.fen), str(deal.fee),
                 str(deal.fen - deal.fee), "+", LESHUA_TYPES[deal.kind], deal.rrn, deal.stan, deal.terminal, own,
                 deal.order if back else "*", " "]  # fmt: skip
        lines.append("BV" + between + between.join(cells))
    return "".join(f"{line}\n" for line in lines).encode(encoding)


ZM_LENGTHS = (3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15,
              32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98)  # fmt: skip
ZM_TYPES = {SALE: "01", VOID: "31", REFUND: "04", REVERSAL: "99"}


def zm(deals: list[Deal], day: str = DAY, end: bytes = b"\r\n") -> bytes:
    """A merchant's file: 42 fields of fixed width, one blank between two."""
    return b"".join(_joined(_zm(deal, day), ZM_LENGTHS) + end for deal in deals)


def _zm(deal: Deal, day: str) -> list[str]:
    back = deal.kind != SALE
    fields = [""] * len(ZM_LENGTHS)
    fields[0:3] = ["S22", "48020000", "00049992"]
    fields[3:7] = [deal.stan, day[4:] + deal.clock, "6222020000000000000", f"{deal.fen:012d}"]
    fields[7], fields[9], fields[11], fields[12] = "5411", deal.theirs[:21], deal.order, "01"
    fields[13], fields[14] = ("000009", f"{day[4:]}090000") if back else ("000000", "0" * 10)
    fields[15] = ("C" if back else "D") + f"{deal.fee:012d}"
    fields[16] = ("D" if back else "C") + f"{deal.fen - deal.fee if deal.fen > deal.fee else 0:012d}"
    fields[19], fields[27], fields[30], fields[33] = ZM_TYPES[deal.kind], deal.merchant, "小店", deal.terminal
    fields[40] = deal.original_order if back else ""
    return fields


def _joined(fields: list[str], lengths: tuple[int, ...]) -> bytes:
    parts = [text.encode("gb18030").ljust(length)[:length] for text, length in zip(fields, lengths, strict=True)]
    return b" ".join(parts)


def control(data: bytes, records: int, fen: int, day: str = DAY) -> bytes:
    """The control file of any file."""
    return f"day={day}\nrecords={records}\namount_fen={fen}\nsha256={sha256(data).hexdigest()}\n".encode()


def gzipped(data: bytes) -> bytes:
    """The same bytes every time."""
    return gzip.compress(data, mtime=0)
