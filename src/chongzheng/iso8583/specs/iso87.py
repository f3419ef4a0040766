"""Which fields does ISO 8583:1987 have, as text and packed?"""

from chongzheng.iso8583.spec import Table

ISO87_ASCII: Table = {
    "name": "iso87-ascii",
    "mti": "text",
    "bitmap": "hex",
    "lengths": "ascii",
    "charset": "latin-1",
    "framing": "none",
    "fields": {
        2: "ans LL ..19", 3: "ans 6", 4: "ans 12", 5: "ans 12", 6: "ans 12", 7: "ans 10", 8: "ans 8",
        9: "ans 8", 10: "ans 8", 11: "ans 6", 12: "ans 6", 13: "ans 4", 14: "ans 4", 15: "ans 4", 16: "ans 4",
        17: "ans 4", 18: "ans 4", 19: "ans 3", 20: "ans 3", 21: "ans 3", 22: "ans 3", 23: "ans 3",
        24: "ans 3", 25: "ans 2", 26: "ans 2", 27: "ans 1", 28: "ans 9", 29: "ans 9", 30: "ans 9",
        31: "ans 9", 32: "ans LL ..11", 33: "ans LL ..11", 34: "ans LL ..28", 35: "ans LL ..37",
        36: "ans LLL ..104", 37: "ans 12", 38: "ans 6", 39: "ans 2", 40: "ans 3", 41: "ans 8", 42: "ans 15",
        43: "ans 40", 44: "ans LL ..25", 45: "ans LL ..76", 46: "ans LLL ..999", 47: "ans LLL ..999",
        48: "ans LLL ..999", 49: "ans 3", 50: "ans 3", 51: "ans 3", 52: "hex 16", 53: "ans 16",
        54: "ans LLL ..120", 55: "ans LLL ..999", 56: "ans LLL ..999", 57: "ans LLL ..999",
        58: "ans LLL ..999", 59: "ans LLL ..999", 60: "ans LLL ..999", 61: "ans LLL ..999",
        62: "ans LLL ..999", 63: "ans LLL ..999", 64: "hex 16", 70: "ans 3", 90: "ans 42", 95: "ans 42",
        100: "ans LL ..11", 102: "ans LL ..28", 103: "ans LL ..28", 120: "ans LLL ..999",
        121: "ans LLL ..999", 122: "ans LLL ..999", 123: "ans LLL ..999", 128: "hex 16",
    },
}

# F28-F31 are one sign character followed by eight packed digits.
ISO87_BINARY: Table = {
    "name": "iso87-binary",
    "mti": "bcd",
    "bitmap": "binary",
    "lengths": "bcd",
    "charset": "latin-1",
    "framing": "none",
    "fields": {
        2: "n LL ..19 padR", 3: "n 6", 4: "n 12", 5: "n 12", 6: "n 12", 7: "n 10", 8: "n 8", 9: "n 8",
        10: "n 8", 11: "n 6", 12: "n 6", 13: "n 4", 14: "n 4", 15: "n 4", 16: "n 4", 17: "n 4", 18: "n 4",
        19: "n 3 padL", 20: "n 3 padL", 21: "n 3 padL", 22: "n 3 padL", 23: "n 3 padL", 24: "n 3 padL",
        25: "n 2", 26: "n 2", 27: "n 1 padL", 28: "xn 9", 29: "xn 9", 30: "xn 9", 31: "xn 9",
        32: "n LL ..11 padR", 33: "n LL ..11 padR", 34: "ans LL ..28", 35: "z LL ..37 padR",
        36: "ans LLL ..104", 37: "ans 12", 38: "ans 6", 39: "ans 2", 40: "ans 3", 41: "ans 8", 42: "ans 15",
        43: "ans 40", 44: "ans LL ..25", 45: "ans LL ..76", 46: "ans LLL ..999", 47: "ans LLL ..999",
        48: "ans LLL ..999", 49: "ans 3", 50: "ans 3", 51: "ans 3", 52: "b 8", 53: "n 16",
        54: "ans LLL ..120", 55: "ans LLL ..999", 56: "ans LLL ..999", 57: "ans LLL ..999",
        58: "ans LLL ..999", 59: "ans LLL ..999", 60: "ans LLL ..999", 61: "ans LLL ..999",
        62: "ans LLL ..999", 63: "ans LLL ..999", 64: "b 8", 90: "n 42", 120: "ans LLL ..999",
        121: "ans LLL ..999", 122: "ans LLL ..999", 123: "ans LLL ..999", 128: "b 8",
    },
}
