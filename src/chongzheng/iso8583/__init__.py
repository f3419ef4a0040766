"""How do ISO 8583 bytes become messages, and messages bytes?"""

from chongzheng.iso8583.dialect import DIALECTS, Dialect, dialect
from chongzheng.iso8583.message import Message, Value

__all__ = ["DIALECTS", "Dialect", "Message", "Value", "dialect"]
