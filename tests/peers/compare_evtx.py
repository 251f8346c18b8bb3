#!/usr/bin/env python3
"""compare_evtx.py FILE.evtx FILE.jsonl: does a foreign reader (evtx_dump) read from a file of our writer what we wrote?

FILE.jsonl is the truth that `write_random` prints. The peer is $EVTX_DUMP, or evtx_dump on the PATH; without it: exit 77 (skipped).
Values are compared after the differences of spelling that readers may have: braces and case of GUIDs, digits of fractions.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

GUID = re.compile(r"^\{?([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})\}?$")
TIME = re.compile(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?: ?UTC|Z)?$")
HEX = re.compile(r"^0x[0-9a-fA-F]+$")


def canonical(text):
    guid = GUID.match(text)
    if guid:
        return guid.group(1).upper()
    time = TIME.match(text)
    if time:
        return f"{time.group(1)}T{time.group(2)}.{((time.group(3) or '') + '000000')[:6]}Z"
    if HEX.match(text):
        return hex(int(text, 16))
    return text


def local(tag):
    return tag.rsplit("}", 1)[-1]


def fields_of(event):
    for body in event:
        if local(body.tag) == "EventData":
            return [((data.get("Name") or "Data").replace(" ", ""), data.text or "") for data in body]
        if local(body.tag) == "UserData":
            return [(local(data.tag), data.text or "") for inner in body for data in inner]
    return []


def grouped(pairs):
    """Lists are one value for us and several elements for others: join the runs of one name."""
    groups = []
    for name, text in pairs:
        if groups and groups[-1][0] == name:
            groups[-1][1].append(canonical(text))
        else:
            groups.append((name, [canonical(text)]))
    return [(name, ", ".join(texts)) for name, texts in groups]


def main():
    peer = os.environ.get("EVTX_DUMP") or shutil.which("evtx_dump")
    if not peer:
        print("skipped: no evtx_dump (set EVTX_DUMP)")
        return 77
    text = subprocess.run([peer, "-o", "xml", "-t", "1", sys.argv[1]], capture_output=True, check=True).stdout.decode("utf-8", "surrogatepass")
    seen = {}
    for part in re.split(r"^Record (?=\d+\r?$)", text, flags=re.M)[1:]:
        number, _, xml = part.partition("\n")
        seen[int(number)] = ElementTree.fromstring(xml.encode("utf-8"))
    wrong = compared = 0
    with open(sys.argv[2], encoding="utf-8") as truths:
        for line in truths:
            truth = json.loads(line)
            event = seen.pop(truth["record_id"], None)
            if event is None:
                print("missing record", truth["record_id"])
                wrong += 1
                continue
            compared += 1
            expected = grouped((name, value) for name, value in truth["fields"])
            found = grouped(fields_of(event))
            system = {local(child.tag): child for child in event[0]}
            same = (system["Channel"].text == truth["channel"] and system["Computer"].text == truth["computer"]
                    and system["EventID"].text == str(truth["event_id"]) and system["Provider"].get("Name") == truth["provider"]
                    and canonical(system["TimeCreated"].get("SystemTime")) == canonical(truth["written_at"]))
            if expected != found or not same:
                wrong += 1
                if wrong <= 10:
                    print("record", truth["record_id"], "\n  wrote", expected, "\n  peer ", found)
    print(f"{compared} records compared, {wrong} differ, {len(seen)} unexpected")
    return 1 if wrong or seen else 0


if __name__ == "__main__":
    sys.exit(main())
