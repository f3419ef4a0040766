"""S-15: UnionPay app and QR codes pay the credit rate; the same image routed to a wallet pays the wallet's."""

from __future__ import annotations

from requirements.shop import costs


def test_s_15() -> None:
    assert costs("unionpay_qr", "10000.00", entry="qr") == (6000, "QR_UNIONPAY")
    assert costs("unionpay_qr", "1000.00", entry="qr") == (600, "QR_UNIONPAY")
    assert costs("wechat", "10000.00", entry="qr") == costs("alipay", "10000.00", entry="qr") == (3800, "QR_WALLET")
