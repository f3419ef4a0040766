"""Which double entry does a remedy, or the decision of a person, make beside those of the machine?

Each row is one move between two accounts, so nothing that is booked can fail to sum to zero. What a person decides
about money in suspense says only where it goes; the sign of what lies there says which side is debited.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from chongzheng.mistakes import OurMistake
from chongzheng.reversal.entries import Account, Entry


class Booking(StrEnum):
    """What happened to money outside the machine."""

    PARKED = "parked"
    MERCHANT_HELD = "merchant held"
    MERCHANT_FREED = "merchant freed"
    HELD_FOR_CARDHOLDER = "held for cardholder"
    GIVEN_BACK = "given back"
    ISSUER_PAID = "issuer paid"
    ISSUER_REFUSED = "issuer refused"
    ADVANCED = "advanced"
    ADVANCE_COVERED = "advance covered"
    ADVANCE_CLAWED_BACK = "advance clawed back"
    ADVANCE_LOST = "advance lost"
    ADVANCE_BY_FILE = "advance by file"
    FOUND_FOR_CARDHOLDER = "found for cardholder"
    SHOP_PAYS = "shop pays"
    SHOP_REPAID = "shop repaid"
    DOUBLED = "doubled"
    DOUBLED_AT_SHOP = "doubled at shop"
    DOUBLED_UNSEEN = "doubled unseen"
    ISSUER_ASKED = "issuer asked"
    CHARGED_BACK = "charged back"
    CHARGEBACK_UNDONE = "chargeback undone"
    COMPENSATED = "compensated"
    COUPON_REDEEMED = "coupon redeemed"
    COUPON_LAPSED = "coupon lapsed"
    FEE_TAKEN = "fee taken"
    FEE_RETURNED = "fee returned"
    TAIL_KEPT = "tail kept"
    TAIL_BORNE = "tail borne"
    CLEARING_RECEIVED = "clearing received"
    CLEARING_PAID = "clearing paid"
    CHANNEL_FEES = "channel fees"
    BANK_PARKED = "bank parked"
    MERCHANT_PAID = "merchant paid"


BOOKINGS: MappingProxyType[Booking, tuple[Account, Account, str]] = MappingProxyType({
    Booking.PARKED: (Account.CLEARING, Account.SUSPENSE, "a file moved money for a trade that nobody here knows"),
    Booking.MERCHANT_HELD: (Account.MERCHANT, Account.HELD, "kept back from the shop while a refund is in doubt"),
    Booking.MERCHANT_FREED: (Account.HELD, Account.MERCHANT, "nothing is in doubt any more"),
    Booking.HELD_FOR_CARDHOLDER: (Account.HELD, Account.CARDHOLDER, "what was kept back goes to the cardholder"),
    Booking.GIVEN_BACK: (Account.CARDHOLDER, Account.CLEARING, "a credit adjustment or refund stands in a file"),
    Booking.ISSUER_PAID: (Account.CLEARING, Account.ISSUER, "a debit adjustment stands in a file"),
    Booking.ISSUER_REFUSED: (Account.SUSPENSE, Account.ISSUER, "the issuer said no: it is in doubt again"),
    Booking.ADVANCED: (Account.PROVISIONAL, Account.BANK, "a provisional refund, from our own funds"),
    Booking.ADVANCE_COVERED: (Account.CARDHOLDER, Account.PROVISIONAL, "what was owed had been advanced"),
    Booking.ADVANCE_CLAWED_BACK: (Account.BANK, Account.PROVISIONAL, "the cardholder gave the advance back"),
    Booking.ADVANCE_LOST: (Account.COMPENSATION, Account.PROVISIONAL, "the advance does not come back"),
    Booking.ADVANCE_BY_FILE: (Account.CLEARING, Account.PROVISIONAL, "a debit adjustment brought the advance back"),
    Booking.FOUND_FOR_CARDHOLDER: (Account.SUSPENSE, Account.CARDHOLDER, "what was in doubt goes to the cardholder"),
    Booking.SHOP_PAYS: (Account.MERCHANT, Account.SUSPENSE, "what was refunded turned out to be the shop's"),
    Booking.SHOP_REPAID: (Account.SUSPENSE, Account.MERCHANT, "what the shop paid back turned out not to be its own"),
    Booking.DOUBLED: (Account.PROVISIONAL, Account.SUSPENSE, "given back, and then it went back by itself too"),
    Booking.DOUBLED_AT_SHOP: (Account.PROVISIONAL, Account.MERCHANT, "the same, and the shop had paid for it"),
    Booking.DOUBLED_UNSEEN: (Account.PROVISIONAL, Account.CARDHOLDER, "given back when nothing was owed any more"),
    Booking.ISSUER_ASKED: (Account.ISSUER, Account.SUSPENSE, "an issuer is asked to pay; whose it is shows then"),
    Booking.CHARGED_BACK: (Account.SUSPENSE, Account.CLEARING, "the issuer charged it back"),
    Booking.CHARGEBACK_UNDONE: (Account.CLEARING, Account.SUSPENSE, "the chargeback was taken back"),
    Booking.COMPENSATED: (Account.COMPENSATION, Account.CARDHOLDER, "for what the cardholder went through"),
    Booking.COUPON_REDEEMED: (Account.CARDHOLDER, Account.MERCHANT, "a shop took a coupon of ours for money"),
    Booking.COUPON_LAPSED: (Account.CARDHOLDER, Account.COMPENSATION, "nobody used the coupon in time"),
    Booking.FEE_TAKEN: (Account.MERCHANT, Account.FEES, "the agreed fee"),
    Booking.FEE_RETURNED: (Account.FEES, Account.MERCHANT, "the fee of a trade that was undone"),
    Booking.TAIL_KEPT: (Account.FEES, Account.ROUNDING, "fees rounded one by one are more than the sum rounded once"),
    Booking.TAIL_BORNE: (Account.ROUNDING, Account.FEES, "fees rounded one by one are less than the sum rounded once"),
    Booking.CLEARING_RECEIVED: (Account.BANK, Account.CLEARING, "the scheme paid what the day came to"),
    Booking.CLEARING_PAID: (Account.CLEARING, Account.BANK, "the day came to less than nothing"),
    Booking.CHANNEL_FEES: (Account.FEES, Account.CLEARING, "issuer's and network's fees, kept back from the payout"),
    Booking.BANK_PARKED: (Account.BANK, Account.SUSPENSE, "money of a channel came that no clearing day explains"),
    Booking.MERCHANT_PAID: (Account.MERCHANT, Account.BANK, "paid out to the shop"),
})
"""(debited, credited, when)."""

SIGNED = frozenset({Booking.PARKED, Booking.CHANNEL_FEES, Booking.BANK_PARKED})
"""What may go the other way too, as an amount below zero."""


DRAWS: MappingProxyType[Booking, Account] = MappingProxyType({
    Booking.MERCHANT_FREED: Account.HELD,
    Booking.HELD_FOR_CARDHOLDER: Account.HELD,
    Booking.GIVEN_BACK: Account.CARDHOLDER,
    Booking.ISSUER_PAID: Account.ISSUER,
    Booking.ISSUER_REFUSED: Account.ISSUER,
    Booking.ADVANCE_COVERED: Account.PROVISIONAL,
    Booking.ADVANCE_CLAWED_BACK: Account.PROVISIONAL,
    Booking.ADVANCE_LOST: Account.PROVISIONAL,
    Booking.ADVANCE_BY_FILE: Account.PROVISIONAL,
    Booking.FOUND_FOR_CARDHOLDER: Account.SUSPENSE,
    Booking.SHOP_REPAID: Account.SUSPENSE,
})
"""What ends something that began: on this account of the payment there must lie as much, so that nothing is given back,
freed or recovered twice."""


def drawable(what: Booking, debit_balance: int) -> int:
    """How much of its account `what` can take, in fen >= 0, given what lies there (above 0: a debit). What lies on the
    wrong side, because it was drawn too often, is nothing to draw on."""
    debit, _, _ = BOOKINGS[what]
    return max(0, -debit_balance if DRAWS[what] is debit else debit_balance)


class Resolution(StrEnum):
    """Where a person sends what lies in suspense. EXPLAINED sends nothing: the difference was none of money."""

    EXPLAINED = "explained"
    MERCHANT = "merchant"
    CARDHOLDER = "cardholder"
    ISSUER = "issuer"
    CHANNEL = "channel"
    FEES = "fees"
    LOSS = "loss"


RESOLUTIONS: MappingProxyType[Resolution, tuple[Account | None, str]] = MappingProxyType({
    Resolution.EXPLAINED: (None, "nothing lies in suspense; why the two sides differ is known"),
    Resolution.MERCHANT: (Account.MERCHANT, "the trade stands: it is the shop's, or the shop bears it"),
    Resolution.CARDHOLDER: (Account.CARDHOLDER, "it goes back, by a credit adjustment or a refund"),
    Resolution.ISSUER: (Account.ISSUER, "the issuer is asked for it, by a debit request"),
    Resolution.CHANNEL: (Account.CLEARING, "the channel corrects it in a later file"),
    Resolution.FEES: (Account.FEES, "it is a fee of ours"),
    Resolution.LOSS: (Account.COMPENSATION, "it is written off"),
})
"""(the account it goes to, when)."""


def booked(what: Booking, fen: int) -> Entry:
    """The entry of `fen` > 0; of what is SIGNED `fen` < 0 went the other way. OurMistake for any other amount."""
    debit, credit, _ = BOOKINGS[what]
    if fen < 0 and what in SIGNED:
        return Entry(credit, debit, -fen)
    if fen <= 0:
        raise OurMistake("an entry of no amount", what)
    return Entry(debit, credit, fen)


def resolved(how: Resolution, suspense_fen: int) -> tuple[Entry, ...]:
    """The entry that empties suspense of `suspense_fen` (signed: above 0 we hold it); none where nothing lies there.

    OurMistake when something lies there and `how` sends it nowhere.
    """
    account, _ = RESOLUTIONS[how]
    if suspense_fen == 0:
        return ()
    if account is None:
        raise OurMistake("money in suspense that is sent nowhere", how)
    if suspense_fen > 0:
        return (Entry(Account.SUSPENSE, account, suspense_fen),)
    return (Entry(account, Account.SUSPENSE, -suspense_fen),)
