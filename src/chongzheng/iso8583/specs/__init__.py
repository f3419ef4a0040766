"""Which dialect tables are there?"""

from chongzheng.iso8583.spec import Table
from chongzheng.iso8583.specs.cup_pos import CUP_POS, CUP_POS_BILLPAY
from chongzheng.iso8583.specs.cups import CUPD, CUPS
from chongzheng.iso8583.specs.iso87 import ISO87_ASCII, ISO87_BINARY
from chongzheng.iso8583.specs.iso93 import ISO93_ASCII, ISO93_BINARY
from chongzheng.iso8583.specs.jcb import JCB

TABLES: tuple[Table, ...] = (
    CUP_POS,
    CUP_POS_BILLPAY,
    CUPS,
    CUPD,
    JCB,
    ISO87_ASCII,
    ISO87_BINARY,
    ISO93_ASCII,
    ISO93_BINARY,
)
