"""Which signals can speak about a cause, what type is each, and how do people call it in Chinese and in English?

The vocabulary of the evidence columns of causes.csv (facts/operations 6.2). A form asks for a signal by this row; a
signal that is not given is unknown and speaks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from chongzheng.mistakes import TheirMistake

SIGNALS_MAX = 1_000
TEXT_CHARS_MAX = 200
NUMBER_MAX = 10**15
"""No measurement is larger, nor an instant in epoch milliseconds."""


class Kind(StrEnum):
    """What a value of the signal looks like in JSON."""

    FLAG = "flag"
    """true or false."""
    NUMBER = "number"
    COUNTED = "counted"
    """A number where 1 stands for yes and 0 for no; true and false mean the same."""
    CODE = "code"
    """An answer or reason code: text, because leading zeros count."""
    WORD = "word"
    """Text, one of the words of the table or another."""
    MOMENT = "moment"
    """A day, an instant or a version that is only compared with another: text or a number."""


Value: TypeAlias = bool | int | float | str
Signals: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that can be known. `words`: those a form offers; `of_system`: a machine witnessed it, not a person."""

    name: str
    kind: Kind
    zh: str
    en: str
    words: tuple[str, ...] = ()

    @property
    def of_system(self) -> bool:
        """Whether it answers a question about a system: terminal, network, host, issuer, release, file or wallet."""
        return self.name.split(".")[0] in _SYSTEMS


_SYSTEMS = frozenset("tlm host issuer clr cluster rel net app qr wallet".split())
_F, _N, _B, _C, _W, _M = Kind.FLAG, Kind.NUMBER, Kind.COUNTED, Kind.CODE, Kind.WORD, Kind.MOMENT

