"""What does the desk know already? A dozen articles on what goes wrong most often, and who may see what of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register

TOPICS = ("known error", "procedure", "network", "settlement", "customer")
ALL = "*"


def _article(topic: str, titles: tuple[str, str], texts: tuple[str, str], *words: str) -> dict[str, Any]:
    return {
        "topic": topic,
        "zh": titles[0],
        "en": titles[1],
        "text_zh": texts[0],
        "text_en": texts[1],
        "words": list(words),
    }


ARTICLES = Register(
    "articles",
    ("知识文章", "articles"),
    False,
    (
        Field("topic", "word", "主题", "its topic", choices=TOPICS),
        Field("zh", "text", "标题", "its title in Chinese"),
        Field("en", "text", "标题（英文）", "its title"),
        Field("text_zh", "text", "正文", "its text in Chinese"),
        Field("text_en", "text", "正文（英文）", "its text"),
        Field("words", "texts", "关键词", "key words, codes, ids of causes"),
        Field("sop", "word", "流程", "row of the register sop", needed=False),
        Field("inner", "text", "内部说明", "what only the desk sees", needed=False),
    ),
    {
        "reversal 25": {
            **_article(
                "known error",
                ("冲正应答25：找不到原交易", "Reversal answered 25: the original is not found"),
                ("主机没有与冲正匹配的原交易。常见原因：原交易未到主机；流水号、批次号或日期与原交易不一致。"
                 "25不代表没有扣款，须查清算文件或发卡方。",
                 "The host has no original that fits the reversal: it never arrived, or trace, batch or date differ. "
                 "25 does not say that nobody was debited; look at the clearing file or ask the issuer."),
                "25", "找不到原交易", "无此交易", "not found", "SW-MATCH",
            ),
            "sop": "doubt",
            "inner": "先核对61域原批次号与原流水号，再发查询。",
        },
        "reversal timeout": _article(
            "known error",
            ("冲正无应答（98）", "No answer to the reversal (98)"),
            ("冲正发出后没有应答，终端重发次数用完。保持原要素不变继续重发或查询，不要让收银员重新刷卡。",
             "The reversal had no answer and the terminal gave up. Keep sending it unchanged, or inquire; do not let "
             "the cashier swipe again."),
            "98", "超时", "无应答", "timeout", "SW-RETRY",
        ),
        "refused 12": _article(
            "known error",
            ("隔日冲正被拒（12）", "A reversal on a later day is refused (12)"),
            ("日切之后不再接受冲正，已入账的交易须走退货或贷记调整。",
             "After the day cut a reversal is not taken; a posted sale goes back by refund or credit adjustment."),
            "12", "隔日", "日切", "next day", "cut-over", "CO-NEXTDAY",
        ),
        "amount 64": _article(
            "known error",
            ("金额与原交易不符（64）", "The amount differs from the original (64)"),
            ("冲正金额必须等于原交易金额。核对小费、分单和币种后由原要素重新组包。",
             "A reversal has the amount of its original. Check tips, split bills and currency, and build it anew from "
             "the original's fields."),
            "64", "金额不符", "amount", "SW-FORMAT",
        ),
        "mac A0": _article(
            "known error",
            ("MAC校验失败（A0）", "The MAC is wrong (A0)"),
            ("工作密钥不一致。重新签到取得新密钥，再用新密钥重发同一笔冲正。",
             "The working keys differ. Sign on for new ones, then send the same reversal with a new MAC."),
            "A0", "MAC", "密钥", "签到", "key", "HO-MAC",
        ),
        "printer": _article(
            "known error",
            ("打印机卡纸导致自动冲正", "A printer jam that reverses the sale"),
            ("批准后无法打印，终端按规则冲正。先清卡纸，再核对冲正是否成功，商品未交付前不要重刷。",
             "The slip could not be printed after approval, so the terminal reversed. Clear the jam, then see whether "
             "the reversal took effect before anything is sold again."),
            "卡纸", "打印", "printer", "paper", "HW-PRN",
        ),
        "weak signal": _article(
            "network",
            ("移动信号弱引起的超时", "Timeouts by a weak cellular signal"),
            ("RSRP低于-110时交易经常超时。移动终端位置、更换天线或切换到备用线路，并向运营商报障。",
             "Below -110 dBm sales time out often. Move the terminal, change the antenna, use the second path, and "
             "open a ticket with the carrier."),
            "信号", "RSRP", "4G", "carrier", "signal", "NW-CELL",
        ),
        "double swipe": _article(
            "known error",
            ("结果未知时重复刷卡", "A second swipe before the result is known"),
            ("客户可能被扣两次。两笔都查明后，只退其中一笔。",
             "The customer may be debited twice. Find out about both, and give back one of them only."),
            "重复刷卡", "两次", "twice", "double", "OP-RESWIPE",
        ),
        "late reversal": {
            **_article(
                "procedure",
                ("退款后冲正又成功：双重退款", "The reversal succeeds after the refund: money went back twice"),
                ("先拦截未清算的退款，再按卡种追回；扣款前至少提前五个工作日通知客户。",
                 "Stop the refund if it is not cleared, then ask for it back by the kind of card; the customer hears "
                 "of it five working days before any debit."),
                "双重退款", "迟到", "追回", "late", "claw-back",
            ),
            "sop": "late reversal",
        },
        "wallet revoke": _article(
            "known error",
            ("扫码支付撤销失败", "A wallet payment that cannot be revoked"),
            ("先查询再撤销，两者至少间隔十五秒；超过七天只能退款。",
             "Query first, then revoke, fifteen seconds apart at least; after seven days only a refund is left."),
            "扫码", "撤销", "微信", "支付宝", "wallet", "SW-QRFLOW",
        ),
        "one-sided": _article(
            "settlement",
            ("单边账：清算有、系统无", "One-sided: in the clearing file and not with us"),
            ("以清算文件为准登记交易，挂账后向发卡方查询，未查明前不做最终退款。",
             "Take the clearing file's word that it exists, hold the money in suspense, ask the issuer; no final "
             "refund before that."),
            "单边账", "长款", "短款", "挂账", "one-sided", "suspense",
        ),
        "what to say": _article(
            "customer",
            ("如何向持卡人说明结果未知", "What to tell a cardholder while nothing is known"),
            ("说明交易结果正在确认、下一次答复的日期和联系方式。不承诺退款金额，不提内部代码，不归责。",
             "Say that it is being found out, when they hear again and from whom. Promise no sum, name no code, blame "
             "nobody."),
            "话术", "持卡人", "答复", "customer", "wording",
        ),
    },
)  # fmt: skip

RIGHTS = Register(
    "field rights",
    ("文章可见范围", "what a role sees of an article"),
    False,
    (Field("sees", "texts", "可见字段", "names of fields, or * for all"),),
    {
        "clerk": {"sees": [ALL]},
        "supervisor": {"sees": [ALL]},
        "finance": {"sees": [ALL]},
        "risk": {"sees": [ALL]},
        "administrator": {"sees": [ALL]},
        "auditor": {"sees": [ALL]},
        "technician": {"sees": ["topic", "zh", "en", "text_zh", "text_en", "words", "sop"]},
        "supplier": {"sees": ["topic", "zh", "en"]},
        "read-only": {"sees": ["topic", "zh", "en", "text_zh", "text_en"]},
    },
)


def visible(
    article: Mapping[str, Any], roles: Iterable[str], rights: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """What these roles may see of an article, together; a role without a row sees nothing."""
    names = {name for role in roles if role in rights for name in rights[role]["sees"]}
    return {name: value for name, value in article.items() if ALL in names or name in names}
