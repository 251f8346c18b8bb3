#!/usr/bin/env python3
"""Makes small.pe (64 bit: imports by name and number, exports with a forwarder, version information, an overlay) beside this file, inert
by design: its entry point is a return. signed.pe is the same without overlay, signed with a throw-away key by osslsigncode:
  openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 3650 -subj '/CN=Konseki Test Signer/O=Konseki' -addext extendedKeyUsage=codeSigning
  osslsigncode sign -certs c.pem -key k.pem -h sha256 -in unsigned.exe -out signed.exe"""
import struct
import sys
from pathlib import Path

SECTION_ADDRESS, SECTION_OFFSET = 0x1000, 0x200


def padded(data, size=4):
    return data + b"\0" * (-len(data) % size)


def block(key, value=b"", children=b"", text=False):
    head = padded(b"\0" * 6 + (key + "\0").encode("utf-16-le"))
    body = padded(head + value) + children if children else head + value
    return struct.pack("<HHH", len(body), len(value) // 2 if text else len(value), 1 if text else 0) + body[6:]


def version_resource():
    strings = [("CompanyName", "Konseki 試験"), ("FileDescription", "Inert sample"), ("OriginalFilename", "policytool.exe"), ("FileVersion", "1.2.3")]
    table = b"".join(padded(block(name, (text + "\0").encode("utf-16-le"), text=True)) for name, text in strings)
    info = padded(block("StringFileInfo", children=padded(block("040904b0", children=table))))
    return block("VS_VERSION_INFO", b"\xbd\x04\xef\xfe" + b"\0" * 48, info)


def section():
    data, place = bytearray(b"\xc3".ljust(16, b"\0")), {}

    def add(name, content):
        while len(data) % 8:
            data.append(0)
        place[name] = SECTION_ADDRESS + len(data)
        data.extend(content)

    for name in ("CreateFileW", "ExitProcess"):
        add(name, b"\0\0" + name.encode() + b"\0")
    add("thunks1", struct.pack("<QQQ", place["CreateFileW"], place["ExitProcess"], 0))
    add("thunks2", struct.pack("<QQ", 1 << 63 | 115, 0))
    add("kernel", b"KERNEL32.dll\0")
    add("sockets", b"WS2_32.dll\0")
    imports = struct.pack("<5I", place["thunks1"], 0, 0, place["kernel"], place["thunks1"]) + struct.pack("<5I", place["thunks2"], 0, 0, place["sockets"], place["thunks2"])
    add("imports", imports + b"\0" * 20)
    add("name", b"jli.dll\0")
    add("f1", b"JLI_Launch\0")
    add("forward", None or b"NTDLL.RtlAllocateHeap\0")
    add("exports", b"\0" * 40)
    # The forwarder's text must lie inside the directory, so that it follows the table.
    start = place["exports"] - SECTION_ADDRESS
    functions, names, ordinals = 40, 48, 52
    text = 56
    target = place["exports"] + text
    table = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, place["name"], 1, 2, 1, place["exports"] + functions, place["exports"] + names, place["exports"] + ordinals)
    data[start:] = table + struct.pack("<II", SECTION_ADDRESS, target) + struct.pack("<I", place["f1"]) + struct.pack("<HH", 0, 0) + b"NTDLL.RtlAllocateHeap\0"
    place["exports_size"] = len(data) - start
    version = version_resource()
    add("resources", b"")
    root = place["resources"]
    tree = struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1)[:16] + struct.pack("<II", 16, 0x80000018)
    tree += struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1)[:16] + struct.pack("<II", 1, 0x80000030)
    tree += struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1)[:16] + struct.pack("<II", 0x409, 0x48)
    tree += struct.pack("<IIII", root + 0x58, len(version), 0, 0)
    data.extend(tree + version)
    place["resources_size"] = len(tree) + len(version)
    return bytes(data), place


def image(overlay):
    body, place = section()
    raw = padded(body, 0x200)
    directories = [(0, 0)] * 16
    directories[0] = (place["exports"], place["exports_size"])
    directories[1] = (place["imports"], 60)
    directories[2] = (place["resources"], place["resources_size"])
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, len(raw), 0, 0, SECTION_ADDRESS, SECTION_ADDRESS)
    optional += struct.pack("<QIIHHHHHHIIIIHH", 0x140000000, 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0, 0x1000 + len(padded(body, 0x1000)), SECTION_OFFSET, 0, 3, 0x8160)
    optional += struct.pack("<QQQQII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    optional += b"".join(struct.pack("<II", *one) for one in directories)
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 1606780800, 0, 0, len(optional), 0x2022)
    header = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0" + coff + optional
    header += struct.pack("<8sIIIIIIHHI", b".text", len(body), SECTION_ADDRESS, len(raw), SECTION_OFFSET, 0, 0, 0, 0, 0x60000020)
    return header.ljust(SECTION_OFFSET, b"\0") + raw + overlay


here = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
(here / "small.pe").write_bytes(image(b"overlay!"))
(here / "unsigned.exe").write_bytes(image(b""))
