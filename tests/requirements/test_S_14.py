"""S-14: wallet QR codes pay 0.38 %."""

from __future__ import annotations

import pytest

from requirements.shop import costs


@pytest.mark.parametrize("wallet", ["alipay", "wechat"])
def test_s_14(wallet: str) -> None:
    for yuan, fen in (("10000.00", 3800), ("250.00", 95), ("1.31", 0), ("1.32", 1), ("1000.01", 380)):
        assert costs(wallet, yuan, entry="qr") == (fen, "QR_WALLET")
