#!/usr/bin/env python3
"""Runs one scenario: data, not code. Usage: run.py KONSEKI FILE.case

A .case file is divided by lines that begin with "=== ":
  === file NAME          a piece of evidence, as text; with " hex" behind the name, as hex text with # comments
  === rules NAME.yml     Sigma rules that the scenario brings along
  === examine CODE       options of `konseki examine` (usually none); CODE is the exit code expected
  === findings           what must come out, one line each: severity | title | host | count; nothing else may come out,
                         except lines after "..." (then only those listed must be there)
  === absent             titles that must not come out
  === query SQL          rows expected as CSV without the header
Everything before the first mark is the story. KONSEKI_BLESS=1 prints what came out."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

KONSEKI, CASE = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])


def parts(text):
    found, name, lines = [], None, []
    for line in text.splitlines():
        if line.startswith("=== "):
            found.append((name, lines))
            name, lines = line[4:].strip(), []
        else:
            lines.append(line)
    found.append((name, lines))
    return [(name, [l for l in lines if l.strip()]) for name, lines in found[1:]]


def konseki(folder, *words, code=(0, 1)):
    done = subprocess.run([KONSEKI, *words], cwd=folder, capture_output=True, timeout=300,
                          env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1"})
    out = done.stdout.decode("utf-8", "replace")
    if done.returncode not in code:
        sys.exit(f"konseki {' '.join(words)}: exit code {done.returncode}, expected {code}\n{out}\n{done.stderr.decode()}")
    return out


def write(path, lines, is_hex):
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_hex:
        path.write_bytes(bytes.fromhex("".join(l.split("#")[0] for l in lines)))
    else:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        case = "scenario.konseki"
        (folder / "evidence").mkdir()
        for mark, lines in parts(CASE.read_text(encoding="utf-8")):
            word, _, rest = mark.partition(" ")
            if word == "file":
                name, _, kind = rest.partition(" ")
                write(folder / "evidence" / name, lines, kind == "hex")
            elif word == "rules":
                write(folder / "rules" / rest, lines, False)
            elif word == "examine":
                options = ["--rules", "rules"] if (folder / "rules").exists() else []
                konseki(folder, "examine", "--case", case, *options, *" ".join(lines).split(), "evidence", code=(int(rest or 0),))
            elif word in ("findings", "absent"):
                found = [json.loads(l) for l in konseki(folder, "findings", "--case", case, "--format", "jsonl").splitlines()]
                texts = [f"{f['severity']} | {f['title']} | {f['host']} | {f['count']}" for f in found]
                if os.environ.get("KONSEKI_BLESS"):
                    print("\n".join(texts))
                if word == "absent":
                    wrong += [f"must not be found: {t}" for t in texts if any(l in t for l in lines)]
                    continue
                expected = [l for l in lines if l != "..."]
                wrong += [f"missing: {l}" for l in expected if l not in texts]
                if "..." not in lines:
                    wrong += [f"unexpected: {t}" for t in texts if t not in expected]
            elif word == "query":
                out = konseki(folder, "query", "--case", case, "--format", "csv", rest, code=(0,))
                rows = out.splitlines()[1:]
                if rows != lines:
                    wrong.append(f"query {rest}\n  expected {lines}\n  got      {rows}")
            else:
                sys.exit(f"{CASE}: unknown mark '{mark}'")
    print("\n".join(wrong) or f"{CASE.name}: as told")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
