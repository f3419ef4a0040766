"""How do ISO 8583 bytes become messages, and messages bytes?"""

from chongzheng.iso8583.message import Message, Value

__all__ = ["Message", "Value"]
