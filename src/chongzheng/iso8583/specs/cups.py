"""Which fields pass between a UnionPay institution and the network (CUPS and CUPD)?"""

from chongzheng.iso8583.spec import Table

CUPS: Table = {
    "name": "cups",
    "mti": "text",
    "bitmap": "binary",
    "lengths": "ascii",
    "charset": "latin-1",
    "framing": "cups",
    "fields": {
        2: "ans LL ..19", 3: "ans 6", 4: "ans 12", 5: "ans 12", 6: "ans 12", 7: "ans 10", 9: "ans 8",
        10: "ans 8", 11: "ans 6", 12: "ans 6", 13: "ans 4", 14: "ans 4", 15: "ans 4", 16: "ans 4",
        18: "ans 4", 19: "ans 3", 22: "ans 3", 23: "ans 3", 25: "ans 2", 26: "ans 2", 28: "ans 9",
        32: "ans LL ..11", 33: "ans LL ..11", 35: "ans LL ..37", 36: "ans LLL ..999", 37: "ans 12",
        38: "ans 6", 39: "ans 2", 41: "ans 8", 42: "ans 15", 43: "ans 40", 44: "ans LL ..25",
        45: "ans LL ..79", 48: "ans LLL ..999", 49: "ans 3", 50: "ans 3", 51: "ans 3", 52: "b 8",
        53: "ans 16", 54: "ans LLL ..999", 55: "b LLL ..255", 56: "ans LLL ..999", 57: "ans LLL ..999",
        59: "ans LLL ..999", 60: "ans LLL ..999", 61: "ans LLL ..999", 62: "ans LLL ..999",
        63: "ans LLL ..999", 70: "ans 3", 90: "ans 42", 91: "ans 1", 100: "ans LL ..11", 102: "ans LL ..28",
        103: "ans LL ..28", 104: "ans LLL ..999", 108: "ans LLL ..999", 121: "ans LLL ..999",
        122: "ans LLL ..999", 123: "ans LLL ..999", 128: "b 8",
    },
}

CUPD: Table = {"name": "cupd", "same_as": "cups", "fields": {}}
