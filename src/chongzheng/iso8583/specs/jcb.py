"""Which fields does a JCB network message have, in EBCDIC?"""

from chongzheng.iso8583.spec import Table

JCB: Table = {
    "name": "jcb",
    "mti": "text",
    "bitmap": "binary",
    "lengths": "binary",
    "charset": "cp500",
    "framing": "none",
    "fields": {
        2: "n len8 ..19 padL", 3: "n 6", 4: "n 12", 5: "n 12", 6: "n 12", 7: "n 10", 9: "n 8", 10: "n 8",
        11: "n 6", 12: "n 6", 13: "n 4", 14: "n 4", 16: "n 4", 18: "n 4", 22: "n 4", 23: "n 4", 25: "n 2",
        26: "n 2", 32: "n len8 ..11 padL", 33: "n len8 ..11 padL", 35: "z len8 ..37 padL", 37: "ans 12",
        38: "ans 6", 39: "ans 2", 41: "ans 8", 42: "ans 15", 43: "ans 40", 48: "b len8 ..255", 49: "ans 3",
        50: "ans 3", 51: "ans 3", 52: "b 8", 53: "n 16", 55: "b len16 ..255", 60: "b len8 ..255",
        61: "b len8 ..255", 63: "ans len8 ..255", 70: "n 4", 90: "n 42", 95: "ans 42",
        100: "n len8 ..11 padL", 101: "ans len8 ..17", 120: "b len16 ..999", 127: "ans len16 ..999",
    },
}
