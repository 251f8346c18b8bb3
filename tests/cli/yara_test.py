#!/usr/bin/env python3
"""konseki yara as a person uses it, over a case of its own. Usage: yara_test.py KONSEKI WORK."""
import io
import json
import os
import shutil
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

KONSEKI, WORK = sys.argv[1], Path(sys.argv[2])
ENVIRONMENT = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
RULES = """
import "math"
rule needle : T1505_003 { meta: description = "A needle" author = "anna" license = "DRL 1.1" score = 85
  strings: $a = "needle-in-bytes" condition: $a }
rule by_name { condition: filename == "odd.bin" and filetype == "EXE" }
rule calm { condition: filesize > 0 and math.entropy(0, filesize) > 7.99 }
"""


def konseki(*words, code=0):
    done = subprocess.run([KONSEKI, *map(str, words)], capture_output=True, cwd=WORK, env=ENVIRONMENT, timeout=300)
    out, err = done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "replace")
    if done.returncode != code:
        raise AssertionError(f"konseki {' '.join(map(str, words))}: exit code {done.returncode}, expected {code}\nstdout:\n{out[-2000:]}\nstderr:\n{err[-2000:]}")
    return out, err


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


class Yara(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(WORK, ignore_errors=True)
        (WORK / "in").mkdir(parents=True)
        (WORK / "rules").mkdir()
        (WORK / "rules/good.yar").write_text(RULES)
        (WORK / "rules/bad.yar").write_text("rule bad {\n condition:\n  nothing_like_this\n}\n")
        (WORK / "rules/notes.txt").write_text("rule not_read { condition: true }")
        (WORK / "in/plain.txt").write_bytes(b"x" * 100 + b"needle-in-bytes\n")  # no parser knows it
        (WORK / "in/copy.txt").write_bytes(b"x" * 100 + b"needle-in-bytes\n")
        (WORK / "in/odd.bin").write_bytes(b"MZ" + bytes(2_000_000))  # mapped, not read
        (WORK / "in/empty").write_bytes(b"")
        with zipfile.ZipFile(WORK / "in/z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner/hidden.txt", b"more needle-in-bytes here, needle-in-bytes")
        konseki("examine", "--case", "c", "--no-report", "in")

    def scan(self, *words, code=0):
        return konseki("yara", "--yara", "rules", "--case", "c", *words, "--format", "jsonl", code=code)

    def test_whole_case_with_members_of_archives_and_unknown_files(self):
        out, err = self.scan("--again")
        found = {(row["rule"], Path(row["path"]).name) for row in rows(out)}
        self.assertEqual(len(found), 3)
        self.assertIn(("needle", "hidden.txt"), found)
        self.assertIn(("by_name", "odd.bin"), found)
        self.assertIn("3 YARA rules of 1 files loaded; 1 file skipped", err)
        self.assertRegex(err, r"bad\.yar:3: .*nothing_like_this")
        self.assertIn("1 copies of the same bytes", err)
        inner = [row for row in rows(out) if row["path"].endswith("hidden.txt")]
        self.assertEqual([row["places"] for row in inner], [2, 2])
        self.assertTrue(inner[0]["trace"].endswith("@0x5"), inner)
        self.assertIn("needle-in-bytes", konseki("show", inner[0]["trace"], "--case", "c")[0])

        findings = rows(konseki("findings", "--case", "c", "--analyser", "yara", "--format", "jsonl")[0])
        self.assertEqual(len(findings), 3)
        self.assertEqual({f["severity"] for f in findings}, {"high", "medium"})
        needle = next(f for f in findings if f["rule"] == "needle")
        text = konseki("show", needle.get("id") or needle["finding"], "--case", "c", "--language", "ja")[0]
        self.assertIn("YARA ルール", text)
        self.assertIn("anna", text)

        again, err = self.scan()  # nothing is scanned twice, and the answer stays
        self.assertEqual(again, out)
        self.assertIn("0 files, 0 B", err)
        self.assertIn("5 scanned before with these rules", err)
        one, two = (self.scan("--again", "--workers", n)[0] for n in (1, 3))
        self.assertEqual(one, two)

    def test_chosen_evidence(self):
        evidence = rows(konseki("evidence", "--case", "c", "--format", "jsonl")[0])
        odd = next(row for row in evidence if str(row).find("odd.bin") >= 0)
        number = odd.get("evidence") or odd.get("number")
        name = number if str(number).startswith("e") else f"e{number}"
        out, err = self.scan("--evidence", name, "--again")
        self.assertEqual({row["rule"] for row in rows(out)}, {"by_name"})
        self.assertIn("1 files, 1.9 MiB scanned", err)
        self.scan("--evidence", "e9999", code=2)

    def test_examining_again_with_other_sigma_rules_scans_again_what_lost_its_rows(self):
        out, _ = self.scan()
        konseki("examine", "--case", "c", "--no-report", "--no-starter-rules", "in")  # rows of what parsers read are replaced
        self.assertEqual(self.scan()[0], out)
        konseki("examine", "--case", "c", "--no-report", "in")

    def test_examine_scans_in_the_same_run(self):
        out, err = konseki("examine", "--case", "d", "--no-report", "--yara", "rules", "in")
        self.assertIn("YARA rules of 1 files loaded", err)
        self.assertRegex(out, r"YARA +5 files, .* scanned")
        self.assertRegex(out, r"Findings .*1 high|Findings .*2 high")
        self.assertIn("YARA: needle", out)
        konseki("examine", "--case", "d", "--no-report", "in")
        self.assertEqual(len(rows(konseki("findings", "--case", "d", "--analyser", "yara", "--format", "jsonl")[0])), 3)

    def test_examine_says_what_is_not_scanned_any_more(self):
        (WORK / "few").mkdir()
        (WORK / "few/a.bin").write_bytes(b"some bytes")
        konseki("examine", "--case", "e", "--no-report", "--yara", "rules", "few")
        self.assertNotIn("not scanned since", konseki("examine", "--case", "e", "--no-report", "few")[0])
        (WORK / "few/new.bin").write_bytes(b"new needle-in-bytes")
        self.assertIn("1 file is not scanned since it was last examined", konseki("examine", "--case", "e", "--no-report", "few")[0])

    def test_a_report_that_is_there_is_written_anew(self):
        konseki("examine", "--case", "r", "in")
        report = WORK / "r/report/report.html"
        self.assertNotIn("YARA: needle", report.read_text())
        _, err = konseki("yara", "--case", "r", "--yara", "rules")
        self.assertIn("report.html says it too now", err)
        text = report.read_text()
        self.assertIn("YARA: needle", text)
        self.assertIn("bad.yar:3", text)
        self.assertIn("3 rules of 1 files were used; 1 files could not be used", text)

    def test_rules_are_checked_without_a_case(self):
        out, _ = konseki("yara", "--yara", "rules", "--check", "--format", "jsonl", code=1)
        problems = rows(out)
        self.assertEqual((problems[0]["level"], problems[0]["line"]), ("error", 3))
        self.assertEqual(konseki("yara", "--yara", "rules/good.yar", "--check", "--format", "jsonl")[0], "")

    def test_wrong_use(self):
        konseki("yara", "--case", "c", code=2)
        konseki("yara", "--case", "c", "--yara", "nowhere", code=2)
        konseki("yara", "--case", "c", "--yara", "rules/bad.yar", code=2)

    def test_shared_rules_over_programs_of_this_machine(self):
        shared = Path(os.environ.get("KONSEKI_DATA", Path(__file__).resolve().parents[3] / "shared/data")) / "yara"
        if not shared.is_dir():
            self.skipTest("shared data is absent")
        (WORK / "programs").mkdir()
        for name in ("/usr/bin/ls", "/usr/bin/bash", "/usr/bin/openssl"):
            if Path(name).exists():
                shutil.copy(name, WORK / "programs")
        konseki("examine", "--case", "p", "--no-report", "programs")
        out, err = konseki("yara", "--yara", shared, "--case", "p", "--format", "jsonl")
        self.assertNotIn("skipped", err)
        self.assertEqual([row for row in rows(out) if row["severity"] == "high"], [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
