#!/usr/bin/env python3
"""The report in Chromium: it opens without a script, asks for nothing from anywhere, switches its language, and shows something.
Usage: chromium_test.py REPORT.html; exit code 77 where there is no Chromium."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zlib

OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--hide-scrollbars"]


def chromium(profile, *words):
    done = subprocess.run([shutil.which("chromium"), *OPTIONS, f"--user-data-dir={profile}", *words], capture_output=True, timeout=200)
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def colours(png):
    """How many different bytes the picture holds: a blank page has hardly any."""
    position, parts = 8, b""
    while position < len(png):
        size = int.from_bytes(png[position:position + 4], "big")
        if png[position + 4:position + 8] == b"IDAT":
            parts += png[position + 8:position + 8 + size]
        position += size + 12
    return len(set(zlib.decompress(parts)))


def main():
    if shutil.which("chromium") is None:
        print("no chromium: tools/setup --tests installs it")
        sys.exit(77)
    report = pathlib.Path(sys.argv[1]).resolve()
    text = report.read_text(encoding="utf-8")
    wrong = []
    if re.search(r"<script|javascript:|\son\w+=|<iframe|<object|<embed", text, re.I):
        wrong.append("the page holds something that could run")
    if re.search(r"(src|href)=\"(?!#|data:)", text):
        wrong.append("the page refers to something outside itself")
    with tempfile.TemporaryDirectory() as profile:
        dom, errors = chromium(profile, "--enable-logging=stderr", "--dump-dom", report.as_uri())
        for line in errors.splitlines():
            if "CONSOLE" in line or "Content Security Policy" in line:
                wrong.append(f"the browser complains: {line}")
        for words in ("The answer first", "最初に答え", "結論", "konseki show"):
            if words in text and words not in dom:
                wrong.append(f"'{words}' is in the file but not on the page")
        picture = pathlib.Path(profile) / "report.png"
        chromium(profile, "--window-size=1200,2000", f"--screenshot={picture}", report.as_uri())
        if not picture.exists() or colours(picture.read_bytes()) < 40:
            wrong.append("the screenshot is empty")
    print("\n".join(wrong) or "the report opens in Chromium, runs nothing, asks for nothing")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
