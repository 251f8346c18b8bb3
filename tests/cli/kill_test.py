#!/usr/bin/env python3
"""kill -9 of `konseki examine` at random moments: the case opens, what was reported examined is complete, and a rerun ends with the
same traces, findings and report as an undisturbed run. Usage: kill_test.py KONSEKI MAKE_SAMPLE_CASE WORK [ROUNDS] [SEED]
The whole process group dies, workers included. The measure is 200 rounds: tests/cli/kill_rounds."""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time

KONSEKI, MAKE_SAMPLE_CASE, WORK = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
ROUNDS = int(os.environ.get("KONSEKI_KILL_ROUNDS", sys.argv[4] if len(sys.argv) > 4 else 10))
SEED = int(sys.argv[5] if len(sys.argv) > 5 else 20261123)
ENVIRONMENT = {**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "SOURCE_DATE_EPOCH": "1700000000"}


def konseki(*words, codes=(0, 1)):
    done = subprocess.run([KONSEKI, *map(str, words)], capture_output=True, env=ENVIRONMENT, timeout=600)
    if done.returncode not in codes:
        sys.exit(f"konseki {' '.join(map(str, words))}: {done.returncode}\n{done.stdout.decode()[-2000:]}\n{done.stderr.decode()[-2000:]}")
    return done.stdout


def answers(case):
    """All that a reader can get out of a case, without the moment of examination."""
    evidence = json.loads(b"[" + b",".join(konseki("evidence", "--case", case, "--format", "jsonl").splitlines()) + b"]")
    for piece in evidence:
        piece.pop("received_at", None)
        piece.pop("path", None)
    report = (case / "report/report.html").read_text(encoding="utf-8")
    report = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (UTC|JST)", "TIME", report).replace(case.name, "CASE").replace(str(case), "CASE")
    return {
        "evidence": json.dumps(evidence, sort_keys=True),
        "timeline": konseki("timeline", "--case", case, "--to", "jsonl"),
        "findings": konseki("findings", "--case", case, "--format", "jsonl"),
        "diagnostics": konseki("diagnostics", "--case", case, "--format", "jsonl"),
        "report": report,
    }


def examined(case):
    rows = konseki("query", "--case", case, "--format", "csv",
                   "SELECT e.number, count(w.evidence) FROM evidence e LEFT JOIN windows_event w ON w.evidence = e.number "
                   "WHERE e.state = 'examined' GROUP BY ALL ORDER BY 1").decode().splitlines()[1:]
    return dict(row.split(",") for row in rows)


def interrupted(case, evidence, after_seconds):
    process = subprocess.Popen([KONSEKI, "examine", "--case", str(case), str(evidence)], env=ENVIRONMENT, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after_seconds)
    ended = process.poll() is not None
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    return not ended


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    evidence = WORK / "evidence"
    subprocess.run([MAKE_SAMPLE_CASE, evidence], check=True, stdout=subprocess.DEVNULL)
    undisturbed = WORK / "undisturbed.konseki"
    start = time.monotonic()
    konseki("examine", "--case", undisturbed, evidence)
    duration = time.monotonic() - start
    expected, counts = answers(undisturbed), examined(undisturbed)
    chance = random.Random(SEED)
    killed = opened = partial = 0
    for turn in range(ROUNDS):
        case = WORK / "killed.konseki"
        shutil.rmtree(case, ignore_errors=True)
        for _ in range(chance.choice((1, 1, 2, 3))):  # sometimes more than once
            killed += interrupted(case, evidence, chance.uniform(0, duration * 1.05))
            if not (case / "case.json").exists() or not (case / "traces.duckdb").exists():
                continue  # killed before the case was made
            opened += 1
            done = examined(case)
            partial += 0 < len(done) < len(counts)
            wrong = {number: rows for number, rows in done.items() if counts.get(number) != rows}
            if wrong:
                sys.exit(f"round {turn} (seed {SEED}): said to be examined, but not complete: {wrong}")
        konseki("examine", "--case", case, evidence)
        got = answers(case)
        for name, text in expected.items():
            if got[name] != text:
                (WORK / f"expected.{name}").write_bytes(text if isinstance(text, bytes) else text.encode())
                (WORK / f"got.{name}").write_bytes(got[name] if isinstance(got[name], bytes) else got[name].encode())
                sys.exit(f"round {turn} (seed {SEED}): {name} differs from the undisturbed run: {WORK}/expected.{name}, got.{name}")
    print(f"{ROUNDS} rounds, {killed} runs killed, {opened} cases opened after it, {partial} of them with some evidence done; "
          f"an undisturbed run takes {duration:.2f} s; every rerun gave the same answers")


if __name__ == "__main__":
    main()
