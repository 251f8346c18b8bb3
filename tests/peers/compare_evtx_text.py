#!/usr/bin/env python3
"""compare_evtx_text.py RENDER_EVTX FOLDER...: the XML and JSON of every live record below the folders, byte for byte, as
tests/tools/render_evtx and evtx_dump (cargo install evtx; $EVTX_DUMP or on the PATH) write them. Exit 77 without evtx_dump."""
import collections, os, pathlib, re, shutil, subprocess, sys


def ours(tool, form, path):
    data = subprocess.run([tool, form, path], capture_output=True, check=True).stdout
    texts, at = collections.defaultdict(list), 0
    while at < len(data):
        end = data.index(b"\n", at)
        record_id, size = data[at:end].split()
        at = end + 1
        texts[int(record_id)].append(data[at:at + int(size)])
        at += int(size) + 1
    return texts


def peers(tool, form, path):
    options = ["-o", "xml"] if form == "xml" else ["-o", "json", "--no-indent"]
    data = subprocess.run([tool, "-t", "1", *options, path], capture_output=True).stdout
    head = rb"^Record (\d+)\n(?=<\?xml |\{)"
    pieces = re.split(head, data, flags=re.MULTILINE)
    texts = collections.defaultdict(list)
    for record_id, text in zip(pieces[1::2], pieces[2::2]):
        texts[int(record_id)].append(text)
    return texts


def main():
    peer = os.environ.get("EVTX_DUMP") or shutil.which("evtx_dump")
    if peer is None:
        return 77
    equal, differ, only = collections.Counter(), [], []
    for path in sorted(p for folder in sys.argv[2:] for p in pathlib.Path(folder).rglob("*.evtx")):
        for form in ("xml", "json"):
            mine, theirs = ours(sys.argv[1], form, path), peers(peer, form, path)
            for record_id, texts in mine.items():
                rest = [text.rstrip(b"\n") for text in theirs.pop(record_id, [])]
                for text in texts:
                    text = text.rstrip(b"\n")
                    if text in rest:
                        rest.remove(text)
                        equal[form] += 1
                    elif rest:
                        differ.append((form, path, record_id))
                        rest.pop()
                    else:
                        only.append((form, path, record_id, "ours"))
                only += [(form, path, record_id, "theirs")] * len(rest)
            only += [(form, path, record_id, "theirs") for record_id, texts in theirs.items() for _ in texts]
    for form, path, record_id in differ:
        print(f"{form} {path}: record {record_id} differs")
    for (form, path, whose), count in sorted(collections.Counter((f, str(p), w) for f, p, _, w in only).items()):
        print(f"{form} {path}: {count} records are only {whose}")
    print(f"equal: {equal['xml']} XML, {equal['json']} JSON; different: {len(differ)}")
    return 1 if differ else 0


sys.exit(main())
