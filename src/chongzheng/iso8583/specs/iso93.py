"""Which fields does ISO 8583:1993 have, as text and packed?"""

from chongzheng.iso8583.spec import Table

ISO93_ASCII: Table = {
    "name": "iso93-ascii",
    "mti": "text",
    "bitmap": "hex",
    "lengths": "ascii",
    "charset": "latin-1",
    "framing": "none",
    "fields": {
        2: "ans LL ..19", 3: "ans 6", 4: "ans 12", 5: "ans 12", 6: "ans 12", 7: "ans 10", 8: "ans 8",
        9: "ans 8", 10: "ans 8", 11: "ans 6", 12: "ans 12", 13: "ans 4", 14: "ans 4", 15: "ans 6",
        16: "ans 4", 17: "ans 4", 18: "ans 4", 19: "ans 3", 20: "ans 3", 21: "ans 3", 22: "ans 12",
        23: "ans 3", 24: "ans 3", 25: "ans 4", 26: "ans 4", 27: "ans 1", 28: "ans 6", 29: "ans 3",
        30: "ans 24", 31: "ans LL ..99", 32: "ans LL ..11", 33: "ans LL ..11", 34: "ans LL ..28",
        35: "ans LL ..37", 36: "ans LLL ..104", 37: "ans 12", 38: "ans 6", 39: "ans 3", 40: "ans 3",
        41: "ans 8", 42: "ans 15", 43: "ans LL ..99", 44: "ans LL ..99", 45: "ans LL ..76",
        46: "ans LLL ..999", 47: "ans LLL ..999", 48: "ans LLL ..999", 49: "ans 3", 50: "ans 3", 51: "ans 3",
        52: "hex 16", 53: "b LL ..48", 54: "ans LLL ..120", 55: "b LLL ..255", 56: "ans LL ..35", 57: "ans 3",
        58: "ans LL ..11", 59: "ans LLL ..999", 60: "ans LLL ..999", 61: "ans LLL ..999", 62: "ans LLL ..999",
        63: "ans LLL ..999", 64: "hex 16", 90: "ans 10",
    },
}

ISO93_BINARY: Table = {
    "name": "iso93-binary",
    "mti": "bcd",
    "bitmap": "binary",
    "lengths": "bcd",
    "charset": "latin-1",
    "framing": "none",
    "fields": {
        2: "n LL ..19 padR", 3: "n 6", 4: "n 12", 5: "n 12", 6: "n 12", 7: "n 10", 8: "n 8", 9: "n 8",
        10: "n 8", 11: "n 6", 12: "n 12", 13: "n 4", 14: "n 4", 15: "n 6", 16: "n 4", 17: "n 4", 18: "n 4",
        19: "n 3 padR", 20: "n 3 padR", 21: "n 3 padR", 22: "ans 12", 23: "n 3 padR", 24: "n 3 padR",
        25: "n 4", 26: "n 4", 27: "n 1 padR", 28: "n 6", 29: "n 3 padR", 30: "n 24", 31: "ans LL ..99",
        32: "n LL ..11 padR", 33: "n LL ..11 padR", 34: "ans LL ..99", 35: "ans LL ..99", 36: "ans LLL ..104",
        37: "ans 12", 38: "ans 6", 39: "n 3 padR", 40: "n 3 padR", 41: "ans 8", 42: "ans 15",
        43: "ans LL ..99", 44: "ans LL ..99", 45: "ans LL ..99", 46: "ans LLL ..999", 47: "ans LLL ..999",
        48: "ans LLL ..999", 49: "ans 3", 50: "ans 3", 51: "ans 3", 52: "b 8", 53: "b LL ..48",
        54: "ans LLL ..120", 55: "b LLL ..255", 56: "n LL ..35 padR", 57: "n 3 padR", 58: "n LL ..11 padR",
        59: "ans LLL ..999", 60: "ans LLL ..999", 61: "ans LLL ..999", 62: "ans LLL ..999",
        63: "ans LLL ..999", 64: "b 8", 90: "n 10",
    },
}
