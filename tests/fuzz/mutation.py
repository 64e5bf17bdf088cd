"""Makes an input of others: the same seed and number give the same bytes."""

import random
import struct

#: what readers of texts, lists, addresses, archives and media trip over
TOKENS = [
    b"", b"\x00", b"\r", b"\n\n", b"\t", b" ", b",", b";", b'"', b'""', b"'", b"`" * 3, b"*" * 40, b"[" * 60,
    b"]" * 60, b"(" * 40, b"<" * 40, b">" * 40, b"_" * 33, b"~~~", b"|" * 20, b"|-|-|\n", b"- " * 30, b"> " * 40,
    b"#" * 7, b"![](", b"[^1]: ", b"&#x110000;", b"&#0;", b"<!--", b"]]>", b"---\n", b"...",
    b"!!python/object:os.system", b"&a [*a,*a]", b": {", b"? ", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", "\u202e".encode(), "\u200d".encode(), "\ufeff".encode(),
    "\ufdfa".encode(), "é".encode(), "e\u0301".encode() * 30, "👨‍👩‍👧‍👦".encode(), "０１２".encode(), "ß".encode(),
    "İ".encode(), "。".encode(), "）".encode(), b"=1+1", b"@x", b"-1", b"0", b"1e309", b"-0", b"NaN", b"9" * 40,
    b"0x10", b"1_000", b"\xd9\xa1", b"https://", b"http://[::1]", b"://", b"%00", b"%2e%2e%2f", b"%", b"%ZZ",
    b"?" * 20, b"../../", b"\\", b"C:", b"con", b"a" * 300, b"http://xn--a", b"user@", b":99999", b"BV1", b"av0",
    b"2026-02-30", b"0000-00-00", b"9999-12-31T23:59:59+99:99", b"24:61", b"PK\x03\x04", b"PK\x01\x02",
    b"PK\x05\x06", b"\x89PNG\r\n", b"IHDR", b"iCCP", b"\xff\xd8\xff", b"\xff\xd9", b"ftyp", b"moov", b"mdat",
    b"GIF89a", b"RIFF", b"WEBP", b"heic", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
]  # fmt: skip
LONGEST = 60_000


def mutated(rnd: random.Random, corpus: list[bytes]) -> bytes:
    """A seed with one to eight changes; never longer than 60,000 bytes, but for a seed that is."""
    data = bytearray(rnd.choice(corpus))
    room = max(LONGEST, len(data))
    for _ in range(rnd.choice((1, 1, 2, 3, 4, 8))):
        _change(rnd, data, corpus)
    return bytes(data[:room])


def _change(rnd: random.Random, data: bytearray, corpus: list[bytes]) -> None:
    place = rnd.randrange(len(data) + 1)
    match rnd.randrange(9):
        case 0 if data:
            data[place % len(data)] = rnd.randrange(256)
        case 1 if data:
            data[place % len(data)] ^= 1 << rnd.randrange(8)
        case 2:
            data[place:place] = rnd.choice(TOKENS)
        case 3:
            data[place : place + rnd.randrange(1, 40)] = rnd.choice(TOKENS)
        case 4:
            del data[place : place + rnd.randrange(1, 1 + max(8, len(data) // 4))]
        case 5:
            piece = data[place : place + rnd.randrange(1, 60)]
            data[place:place] = piece * rnd.choice((1, 2, 8, 64, 500))
        case 6:
            other = rnd.choice(corpus)
            start = rnd.randrange(len(other) + 1)
            data[place:] = other[start:]
        case 7 if len(data) >= 4:
            start = place % (len(data) - 3)
            data[start : start + 4] = struct.pack(
                rnd.choice("<>") + "I", rnd.choice((0, 1, 255, 2**16, 2**31, 2**32 - 1))
            )
        case _:
            data[place:place] = chr(
                rnd.choice((rnd.randrange(32, 127), rnd.randrange(0x4E00, 0x9FA6), rnd.randrange(0xD7FF)))
            ).encode()