_ROWS: tuple[Signal, ...] = (
    Signal("chan", _W, "支付渠道", "payment channel", ("card", "wechat", "alipay", "upqr")),
    Signal("entry_mode", _W, "输入方式", "entry mode", ("swipe", "insert", "tap", "manual", "qr")),
    Signal("rsp", _C, "任一应答码", "answer code, of either message"),
    Signal("amount_diff", _N, "冲正与原交易金额差（分）", "amount of reversal minus original, fen"),
    Signal("date_gap_days", _N, "冲正距原交易天数", "days from the original to its reversal"),
    Signal("mins_to_cut", _N, "距日切分钟数", "minutes to the day cut, negative after it"),
    Signal("same_card_resale_s", _N, "同卡再次刷卡间隔（秒）", "seconds until the same card was charged again"),
    Signal("fence_km", _N, "电子围栏半径（公里）", "allowed distance from the registered place, km"),
    Signal("orig.rsp", _C, "原交易应答码", "answer code of the original"),
    Signal("orig.timeout", _F, "原交易超时", "the original timed out"),
    Signal("orig.late_rsp", _F, "原交易应答迟到", "the original's answer came late"),
    Signal("orig.trace_reused", _F, "原交易流水号重复", "the original's trace number was used before"),
    Signal("orig.clr_date", _M, "原交易清算日期", "clearing day of the original"),
    Signal("rev.rsp", _C, "冲正应答码", "answer code of the reversal"),
    Signal("rev.reason", _C, "冲正原因码", "reason code of the reversal (F60.1)"),
    Signal("rev.req39", _C, "冲正请求中的39域", "field 39 of the reversal request"),
    Signal("rev.count", _N, "冲正发送次数", "how often the reversal was sent"),
    Signal("rev.max", _N, "冲正发送上限", "how often it may be sent"),
    Signal("rev.delay_s", _N, "冲正延迟（秒）", "seconds from the time-out to the first reversal"),
    Signal("rev.age_s", _N, "撤销距支付（秒）", "seconds from the payment to its revoke"),
    Signal("rev.age_d", _N, "撤销距支付（天）", "days from the payment to its revoke"),
    Signal("rev.match", _F, "冲正要素与原交易一致", "the reversal's elements equal the original's"),
    Signal("rev.acked", _F, "冲正已获应答00", "the reversal was acknowledged"),
    Signal("rev.date", _M, "冲正报文日期", "date in the reversal"),
    Signal("rev.clr_date", _M, "冲正清算日期", "clearing day of the reversal"),
    Signal("rev.sent_at", _M, "冲正发送时刻", "instant at which the reversal was sent"),
    Signal("tlm.printer", _W, "打印机状态", "printer", ("ok", "jam", "out_of_paper", "overheat")),
    Signal("tlm.flash_ecc", _N, "闪存纠错次数", "corrected flash errors"),
    Signal("tlm.rev_slot", _W, "终端冲正记录", "reversal slot of the terminal", ("pending", "empty", "corrupt")),
    Signal("tlm.reader_err", _N, "读卡器错误次数", "card reader errors"),
    Signal("tlm.boot_reason", _W, "重启原因", "reason of the last boot", ("none", "power_loss", "brownout", "user")),
    Signal("tlm.battery_pct", _N, "电量（%）", "battery, percent"),
    Signal("tlm.reboots", _N, "重启次数", "reboots around the payment"),
    Signal("tlm.modem_reset", _N, "通讯模块复位次数", "modem resets"),
    Signal("tlm.sim_state", _W, "SIM卡状态", "SIM card", ("ready", "absent", "locked", "error")),
    Signal("tlm.iface", _W, "联网方式", "network interface", ("cellular", "wifi", "ethernet")),
    Signal("tlm.tamper", _B, "安全触发", "tamper switch triggered"),
    Signal("tlm.crash_60s", _N, "60秒内崩溃次数", "crashes within 60 s of the payment"),
    Signal("tlm.free_mb", _N, "剩余存储（MB）", "free storage, MB"),
    Signal("tlm.log_write_err", _N, "日志写入错误次数", "log write errors"),
    Signal("tlm.rsrp_dbm", _N, "蜂窝信号RSRP（dBm）", "cellular signal RSRP, dBm"),
    Signal("tlm.wifi_rssi_dbm", _N, "WiFi信号RSSI（dBm）", "Wi-Fi signal RSSI, dBm"),
    Signal("tlm.loss_pct", _N, "丢包率（%）", "packet loss, percent"),
    Signal("tlm.roams", _N, "WiFi漫游次数", "Wi-Fi roams"),
    Signal("tlm.rtt_ms_p95", _N, "往返时延P95（毫秒）", "round trip p95, ms"),
    Signal("tlm.link_down_s", _N, "断线时长（秒）", "seconds without link"),
    Signal("tlm.link_event", _W, "链路事件", "link event", ("none", "cable_pull")),
    Signal("tlm.vpn_drop", _N, "专线/VPN中断次数", "drops of private line or VPN"),
    Signal("tlm.tls_err", _N, "证书/TLS错误次数", "TLS or certificate errors"),
    Signal("tlm.dns_err", _N, "域名解析错误次数", "name resolution errors"),
    Signal("tlm.key_ver", _M, "终端密钥版本", "key version of the terminal"),
    Signal("tlm.param_age_d", _N, "参数距今天数", "age of the parameters, days"),
    Signal("tlm.timeout_s", _N, "终端超时设置（秒）", "time-out set in the terminal, s"),
    Signal("tlm.clock_drift_s", _N, "终端时钟偏差（秒）", "clock drift of the terminal, s"),
    Signal("tlm.geo_km", _N, "距登记地点（公里）", "distance from the registered place, km"),
    Signal("tlm.clear_reversal_menu", _F, "使用过清除冲正菜单", "the clear-reversal menu was used"),
    Signal("tlm.card_removed_early", _F, "卡片提前取出", "the card was removed too early"),
    Signal("rel.cohort_rr", _N, "版本故障率比", "failure rate ratio of the release cohort"),
    Signal("rel.fdr_q", _N, "版本差异的FDR q值", "q value of that ratio"),
    Signal("rel.days_since", _N, "版本发布天数", "days since the release"),
    Signal("app.deletes_record_on_failure", _F, "失败后应用删除冲正记录", "the application deletes a failed reversal"),
    Signal("slip.fault", _F, "打印过故障凭条", "a fault slip was printed"),
    Signal("net.recovered_within_s", _N, "网络恢复用时（秒）", "seconds until the network was back"),
    Signal("cluster.same_isp_region", _N, "同运营商同地区失败数", "failures of the same carrier and region"),
    Signal("cluster.same_apn", _N, "同APN失败数", "failures of the same APN"),
    Signal("cluster.all_regions", _F, "各地区同时失败", "all regions fail at once"),
    Signal("cluster.all_acquirers", _F, "各收单机构同时失败", "all acquirers fail at once"),
    Signal("cluster.one_issuer", _F, "只有一家发卡方失败", "only one issuer fails"),
    Signal("host.queue_ms", _N, "主机排队（毫秒）", "queueing in the host, ms"),
    Signal("host.rev_in", _B, "主机收到冲正", "the host received the reversal"),
    Signal("host.rev_out", _B, "主机转发冲正", "the host forwarded the reversal"),
    Signal("host.reject_class", _N, "主机拒绝类别", "class of the host's rejection"),
    Signal("host.key_ver", _M, "主机密钥版本", "key version of the host"),
    Signal("host.tid_status", _W, "终端登记状态", "status of the terminal at the host", ("active", "inactive")),
    Signal("host.timeout_s", _N, "主机超时设置（秒）", "time-out set in the host, s"),
    Signal("host.date", _M, "主机日期", "date of the host"),
    Signal("host.block_reason", _W, "主机拦截原因", "why the host blocked it", ("none", "geo")),
    Signal("host.batch_closed_at", _M, "批次关闭时刻", "instant at which the batch was closed"),
    Signal("host.batch_state", _W, "主机批次状态", "batch at the host", ("open", "closed")),
    Signal("issuer.timeout_z", _N, "发卡方超时z值", "z value of the issuer's time-outs"),
    Signal("clr.has_orig", _F, "清算文件有原交易", "the clearing file has the original"),
    Signal("clr.has_rev", _F, "清算文件有冲正", "the clearing file has the reversal"),
    Signal("settle.rev_slot", _W, "结算时冲正记录", "reversal slot when the batch was settled", ("pending", "empty")),
    Signal("op.void_ref_mismatch", _F, "原票据号不符", "the original's reference was wrong"),
    Signal("op.tenure_d", _N, "收银员上岗天数", "days the cashier has been in the job"),
    Signal("op.error_ratio", _N, "收银员差错率比", "cashier's errors relative to others"),
    Signal("qr.query_before_revoke", _F, "撤销前已查询", "the payment was queried before its revoke"),
    Signal("wallet.err", _W, "钱包错误码", "error of the wallet", ("SYSTEMERROR", "TIMEOUT", "USERPAYING")),
    Signal("merchant.rev_fail_ratio", _N, "商户冲正失败率比", "merchant's failed reversals relative to others"),
    Signal("card.rev_count_30d", _N, "该卡30天冲正数", "reversals of this card in 30 days"),
    Signal("goods.delivered", _F, "货物已交付", "the goods were delivered"),
)  # fmt: skip

