"""Which fields does a UnionPay POS terminal send, and how does each stand on the wire?"""

from chongzheng.iso8583.spec import Table

CUP_POS: Table = {
    "name": "cup-pos",
    "mti": "bcd",
    "bitmap": "binary",
    "lengths": "bcd",
    "charset": "latin-1",
    "framing": "cup",
    "fields": {
        2: "n LL ..19 padR", 3: "n 6", 4: "n 12", 6: "ans LL ..30", 7: "n 10", 11: "n 6", 12: "n 6",
        13: "n 4", 14: "n 4", 15: "n 4", 16: "n 4", 18: "n 4", 22: "n 3 padR", 23: "n 3 padL", 24: "n 3 padL",
        25: "n 2", 26: "n 2", 32: "n LL ..11 padR", 33: "n LL ..11 padR", 35: "z LL ..37 padR",
        36: "z LLL ..104 padR", 37: "ans 12", 38: "ans 6", 39: "ans 2", 41: "ans 8", 42: "ans 15",
        43: "ans 40", 44: "ans LL ..25", 46: "ans LLL ..512", 48: "n LLL ..322 padR", 49: "ans 3", 52: "b 8",
        53: "n 16", 54: "ans LLL ..512", 55: "b LLL ..255", 56: "ans LLL ..512", 57: "ans LLL ..512",
        58: "ans LLL ..512", 59: "ans LLL ..512", 60: "n LLL ..19 padR", 61: "n LLL ..29 padR",
        62: "ans LLL ..512", 63: "ans LLL ..512", 64: "b 8",
    },
}

CUP_POS_BILLPAY: Table = {"name": "cup-pos-billpay", "same_as": "cup-pos", "fields": {48: "ans LLL ..322"}}
