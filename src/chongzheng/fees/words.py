"""Why does it cost that much? The answer in a sentence, in English and in Chinese."""

from __future__ import annotations

from decimal import Decimal

from chongzheng.fees.rules import Rule, Tier
from chongzheng.fees.tariff import Quote
from chongzheng.money import Money

_EN = {
    "card": "card", "alipay": "Alipay", "wechat": "WeChat Pay", "unionpay_qr": "UnionPay QR", "tap": "tap",
    "insert": "inserted", "swipe": "swiped", "manual": "typed in", "qr": "QR code", "credit": "credit card",
    "debit": "debit card",
}  # fmt: skip
_ZH = {
    "card": "银行卡", "alipay": "支付宝", "wechat": "微信支付", "unionpay_qr": "银联二维码", "tap": "挥卡",
    "insert": "插卡", "swipe": "刷磁条", "manual": "手输卡号", "qr": "扫码", "credit": "贷记卡", "debit": "借记卡",
}  # fmt: skip


def english(quote: Quote) -> str:
    """The reason as one English sentence: what was asked, what the rates say, cap, rounding, and whose rule it is."""
    rule, amount = quote.rule, quote.asked.amount_fen
    said = f"{_case(quote, _EN, ', ')}, {_yuan(amount)}: {_sum(quote, ' of ', ' plus ')}"
    if quote.is_capped:
        said += f" would be {_exact(rule.uncapped_fen(amount))}, capped at {_yuan(quote.fee_fen)}"
    elif quote.exact_fen == quote.fee_fen:
        said += f" is {_yuan(quote.fee_fen)}"
    else:
        said += f" is {_exact(quote.exact_fen)}, rounded half up to {_yuan(quote.fee_fen)}"
    whose = f", agreed with merchant {rule.merchant}" if rule.merchant else ""
    meaning = f" ({rule.en})" if rule.en else ""
    return f"{said}; rule {rule.id} of set {rule.set}{whose}{meaning}"


def chinese(quote: Quote) -> str:
    """The same in Chinese."""
    rule, amount = quote.rule, quote.asked.amount_fen
    said = f"{_case(quote, _ZH, '，')}，{_yuan(amount)} 元：{_sum(quote, ' × ', ' + ')}"
    if quote.is_capped:
        said += f" 应为 {_exact(rule.uncapped_fen(amount))} 元，封顶 {_yuan(quote.fee_fen)} 元"
    elif quote.exact_fen == quote.fee_fen:
        said += f" = {_yuan(quote.fee_fen)} 元"
    else:
        said += f" = {_exact(quote.exact_fen)} 元，四舍五入为 {_yuan(quote.fee_fen)} 元"
    whose = f"，商户 {rule.merchant} 协议价" if rule.merchant else ""
    meaning = f"（{rule.zh}）" if rule.zh else ""
    return f"{said}；规则 {rule.id}，价目 {rule.set}{whose}{meaning}"


def percent(rate: Decimal) -> str:
    """The rate as people write it: 0.0038 is `0.38%`."""
    whole, _, fraction = f"{rate * 100:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0'):0<2}%"


def price(rule: Rule) -> str:
    """What the rule asks, short: `0.50%, at most 25.00` or `0.38% up to 1000.00, then 0.60%`."""
    said = ", then ".join(percent(tier.rate) + _up_to(tier) for tier in rule.tiers)
    return said if rule.cap_fen is None else f"{said}, at most {_yuan(rule.cap_fen)}"


def _up_to(tier: Tier) -> str:
    return "" if tier.up_to_fen is None else f" up to {_yuan(tier.up_to_fen)}"


def _case(quote: Quote, words: dict[str, str], between: str) -> str:
    """What was asked, without what is not known; the word `card` says nothing beside its type."""
    asked = quote.asked
    channel = "" if asked.channel == "card" and asked.card_type else asked.channel
    return between.join(words[word] for word in (channel, asked.card_type, asked.entry_mode) if word)


def _sum(quote: Quote, of: str, plus: str) -> str:
    """The slices that the amount reaches, each as rate and slice."""
    parts, start = [], 0
    for tier in quote.rule.tiers:
        end = quote.asked.amount_fen if tier.up_to_fen is None else min(tier.up_to_fen, quote.asked.amount_fen)
        if end > start:
            parts.append(f"{percent(tier.rate)}{of}{_yuan(end - start)}")
            start = end
    return plus.join(parts)


def _yuan(fen: int) -> str:
    return str(Money(fen))


def _exact(fen: Decimal) -> str:
    """Yuan with every digit that counts, two at least."""
    whole, _, fraction = f"{fen.scaleb(-2):f}".partition(".")
    return f"{whole}.{fraction.rstrip('0'):0<2}"