SIGNALS: dict[str, Signal] = {row.name: row for row in _ROWS}
"""Every signal by its name, in the order in which a form asks."""


def given(found: Mapping[str, object], where: str = "signals") -> dict[str, Value]:
    """The signals of a document, without those that are null (unknown).

    TheirMistake: too many, or a value that is not of the signal's type. A name that is not in the vocabulary may carry
    any plain value: a table of the operator's own may ask for it.
    """
    if len(found) > SIGNALS_MAX:
        raise TheirMistake(f"has more than {SIGNALS_MAX} signals", where)
    return {name: _checked(name, value, where) for name, value in found.items() if value is not None}


def _checked(name: str, value: object, where: str) -> Value:
    path = f"{where}: {name[:TEXT_CHARS_MAX]}"
    if not isinstance(value, bool | int | float | str):
        raise TheirMistake("is a list or an object; a signal is text, a number, true or false", path)
    if isinstance(value, str) and len(value) > TEXT_CHARS_MAX:
        raise TheirMistake(f"has more than {TEXT_CHARS_MAX} characters", path)
    if isinstance(value, int | float) and not -NUMBER_MAX <= value <= NUMBER_MAX:
        raise TheirMistake("is not a number of this world", path)
    known = SIGNALS.get(name)
    if known is not None and not _fits(known.kind, value):
        raise TheirMistake(f"is {_WANTED[known.kind]}", path)
    return value


_WANTED = {
    Kind.FLAG: "true or false",
    Kind.NUMBER: "a number",
    Kind.COUNTED: "a number, true or false",
    Kind.CODE: 'a code; write it as text, such as "00", because leading zeros count',
    Kind.WORD: "a word; write it as text",
    Kind.MOMENT: "a day, an instant or a version: text or a number",
}


def _fits(kind: Kind, value: Value) -> bool:
    if isinstance(value, bool):
        return kind in (Kind.FLAG, Kind.COUNTED)
    if isinstance(value, str):
        return kind in (Kind.CODE, Kind.WORD, Kind.MOMENT)
    return kind in (Kind.NUMBER, Kind.COUNTED, Kind.MOMENT)
