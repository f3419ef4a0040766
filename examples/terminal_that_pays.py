"""How does a terminal sign in at a running engine and pay once?

    chongzheng up --init DIR                      # makes DIR/config.toml and DIR/terminal.key
    chongzheng up --config DIR/config.toml        # in another window; prints its address
    python examples/terminal_that_pays.py 127.0.0.1:8583 DIR/terminal.key [FEN]

Prints the answer to the sale; exit 0 when it was approved, 1 when not.
"""

import socket
import sys
from pathlib import Path

from chongzheng.iso8583 import (
    CupEnvelope,
    Message,
    check,
    dialect,
    frame,
    join_cup,
    lines,
    open_working_keys,
    sign,
    split_cup,
)

POS = dialect("cup-pos")
ENVELOPE = CupEnvelope(tpdu=bytes.fromhex("6000010000"), header=bytes.fromhex("603100310000"))
WHO = {41: "10000001", 42: "898100000000001"}
CARD = "6222020000001234"  # made up; no issuer has it
ANSWER_WAIT_S = 70


def ask(line: socket.socket, body: bytes) -> bytes:
    """Send one body in its frame and give the body of the answer."""
    line.sendall(frame(join_cup(ENVELOPE, body)))
    stream = line.makefile("rb")
    length = int.from_bytes(stream.read(2), "big")
    return split_cup(stream.read(length))[1]


def sign_in(line: socket.socket, master_key: bytes) -> tuple[bytes, str]:
    """The MAC key and the batch number for today."""
    request = Message("0800", {11: "000001", **WHO, 60: "00000000003", 63: "001"})
    answer = POS.decode(ask(line, POS.encode(request)))
    if answer.text(39) != "00":
        raise SystemExit(f"sign-in answered {answer.text(39)}")
    keys = open_working_keys(answer.text(62).encode("latin-1"), master_key)
    return keys.mak, answer.text(60)[2:8]


def main() -> int:
    """Sign in, pay, say what came back."""
    if len(sys.argv) < 3:
        raise SystemExit("usage: terminal_that_pays.py HOST:PORT KEYFILE [FEN]")
    host, _, port = sys.argv[1].rpartition(":")
    amount_fen = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    master_key = bytes.fromhex(Path(sys.argv[2]).read_text("utf-8").strip())
    with socket.create_connection((host, int(port)), timeout=ANSWER_WAIT_S) as line:
        mac_key, batch = sign_in(line, master_key)
        fixed = {2: CARD, 3: "000000", 22: "012", 25: "00", 49: "156", 60: f"22{batch}000", 63: "001"}
        sale = Message("0200", {**fixed, **WHO, 4: f"{amount_fen:012d}", 11: "000002"})
        body = ask(line, sign(POS, sale, "cup-ecb", mac_key))
    answer = POS.decode(body)
    print("\n".join(lines(answer)))
    genuine = 64 in answer.fields and check(body, "cup-ecb", mac_key)
    print("MAC", "right" if genuine else "absent or wrong")
    return 0 if answer.text(39) == "00" and genuine else 1


if __name__ == "__main__":
    sys.exit(main())
