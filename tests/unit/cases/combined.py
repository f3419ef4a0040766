"""Which combinations of witnesses are there, and which are the golden rows? Tests of the decision walk through them."""

from itertools import product

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal, Witnesses

EVERY = [
    Witnesses(o, g, r, c, refunded, back)
    for o, g, r, c, refunded, back in product(Original, Goods, Reversal, Clearing, (False, True), (False, True))
]
O, G, R, C = Original, Goods, Reversal, Clearing  # noqa: E741 - the letters of the table's columns

ROWS = {
    "D1": Witnesses(O.NO, G.NO, R.NOT_FOUND, C.NONE),
    "D2": Witnesses(O.YES, G.NO, R.ACKED, C.BOTH),
    "D3": Witnesses(O.YES, G.NO, R.FAILED, C.ORIGINAL),
    "D4": Witnesses(O.YES, G.ONCE, R.FAILED, C.ORIGINAL),
    "D5": Witnesses(O.YES, G.ONCE, R.ACKED, C.BOTH),
    "D6": Witnesses(O.TWICE, G.ONCE, R.FAILED, C.TWO),
    "D7": Witnesses(O.YES, G.NO, R.ACKED, C.ORIGINAL),
    "D8": Witnesses(O.UNKNOWN, G.UNKNOWN, R.FAILED, C.NOT_YET),
    "D9": Witnesses(O.UNKNOWN, G.NO, R.FAILED, C.NONE_TWO),
    "D10": Witnesses(O.YES, G.NO, R.REFUSED_LATER_DAY, C.ORIGINAL),
    "D11": Witnesses(O.YES, G.NO, R.AMOUNT, C.ORIGINAL),
    "D12": Witnesses(O.YES, G.NO, R.FAILED, C.CHARGEBACK, charged_back=True),
    "D13": Witnesses(O.WALLET, G.NO, R.FAILED, C.NOT_APPLICABLE),
    "D14": Witnesses(O.NO, G.ONCE, R.NONE, C.NONE),
    "D15": Witnesses(O.YES, G.NO, R.ACKED, C.BOTH, refunded=True),
}
