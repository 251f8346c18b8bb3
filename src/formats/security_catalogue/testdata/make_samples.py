#!/usr/bin/env python3
"""Makes signature catalogues beside this file that vouch for small.pe of formats/pe: v1.cat (text tags, indirect data, SHA-1 and SHA-256, a flat file, a driver's hardware id) and v2.cat (hashes alone).
Each is signed by a throw-away key with osslsigncode, v1.cat also stamped (RFC 3161) by a throw-away authority at 2021-01-01:
  make_samples.py FOLDER    # writes v1.unsigned.cat, v2.unsigned.cat
  osslsigncode sign -certs c.pem -key k.pem -h sha256 -in v2.unsigned.cat -out v2.cat
  osslsigncode sign -certs c.pem -key k.pem -h sha256 -TSA-certs t.pem -TSA-key tk.pem -TSA-time 1609459200 -in v1.unsigned.cat -out v1.cat"""
import hashlib
import sys
from pathlib import Path

MICROSOFT = (1, 3, 6, 1, 4, 1, 311)


def element(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def oid(*numbers):
    out = bytes([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        piece = [number & 0x7F]
        while number := number >> 7:
            piece.append(0x80 | number & 0x7F)
        out += bytes(reversed(piece))
    return element(6, out)


def seq(*parts):
    return element(0x30, *parts)


def set_of(*parts):
    return element(0x31, *parts)


def octets(content):
    return element(4, content)


def wide(text):
    return element(0x1E, text.encode("utf-16-be"))


def integer(number):
    return element(2, number.to_bytes(4, "big"))


def name_value(name, value):
    return seq(wide(name), integer(0x10010001), octets((value + "\0").encode("utf-16-le")))


def named(name, value):
    return seq(oid(*MICROSOFT, 12, 2, 1), set_of(name_value(name, value)))


HASH = {20: oid(1, 3, 14, 3, 2, 26), 32: oid(2, 16, 840, 1, 101, 3, 4, 2, 1)}
GUID = {"program": "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}", "flat": "{DE351A42-8E59-11D0-8C47-00C04FC295EE}"}


def member(digest, subject, file, os="2:10.0"):
    link = element(0xA2, element(0x80, "<<<Obsolete>>>".encode("utf-16-be")))
    if subject == "program":
        data = seq(oid(*MICROSOFT, 2, 1, 15), seq(element(3, b"\0"), element(0xA0, link)))
    else:
        data = seq(oid(*MICROSOFT, 2, 1, 25), link)
    indirect = seq(data, seq(seq(HASH[len(digest)], element(5)), octets(digest)))
    info = seq(oid(*MICROSOFT, 12, 2, 2), set_of(seq(wide(GUID[subject]), integer(512))))
    return seq(octets((digest.hex().upper() + "\0").encode("utf-16-le")),
               set_of(named("File", file), named("OSAttr", os), info, seq(oid(*MICROSOFT, 2, 1, 4), set_of(indirect))))


def catalogue(kind, members, extensions=()):
    more = element(0xA0, seq(*[seq(oid(*MICROSOFT, 12, 2, 1), octets(name_value(*one))) for one in extensions])) if extensions else b""
    ctl = seq(seq(oid(*MICROSOFT, 12, 1, 1)), octets(bytes(range(16))), element(0x17, b"201231235959Z"), seq(oid(*MICROSOFT, 12, 1, kind), element(5)), seq(*members), more)
    signed = seq(element(2, b"\x01"), set_of(), seq(oid(*MICROSOFT, 10, 1), element(0xA0, ctl)), set_of())
    return seq(oid(1, 2, 840, 113549, 1, 7, 2), element(0xA0, signed))


def authenticode(image, algorithm):
    head = int.from_bytes(image[0x3C:0x40], "little") + 24
    digest = hashlib.new(algorithm)
    digest.update(image[:head + 64] + image[head + 68:head + 144] + image[head + 152:])
    digest.update(b"\0" * (-len(image) % 8))
    return digest.digest()


if __name__ == "__main__":
    here = Path(sys.argv[1])
    image = (Path(__file__).parent.parent.parent / "pe/testdata/small.pe").read_bytes()
    driver = b"[Version]\r\n; inert\r\n"
    (here / "v1.unsigned.cat").write_bytes(catalogue(2, [
        member(authenticode(image, "sha1"), "program", "policytool.exe"), member(authenticode(image, "sha256"), "program", "policytool.exe"),
        member(hashlib.sha1(driver).digest(), "flat", "example.inf", "2:6.1,2:10.0")], [("HWID1", "usb\\vid_1234&pid_5678"), ("OS", "_v100_X64")]))
    (here / "v2.unsigned.cat").write_bytes(catalogue(3, [seq(octets(authenticode(image, "sha256"))), seq(octets(hashlib.sha256(driver).digest()), set_of(named("File", "example.inf")))]))
