#!/usr/bin/env python3
"""End-to-end tests of the konseki program. Usage: cli_test.py KONSEKI MAKE_SAMPLE_CASE WORK PART (see CMakeLists.txt)."""
import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

KONSEKI, MAKE_SAMPLE_CASE, WORK = sys.argv[1], sys.argv[2], Path(sys.argv[3])
SAMPLE, CASE, TRUTH = WORK / "sample", WORK / "sample.konseki", WORK / "truth.jsonl"
ENVIRONMENT = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}


def konseki(*words, code=0, cwd=None, environment=None):
    """Runs the program; checks the exit code; gives (stdout, stderr)."""
    done = subprocess.run([KONSEKI, *map(str, words)], capture_output=True, cwd=cwd or WORK, env=environment or ENVIRONMENT, timeout=300)
    out, err = done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "replace")
    if code is not None and done.returncode != code:
        raise AssertionError(f"konseki {' '.join(map(str, words))}: exit code {done.returncode}, expected {code}\nstdout:\n{out[-2000:]}\nstderr:\n{err[-2000:]}")
    return out, err


def json_lines(*words, **more):
    return [json.loads(line) for line in konseki(*words, "--format", "jsonl", **more)[0].splitlines()]


def csv_rows(text):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for row in rows:
        if len(row) != len(rows[0]):
            raise AssertionError(f"{len(row)} columns instead of {len(rows[0])}: {row}")
    return rows


def sample_log():
    return next(SAMPLE.rglob("Security.evtx"))


class Prepare(unittest.TestCase):
    def test_the_sample_case_is_examined(self):
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        subprocess.run([MAKE_SAMPLE_CASE, SAMPLE, "--truth", TRUTH], check=True, stdout=subprocess.DEVNULL)
        # the sample holds a log with a bad sector and a cut end: that costs evidence and is said
        out, _ = konseki("examine", "--case", CASE, SAMPLE, code=1)
        self.assertRegex(out.splitlines()[-1], r"^[1-9]\d* diagnostics? cost evidence")
        self.assertIn("konseki findings --case", out)
        self.assertRegex(out, r"Findings  .*(critical|high)")


class Words(unittest.TestCase):
    def test_help_of_every_command_has_options_and_exit_codes(self):
        out, _ = konseki("--help")
        names = re.findall(r"^  ((?!konseki)[a-z]+(?: [a-z]+)?)  +\S", out, re.M)
        self.assertGreater(len(names), 15)
        for name in names:
            text, _ = konseki(*name.split(), "--help")
            self.assertIn("Options:", text)
            self.assertIn("\nExamples:\n  # ", text, name)
            self.assertIn("Exit codes: 0 done", text)

    def test_bash_completion_completes(self):
        script, _ = konseki("completion", "bash")
        def complete(*words):
            line = " ".join(f'"{word}"' for word in words)
            probe = f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _konseki; echo \"${{COMPREPLY[*]}}\""
            return subprocess.run(["bash", "-c", probe], capture_output=True, text=True, check=True).stdout.split()
        self.assertIn("examine", complete("konseki", "ex"))
        self.assertIn("--severity", complete("konseki", "findings", "--sev"))
        self.assertEqual(complete("konseki", "findings", "--format", "js"), ["jsonl", "json"])
        self.assertIn("check", complete("konseki", "rules", "ch"))
        self.assertIn("--pipeline", complete("konseki", "rules", "check", "--pi"))

    def test_zsh_and_fish_completion_are_scripts(self):
        self.assertTrue(konseki("completion", "zsh")[0].startswith("#compdef konseki"))
        self.assertIn("complete -c konseki", konseki("completion", "fish")[0])
        for shell in ("zsh", "fish"):
            if shutil.which(shell):
                with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
                    file.write(konseki("completion", shell)[0])
                    file.flush()
                    subprocess.run([shell, "-n", file.name], check=True)

    def test_manual_page_has_the_sections_of_man(self):
        out, _ = konseki("man")
        for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "FILES"):
            self.assertIn(f".SH {section}", out)
        if shutil.which("groff"):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=out.encode(), capture_output=True, check=True)
            self.assertEqual(done.stderr.decode(), "")

    def test_version(self):
        self.assertRegex(konseki("version")[0], r"^konseki \d+\.\d+\.\d+\n")
        self.assertEqual(konseki("--version")[0], konseki("version")[0])


class WrongUse(unittest.TestCase):
    def wrong(self, *words, says, code=2, cwd=None):
        out, err = konseki(*words, code=code, cwd=cwd)
        self.assertEqual(out, "")
        self.assertIn(says, err)
        self.assertTrue(err.startswith("konseki"), err)

    def test_wrong_words_are_code_2_and_say_what_fits(self):
        self.wrong("examin", says="did you mean examine?")
        self.wrong("examine", says="konseki: konseki examine needs PATH")
        self.wrong("examine", "/nonexistent/logs", says="does not exist")
        self.wrong("events", "--case", CASE, "--format", "yaml", says="it is one of: table, jsonl")
        self.wrong("events", "--case", CASE, "--from", "yesterday", says="is no time")
        self.wrong("events", "--case", CASE, "--id", "x-y", says="no number or range")
        self.wrong("events", "--case", CASE, "--level", "loud", says='"loud" is no level; write critical, error')
        self.wrong("events", "--case", CASE, "--evidence", "all", says="write e1 or e1,e4-e9")
        self.wrong("events", "--case", CASE, "--from", "2021-01-02", "--to", "2020-01-01", says="--from is not before --to")
        self.wrong("show", "--case", CASE, "e1-0x", says="is no trace")
        self.wrong("search", "--case", CASE, says="needs words")
        self.wrong("query", "--case", CASE, "SELECT 1", "--format", "parquet", says="--output")
        self.wrong("rules", "compile", says="--output")
        self.wrong("list", "nothing", says="formats, artefacts")
        self.wrong("events", "--case", CASE, "--where", "Image|nosuchmodifier=x", says="nosuchmodifier")

    def test_output_into_a_folder_that_is_not_there_is_code_3_and_makes_none(self):
        with tempfile.TemporaryDirectory() as folder:
            nowhere = Path(folder) / "none"
            for words in (("events",), ("timeline",), ("report",), ("query", "SELECT 1"), ("timeline", "--format", "parquet")):
                self.wrong(*words, "--case", CASE, "--output", nowhere / "x", says=str(nowhere / "x"), code=3)
                self.assertFalse(nowhere.exists(), words)

    def test_what_is_written_is_for_its_owner_only(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, words in (("a", ("events",)), ("b", ("report",)), ("c", ("timeline", "--format", "parquet"))):
                target = Path(folder) / name
                konseki(*words, "--case", CASE, "--output", target)
                self.assertEqual(target.stat().st_mode & 0o777, 0o600, words)

    def test_a_first_word_of_several_commands_has_help(self):
        for words in (("rules", "--help"), ("help", "fleet"), ("baseline", "-h")):
            out, err = konseki(*words)
            self.assertIn("COMMAND [OPTIONS]", out)
            self.assertEqual(err, "")

    def test_without_a_case_it_says_what_to_do(self):
        with tempfile.TemporaryDirectory() as folder:
            self.wrong("events", cwd=folder, says="konseki examine PATH")
            self.wrong("events", "--case", folder, cwd=folder, says="is not a case folder")

    def test_several_cases_must_be_chosen_from(self):
        with tempfile.TemporaryDirectory() as folder:
            log = sample_log()
            for name in ("a", "b"):
                konseki("examine", "--case", f"{name}.konseki", "--no-report", log, cwd=folder, code=None)
            self.wrong("findings", cwd=folder, says="there are 2 cases here (a.konseki, b.konseki)")

    def test_nothing_at_all_shows_help(self):
        out, err = konseki(code=2)
        self.assertIn("konseki examine PATH...", err)

    def test_sql_that_would_change_something_is_refused(self):
        for sql in ("DELETE FROM windows_event", "CREATE TABLE x(a INT)", "COPY (SELECT 1) TO '/tmp/x.csv'", "SELECT * FROM read_csv('/etc/passwd')", "SELECT 1; SELECT 2", "SELEC"):
            _, err = konseki("query", "--case", CASE, sql, code=None)
            self.assertTrue(err.startswith("konseki query:"), sql)

    def test_a_case_that_cannot_be_made_is_code_3(self):
        self.wrong("examine", "--case", "/proc/nowhere/x.konseki", sample_log(), "--quiet", says="", code=3)


class Examine(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(dir=WORK))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def examine(self, *words, code=0):
        return json.loads(konseki("examine", "--format", "json", *words, cwd=self.folder, code=code)[0])

    def test_without_case_a_folder_is_made_here_and_named(self):
        summary = self.examine(sample_log(), code=None)
        self.assertEqual(summary["case"], "konseki-case-Security.evtx.konseki")
        self.assertTrue((self.folder / summary["case"]).is_dir())
        self.assertGreater(summary["events"], 100)
        self.assertIn("Security", konseki("events", "--format", "csv", "--limit", "5", cwd=self.folder)[0])

    def test_a_second_run_skips_what_is_done(self):
        first = self.examine(SAMPLE, "--case", "c", code=None)
        second = self.examine(SAMPLE, "--case", "c", code=None)
        self.assertGreater(first["examined"], 0)
        self.assertEqual(second["examined"], 0)
        self.assertEqual(second["events"], first["events"])
        self.assertEqual(second["findings"], first["findings"])
        self.assertEqual(second["diagnostics_with_loss"], first["diagnostics_with_loss"])

    def test_again_gives_the_same(self):
        first = self.examine(sample_log(), "--case", "c", code=None)
        again = self.examine(sample_log(), "--case", "c", "--again", code=None)
        self.assertEqual(again["examined"], 1)
        self.assertEqual((again["events"], again["findings"]), (first["events"], first["findings"]))

    def test_one_worker_and_four_give_the_same_rows(self):
        answers = []
        for workers in (1, 4):
            self.examine(SAMPLE, "--case", f"c{workers}", "--workers", workers, "--no-report", code=None)
            answers.append([konseki("events", "--case", f"c{workers}", "--format", "csv", cwd=self.folder)[0],
                            konseki("findings", "--case", f"c{workers}", "--format", "jsonl", cwd=self.folder)[0],
                            konseki("diagnostics", "--case", f"c{workers}", "--format", "csv", cwd=self.folder)[0]])
        self.assertEqual(answers[0], answers[1])

    def test_archives_within_archives_are_read(self):
        log = sample_log()
        inner = self.folder / "inner.zip"
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(log, "logs/Security.evtx")
        outer = self.folder / "outer.tar.gz"
        with tarfile.open(outer, "w:gz") as archive:
            archive.add(inner, "deep/inner.zip")
        alone = self.examine(log, "--case", "alone", code=None)
        packed = self.examine(outer, "--case", "packed", code=None)
        self.assertEqual(packed["events"], alone["events"])
        self.assertGreaterEqual(packed["containers"], 2)
        rows = json_lines("evidence", "--case", "packed", cwd=self.folder)
        self.assertEqual(rows[-1]["parent"], rows[-2]["evidence"])
        outer.unlink()  # members lie in the vault: the case still answers
        self.assertEqual(len(json_lines("events", "--case", "packed", "--limit", "3", cwd=self.folder)), 3)

    def test_damage_costs_evidence_and_is_code_1(self):
        log = bytearray(sample_log().read_bytes())
        log[4096 + 30_000:4096 + 34_000] = bytes(4_000)
        (self.folder / "damaged.evtx").write_bytes(bytes(log))
        out, _ = konseki("examine", "--case", "c", "damaged.evtx", cwd=self.folder, code=1)
        self.assertRegex(out.splitlines()[-1], r"[1-9]\d* diagnostics? cost evidence")
        lost = json_lines("diagnostics", "--lost", "--case", "c", cwd=self.folder)
        self.assertGreater(sum(row["bytes_lost"] for row in lost), 0)

    def test_what_nobody_knows_is_listed(self):
        (self.folder / "notes.txt").write_text("no log at all")
        summary = self.examine("notes.txt", "--case", "c", "--no-report")
        self.assertEqual(summary["not_recognised"], 1)
        self.assertIsNone(summary["report"])
        self.assertEqual(json_lines("evidence", "--case", "c", "--state", "not_recognised", cwd=self.folder)[0]["original_path"].split("/")[-1], "notes.txt")

    def test_own_rules_are_used_and_broken_ones_are_counted(self):
        rules = self.folder / "rules"
        rules.mkdir()
        (rules / "good.yml").write_text("title: Any logon\nid: 11111111-1111-4111-8111-111111111111\nlogsource: {product: windows, service: security}\n"
                                        "detection: {a: {EventID: [4624, 4688]}, condition: a}\nlevel: low\n")
        (rules / "bad.yml").write_text("title: Broken\nlogsource: {product: windows, service: security}\ndetection: {a: {EventID: 1}, condition: b}\n")
        _, err = konseki("examine", "--case", "c", "--rules", rules, "--no-starter-rules", "--no-report", sample_log(), cwd=self.folder, code=None)
        self.assertIn("1 rules and 0 correlations loaded; 1 cannot run", err)
        findings = json_lines("findings", "--case", "c", "--rule", "11111111-*", cwd=self.folder)
        self.assertTrue(findings and all(finding["title"] == "Any logon" for finding in findings))

    def test_ctrl_c_ends_cleanly_and_the_next_run_goes_on(self):
        many = self.folder / "many"
        many.mkdir()
        data = sample_log().read_bytes()
        for number in range(60):  # distinct bytes, so that none is a duplicate
            (many / f"{number:03}.evtx").write_bytes(data + bytes([number]) * 17)
        running = subprocess.Popen([KONSEKI, "examine", "--case", "c", "--workers", "1", "--no-report", "many"], cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        time.sleep(1.0)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        undisturbed = self.examine("many", "--case", "undisturbed", "--no-report", code=None)
        if running.returncode == 1 and b"Stopped" in out:
            konseki("events", "--case", "c", "--limit", "1", cwd=self.folder)  # the case opens
        resumed = self.examine("many", "--case", "c", "--no-report", code=None)
        self.assertEqual(resumed["events"], undisturbed["events"])
        self.assertEqual(resumed["findings"], undisturbed["findings"])

    def test_progress_is_quiet_without_a_terminal(self):
        _, err = konseki("examine", "--case", "c", "--no-report", "--quiet", sample_log(), cwd=self.folder, code=None)
        self.assertEqual(err, "")
        _, err = konseki("examine", "--case", "d", "--no-report", "--progress", sample_log(), cwd=self.folder, code=None)
        self.assertRegex(err, r"\d+ of \d+ files")


class Events(unittest.TestCase):
    def test_every_format_parses_and_agrees(self):
        filters = ("--case", CASE, "--id", "4624,4625", "--limit", "50")
        rows = csv_rows(konseki("events", *filters, "--format", "csv")[0])
        whole = json_lines("events", *filters)
        array = json.loads(konseki("events", *filters, "--format", "json")[0])
        xml = konseki("events", *filters, "--format", "xml")[0]
        table = konseki("events", *filters)[0].splitlines()
        self.assertEqual(len(rows), 51)
        self.assertEqual(whole, array)
        self.assertEqual(len(whole), 50)
        self.assertEqual(len(table), 51)
        ElementTree.fromstring(xml)
        self.assertEqual([row[rows[0].index("trace")] for row in rows[1:]], [event["trace"] for event in whole])

    def test_filters_choose(self):
        everything = csv_rows(konseki("events", "--case", CASE, "--format", "csv")[0])
        column = everything[0].index
        host = everything[1][column("computer")]
        by_host = csv_rows(konseki("events", "--case", CASE, "--format", "csv", "--host", host)[0])
        self.assertEqual(len(by_host) - 1, sum(row[column("computer")] == host for row in everything[1:]))
        middle = everything[len(everything) // 2][column("written_at")]
        before = csv_rows(konseki("events", "--case", CASE, "--format", "csv", "--to", middle)[0])
        after = csv_rows(konseki("events", "--case", CASE, "--format", "csv", "--from", middle)[0])
        timed = [row for row in everything[1:] if row[column("written_at")]]
        self.assertEqual(len(before) - 1 + len(after) - 1, len(timed))
        live = csv_rows(konseki("events", "--case", CASE, "--format", "csv", "--recovered", "no")[0])
        gone = csv_rows(konseki("events", "--case", CASE, "--format", "csv", "--recovered", "only")[0])
        self.assertEqual(len(live) + len(gone) - 1, len(everything))
        self.assertGreater(len(gone), 1)
        times = [row[column("written_at")] for row in timed]
        self.assertEqual(times, sorted(times))
        reverse = csv_rows(konseki("events", "--case", CASE, "--format", "csv", "--reverse", "--limit", "3")[0])
        self.assertEqual(reverse[1][column("written_at")], times[-1])

    def test_where_and_fields_read_the_evidence(self):
        rows = json_lines("events", "--case", CASE, "--where", "EventID=4624", "--fields", "computer,event_id,TargetUserName,LogonType")
        index = csv_rows(konseki("events", "--case", CASE, "--id", "4624", "--format", "csv")[0])
        self.assertEqual(len(rows), len(index) - 1)
        self.assertTrue(all(row["event_id"] == 4624 for row in rows))
        self.assertTrue(any(row["TargetUserName"] for row in rows))
        logons = json_lines("events", "--case", CASE, "--where", "EventID=4624", "--where", "LogonType=3", "--fields", "LogonType")
        self.assertTrue(logons and all(row["LogonType"] == "3" for row in logons))

    def test_text_looks_into_all_fields(self):
        user = next(row["TargetUserName"] for row in json_lines("events", "--case", CASE, "--where", "EventID=4624", "--fields", "TargetUserName") if row["TargetUserName"])
        whole = json_lines("events", "--case", CASE, "--text", user.upper())
        self.assertTrue(whole)
        for event in whole[:20]:
            self.assertIn(user.lower(), json.dumps(event, ensure_ascii=False).lower())

    def test_follow_origin_shows_file_chunk_and_offset(self):
        rows = json_lines("events", "--case", CASE, "--limit", "5", "--follow-origin")
        for row in rows:
            self.assertEqual(row["trace"], f"e{row['trace'][1:].split('@')[0]}@0x{row['origin']['offset']:x}")
            self.assertTrue(row["origin"]["file"])
        out, _ = konseki("events", "--case", CASE, "--limit", "5", "--follow-origin")
        self.assertRegex(out.splitlines()[0], r"file +chunk +offset +size_bytes")

    def test_japanese_time_and_colour_only_when_asked(self):
        self.assertIn("JST", konseki("events", "--case", CASE, "--limit", "1", "--tz", "jst")[0])
        self.assertNotIn("\x1b", konseki("events", "--case", CASE, "--limit", "1")[0])
        self.assertIn("\x1b[", konseki("events", "--case", CASE, "--limit", "1", "--color", "always")[0])

    def test_output_goes_to_a_file_whole(self):
        target = WORK / "events.csv"
        out, _ = konseki("events", "--case", CASE, "--format", "csv", "--output", target)
        self.assertEqual(out, "")
        self.assertEqual(target.read_text(), konseki("events", "--case", CASE, "--format", "csv")[0].replace("\r\n", "\n"))

    def test_a_closed_pipe_is_no_error(self):
        done = subprocess.run(["bash", "-c", f"set -o pipefail; '{KONSEKI}' events --case '{CASE}' --format jsonl | head -1"], capture_output=True, env=ENVIRONMENT, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        json.loads(done.stdout)


    def test_evidence_that_moved_costs_words_and_no_rows(self):
        moved, case = WORK / "moved", WORK / "moved.konseki"
        shutil.rmtree(case, ignore_errors=True)
        moved.mkdir(exist_ok=True)
        log = moved / "Security.evtx"
        shutil.copy(sample_log(), log)
        konseki("examine", "--case", case, "--no-report", moved, code=None)
        before = csv_rows(konseki("events", "--case", case, "--format", "csv", "--fields", "trace,message")[0])
        log.rename(moved / "elsewhere")
        out, err = konseki("events", "--case", case, "--format", "csv", "--fields", "trace,message")
        after = csv_rows(out)
        self.assertEqual([row[0] for row in after], [row[0] for row in before])
        self.assertTrue(any(row[1] for row in before[1:]) and not any(row[1] for row in after[1:]))
        self.assertIn("put the files back", err)
        self.assertIn(str(log), err)
        self.assertIn("put the files back", konseki("events", "--case", case, "--format", "jsonl", code=1)[1])


class Findings(unittest.TestCase):
    def test_formats_agree(self):
        findings = json_lines("findings", "--case", CASE)
        self.assertTrue(findings)
        self.assertEqual(findings, json.loads(konseki("findings", "--case", CASE, "--format", "json")[0]))
        self.assertEqual(len(csv_rows(konseki("findings", "--case", CASE, "--format", "csv")[0])), len(findings) + 1)
        ElementTree.fromstring(konseki("findings", "--case", CASE, "--format", "xml")[0])
        self.assertEqual(len(konseki("findings", "--case", CASE)[0].splitlines()), len(findings) + 1)

    def test_every_finding_says_what_it_stands_on_and_what_to_do(self):
        for finding in json_lines("findings", "--case", CASE):
            self.assertRegex(finding["finding"], r"^f-[0-9a-f]{12}$")
            self.assertTrue(finding["title"] and finding["explanation"] and finding["advice"], finding)
            if finding["severity"] != "informational":
                self.assertGreater(finding["because_total"], 0, finding["title"])

    def test_filters(self):
        every = json_lines("findings", "--case", CASE)
        order = ["informational", "low", "medium", "high", "critical"]
        high = json_lines("findings", "--case", CASE, "--severity", "high")
        self.assertEqual(len(high), sum(order.index(finding["severity"]) >= 3 for finding in every))
        ranks = [order.index(finding["severity"]) for finding in every]
        self.assertEqual(ranks, sorted(ranks, reverse=True))
        one = every[0]
        self.assertIn(one, json_lines("findings", "--case", CASE, "--rule", one["rule"]))
        for option, name, says in (("--host", "nosuchhost", "there is no host nosuchhost; there are: DC01"), ("--analyser", "nosuch", "konseki list analysers")):
            self.assertIn(says, konseki("findings", "--case", CASE, option, name, code=2)[1])

    def test_traces_of_findings_are_all_reachable(self):
        finding = json_lines("findings", "--case", CASE)[0]
        rows = json_lines("findings", "--case", CASE, "--rule", finding["rule"], "--traces")
        self.assertGreaterEqual(len([row for row in rows if row["finding"] == finding["finding"]]), 1)

    def test_japanese_words(self):
        texts = [finding["title"] for finding in json_lines("findings", "--case", CASE, "--language", "ja")]
        self.assertTrue(any(ord(c) > 0x3000 for text in texts for c in text))


class Show(unittest.TestCase):
    def test_a_finding(self):
        finding = json_lines("findings", "--case", CASE)[0]
        out, _ = konseki("show", finding["finding"], "--case", CASE)
        self.assertIn(finding["title"], out)
        self.assertIn("What to do", out)
        self.assertRegex(out, r"e\d+@0x[0-9a-f]+")

    def test_a_trace_down_to_its_bytes(self):
        row = json_lines("query", "--case", CASE, "SELECT trace_id(evidence, \"offset\") AS trace, e.path, w.size_bytes, \"offset\" AS place FROM windows_event w "
                         "JOIN evidence e ON e.number = w.evidence WHERE how = 'live' ORDER BY written_at LIMIT 1")[0]
        out, _ = konseki("show", row["trace"], "--case", CASE, "--bytes", "64")
        self.assertIn("windows_event", out)
        self.assertIn("sha256", out)
        self.assertIn("<Event", out)
        with open(row["path"], "rb") as file:
            file.seek(row["place"])
            first = file.read(4)
        shown = re.search(r"^0x[0-9a-f]{8}  (.*?)  \|", out, re.M).group(1).split()
        self.assertEqual(bytes(int(byte, 16) for byte in shown[:4]), first)
        self.assertEqual(first, b"\x2a\x2a\0\0")

    def test_a_trace_as_json_and_xml(self):
        trace = json_lines("events", "--case", CASE, "--channel", "Security", "--host", "WEB01*", "--limit", "1")[0]["trace"]
        json.loads(konseki("show", trace, "--case", CASE, "--format", "json")[0])
        ElementTree.fromstring(konseki("show", trace, "--case", CASE, "--format", "xml")[0])

    def test_evidence_and_strangers(self):
        self.assertIn("sha256", konseki("show", "e1", "--case", CASE)[0])
        konseki("show", "e99999", "--case", CASE, code=2)
        self.assertIn("konseki findings lists them", konseki("show", "f-000000000000", "--case", CASE, code=2)[1])
        konseki("show", "e99999@0x10", "--case", CASE, code=2)


class Search(unittest.TestCase):
    def test_words_regexes_and_counts(self):
        hits = json_lines("search", "--case", CASE, "MIMIKATZ", "certutil")
        self.assertTrue(hits)
        for hit in hits:
            self.assertIn(hit["word"].lower(), (hit["text"] + hit["field"]).lower())
        cased = json_lines("search", "--case", CASE, "--case-sensitive", "CERTUTIL-NOT-THERE")
        self.assertEqual(cased, [])
        regex = json_lines("search", "--case", CASE, "--regex", r"certutil(\.exe)?\s+-\w+")
        self.assertTrue(regex)
        counts = json_lines("search", "--case", CASE, "--count", "certutil", "nothing-holds-this")
        self.assertEqual([row["word"] for row in counts], ["certutil", "nothing-holds-this"])
        self.assertGreater(counts[0]["events"], 0)
        self.assertEqual(counts[1]["events"], 0)

    def test_all_needs_every_word(self):
        some = {hit["trace"] for hit in json_lines("search", "--case", CASE, "certutil", "http")}
        both = {hit["trace"] for hit in json_lines("search", "--case", CASE, "--all", "certutil", "http")}
        self.assertTrue(both and both < some)

    def test_limit_and_csv(self):
        self.assertEqual(len(csv_rows(konseki("search", "--case", CASE, "a", "--limit", "7", "--format", "csv")[0])), 8)

    def test_a_broken_pattern_is_wrong_use(self):
        self.assertIn('"a(" is no regular expression', konseki("search", "--case", CASE, "--regex", "a(", code=2)[1])

    def test_evidence_that_changed_is_said(self):
        folder = Path(tempfile.mkdtemp(dir=WORK))
        try:
            shutil.copy(sample_log(), folder / "x.evtx")
            konseki("examine", "--case", "c", "x.evtx", "--no-report", cwd=folder, code=None)
            (folder / "x.evtx").unlink()
            _, err = konseki("search", "--case", "c", "a", cwd=folder, code=1)
            self.assertIn("cost evidence", err)
        finally:
            shutil.rmtree(folder)


class Stats(unittest.TestCase):
    def test_counts_add_up(self):
        total = json_lines("query", "--case", CASE, "SELECT count(*) AS n FROM windows_event")[0]["n"]
        for by in ("id", "channel", "host", "provider", "level", "day", "hour"):
            self.assertEqual(sum(row["events"] for row in json_lines("stats", "--case", CASE, "--by", by)), total, by)

    def test_logons(self):
        rows = json_lines("stats", "--case", CASE, "--logons")
        self.assertTrue(rows)
        self.assertLessEqual({"logons", "user", "source_address", "computer", "first_at", "last_at"}, set(rows[0]))

    def test_coverage(self):
        rows = json_lines("stats", "--case", CASE, "--coverage")
        self.assertTrue(any(row["records_missing"] for row in rows))
        for row in rows:
            if row["first_at"]:
                self.assertLessEqual(row["first_at"], row["last_at"])

    def test_filters_apply(self):
        rows = json_lines("stats", "--case", CASE, "--by", "host", "--host", "WEB01*")
        self.assertTrue(rows and all(row["computer"].startswith("WEB01") for row in rows))


class Query(unittest.TestCase):
    def test_formats(self):
        sql = "SELECT computer, count(*) AS events, min(written_at) AS first_at, NULL AS nothing, 'a\"b,<c>' || chr(10) AS odd FROM windows_event GROUP BY ALL ORDER BY ALL"
        rows = json_lines("query", "--case", CASE, sql)
        self.assertEqual(rows, json.loads(konseki("query", "--case", CASE, sql, "--format", "json")[0]))
        self.assertTrue(all(row["nothing"] is None and row["odd"] == "a\"b,<c>\n" for row in rows))
        table = csv_rows(konseki("query", "--case", CASE, sql, "--format", "csv")[0])
        self.assertEqual([row[0] for row in table[1:]], [row["computer"] or "" for row in rows])
        ElementTree.fromstring(konseki("query", "--case", CASE, sql, "--format", "xml")[0])

    def test_parquet(self):
        target = WORK / "q.parquet"
        konseki("query", "--case", CASE, "SELECT * FROM windows_event", "--format", "parquet", "--output", target)
        data = target.read_bytes()
        self.assertEqual((data[:4], data[-4:]), (b"PAR1", b"PAR1"))

    def test_every_schema_is_a_table(self):
        tables = {row["table"] for row in json_lines("list", "schemas")}
        self.assertIn("windows_event", tables)
        self.assertIn("windows_logon", tables)
        for table in sorted(tables):
            konseki("query", "--case", CASE, f"SELECT * FROM {table} LIMIT 1", "--format", "jsonl")

    def test_wrong_sql_says_where(self):
        _, err = konseki("query", "--case", CASE, "SELECT nocolumn FROM windows_event", code=2)
        self.assertIn("nocolumn", err)
        self.assertIn("\n    LINE 1: SELECT nocolumn", err)
        self.assertNotIn("\\n", err)

    def test_hostile_text_cannot_move_the_cursor(self):
        out, _ = konseki("query", "--case", CASE, "SELECT chr(27) || '[31m' || chr(8238) AS x")
        self.assertIn("\\x1b[31m\\u{202e}", out)


class Timeline(unittest.TestCase):
    def test_timesketch(self):
        rows = csv_rows(konseki("timeline", "--case", CASE, "--format", "timesketch")[0])
        self.assertEqual(rows[0][:5], ["datetime", "timestamp_desc", "message", "data_type", "host"])
        times = [row[0] for row in rows[1:]]
        self.assertTrue(all(times))
        self.assertEqual(times, sorted(times))
        self.assertLessEqual({"windows:event", "konseki:finding"}, {row[3] for row in rows[1:]})
        self.assertEqual(csv_rows(konseki("timeline", "--case", CASE, "--to", "timesketch")[0]), rows)

    def test_jsonl_csv_and_parquet_hold_the_same(self):
        lines = konseki("timeline", "--case", CASE, "--format", "jsonl")[0].splitlines()
        json.loads(lines[0])
        self.assertEqual(len(csv_rows(konseki("timeline", "--case", CASE, "--format", "csv")[0])), len(lines) + 1)
        konseki("timeline", "--case", CASE, "--format", "parquet", "--output", WORK / "t.parquet")
        self.assertTrue((WORK / "t.parquet").read_bytes().startswith(b"PAR1"))

    def test_kinds_add_up(self):
        count = {kind: len(konseki("timeline", "--case", CASE, "--kind", kind)[0].splitlines()) for kind in ("events", "state", "findings", "all")}
        self.assertEqual(count["events"], json_lines("query", "--case", CASE, "SELECT count(*) AS n FROM windows_event")[0]["n"])
        self.assertEqual(count["findings"], len(json_lines("findings", "--case", CASE)))
        self.assertEqual(count["all"], count["events"] + count["state"] + count["findings"])

    def test_host_and_times_choose(self):
        rows = [json.loads(line) for line in konseki("timeline", "--case", CASE)[0].splitlines()]
        host, moment = next((row["host"], row["datetime"]) for row in rows if row["host"] and row["datetime"])
        some = [json.loads(line) for line in konseki("timeline", "--case", CASE, "--host", host, "--from", moment)[0].splitlines()]
        self.assertTrue(some and all(row["host"] == host and row["datetime"][:26] >= moment[:26] for row in some))
        self.assertLess(len(some), len(rows))
        konseki("timeline", "--case", CASE, "--from", "2024-01-02", "--to", "2024-01-01T00:00:00Z", code=2)

    def test_findings_only(self):
        rows = csv_rows(konseki("timeline", "--case", CASE, "--format", "csv", "--findings-only")[0])
        column = rows[0].index("findings")
        self.assertTrue(len(rows) > 1 and all(row[column] for row in rows[1:]))


class Host(unittest.TestCase):
    def whole(self, *words):
        return json.loads(konseki("host", "dc01", "--case", CASE, "--format", "json", *words)[0])

    def test_one_screen_in_both_languages(self):
        out, _ = konseki("host", "dc01", "--case", CASE)
        self.assertTrue(out.upper().startswith("DC01"), out[:80])
        self.assertIn("Event logs", out)
        self.assertIn("findings", out)
        self.assertIn("検出事項", konseki("host", "DC01.some.domain", "--case", CASE, "--language", "ja")[0])

    def test_an_unknown_name_says_which_there_are(self):
        _, err = konseki("host", "nobody", "--case", CASE, code=2)
        self.assertRegex(err, r"(?i)there are: .*DC01")

    def test_items_bear_terms_that_add_up_and_traces_that_show(self):
        host = self.whole("--top", "0")
        self.assertEqual([item["rank"] for item in host["items"]], list(range(1, host["items_total"] + 1)))
        self.assertTrue(host["items"], "the sample's intruder left something")
        whole = self.whole("--item", "1")["items"][0]
        self.assertAlmostEqual(sum(term["weight"] for term in whole["terms"]), whole["score"], delta=0.05)
        self.assertEqual(len(whole["traces"]), whole["traces_total"])
        for trace in {whole["terms"][0]["trace"], whole["traces"][0]}:
            konseki("show", trace, "--case", CASE)
        text = konseki("host", "DC01", "--case", CASE, "--item", "1")[0]
        self.assertTrue(all(f"konseki show {trace}" in text for trace in whole["traces"]))
        konseki("host", "DC01", "--case", CASE, "--item", str(host["items_total"] + 1), code=2)

    def test_rows(self):
        rows = csv_rows(konseki("host", "DC01", "--case", CASE, "--format", "csv", "--top", "3")[0])
        self.assertEqual(rows[0][:4], ["host", "rank", "score", "kind"])
        self.assertLessEqual(len(rows), 4)
        parts = json_lines("host", "DC01", "--case", CASE, "--item", "1")
        self.assertEqual({part["part"] for part in parts}, {"term", "trace"})

    def test_around_a_moment(self):
        moment = json_lines("findings", "--case", CASE, "--severity", "high", "--host", "DC01*")[0]["first_at"]
        rows = json_lines("host", "DC01", "--case", CASE, "--around", moment, "--window", "90s")
        self.assertTrue(rows)
        self.assertEqual({row["data_type"] for row in rows} & {"konseki:finding"}, {"konseki:finding"})
        self.assertEqual(len({row["host"] for row in rows}), 1)
        self.assertEqual(len(self.whole("--around", moment, "--window", "90s")["timeline"]), len(rows))
        self.assertIn(rows[0]["trace"], konseki("host", "DC01", "--case", CASE, "--around", moment, "--window", "90s")[0])
        konseki("host", "DC01", "--case", CASE, "--window", "90s", code=2)
        konseki("host", "DC01", "--case", CASE, "--around", moment, "--window", "soon", code=2)


class Report(unittest.TestCase):
    def test_one_file_without_script(self):
        target = WORK / "out.html"
        konseki("report", "--case", CASE, "--output", target)
        html = target.read_text()
        self.assertTrue(html.lstrip().lower().startswith("<!doctype html>"))
        self.assertNotIn("<script", html.lower())
        self.assertNotRegex(html, r"(src|href)=\"https?://")
        konseki("report", "--case", CASE, "--output", WORK / "ja.html", "--language", "ja")
        self.assertTrue(any(ord(c) > 0x3000 for c in (WORK / "ja.html").read_text()))


class Rules(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(dir=WORK))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def test_check_names_each_rule_that_cannot_run(self):
        (self.folder / "a.yml").write_text("title: Good\nid: 22222222-2222-4222-8222-222222222222\nlogsource: {product: windows, service: security}\n"
                                           "detection: {a: {EventID: 1}, condition: a}\n")
        konseki("rules", "check", self.folder)
        (self.folder / "b.yml").write_text("title: Not whole\nlogsource: {product: windows, service: security}\ndetection: {a: {X|re: '('}, condition: a}\n")
        (self.folder / "c.yaml").write_text("]: not yaml")
        out, err = konseki("rules", "check", self.folder, "--format", "jsonl", code=1)
        paths = [json.loads(line)["path"] for line in out.splitlines()]
        self.assertEqual([Path(path).name for path in paths], ["b.yml", "c.yaml"])
        self.assertIn("2 cannot run", err)

    def test_built_in_rules_all_run(self):
        _, err = konseki("rules", "check")
        self.assertIn("0 cannot run", err)

    def test_list(self):
        rows = json_lines("rules", "list")
        self.assertGreater(len(rows), 50)
        self.assertTrue(all(row["rule"] and row["title"] for row in rows))

    def test_coverage(self):
        rows = json_lines("rules", "coverage", "--case", CASE)
        self.assertTrue(any(row["is_covered"] for row in rows))
        self.assertTrue(any(not row["is_covered"] for row in rows))

    def test_coverage_counts_logs_of_linux(self):
        logs = self.folder / "log"
        logs.mkdir()
        (logs / "auth.log").write_text("2026-07-07T08:00:00.000000+00:00 web1 sshd[7]: Failed password for root from 192.0.2.7 port 9 ssh2\n" * 3)
        (logs / "audit.log").write_text(
            'type=SYSCALL msg=audit(1783400000.100:7): arch=c000003e syscall=59 success=yes exit=0 pid=9 comm="id" exe="/usr/bin/id"\n'
            'type=EXECVE msg=audit(1783400000.100:7): argc=1 a0="id"\n')
        case = self.folder / "linux.konseki"
        konseki("examine", "--case", case, "--no-report", logs, code=None)
        for name, source in (("sshd", "service: sshd"), ("start", "category: process_creation"), ("cron", "service: cron")):
            (self.folder / f"{name}.yml").write_text(f"title: {name}\nlogsource: {{product: linux, {source}}}\ndetection:\n    a: [x]\n    condition: a\n")
        rows = json_lines("rules", "coverage", "--case", case, "--no-starter-rules", "--rules", self.folder)
        self.assertEqual({row["title"]: (row["is_covered"], row["events_seen"]) for row in rows},
                         {"sshd": (True, 3), "start": (True, 1), "cron": (False, 0)})

    def test_a_pack_finds_the_same(self):
        pack = self.folder / "starter.pack"
        konseki("rules", "compile", "--output", pack)
        for name, rules in (("text", ()), ("pack", ("--rules", pack))):
            konseki("examine", "--case", self.folder / f"{name}.konseki", "--no-report", *rules, SAMPLE, code=None)
        def findings(name):
            return [(finding["finding"], finding["count"]) for finding in json_lines("findings", "--case", self.folder / f"{name}.konseki")]
        self.assertEqual(findings("text"), findings("pack"))


class Lists(unittest.TestCase):
    def test_each_list_parses(self):
        for what in ("formats", "artefacts", "schemas", "analysers", "limits", "persistence", "rules"):
            self.assertTrue(json_lines("list", what), what)
            csv_rows(konseki("list", what, "--format", "csv")[0])

    def test_persistence_locations_speak_both_languages(self):
        english, japanese = json_lines("list", "persistence", "--language", "en"), json_lines("list", "persistence", "--language", "ja")
        self.assertEqual([row["id"] for row in english], [f"L{number:02}" for number in range(1, 48)] + [f"W{number:02}" for number in range(1, 97)])
        self.assertEqual([row["place"] for row in english], [row["place"] for row in japanese])
        self.assertTrue(all(a["advice"] != b["advice"] for a, b in zip(english, japanese)))

    def test_evidence_has_hashes_and_custody(self):
        rows = json_lines("evidence", "--case", CASE)
        self.assertEqual([row["evidence"] for row in rows], [f"e{number}" for number in range(1, len(rows) + 1)])
        self.assertTrue(all(re.fullmatch(r"[0-9a-f]{64}", row["sha256"] or "") for row in rows if row["state"] != "failed"))
        self.assertTrue(any(row["parent"] for row in rows))

    def test_diagnostics(self):
        every = json_lines("diagnostics", "--case", CASE)
        lost = json_lines("diagnostics", "--case", CASE, "--lost")
        self.assertTrue(lost and len(lost) <= len(every))
        self.assertTrue(all(row["bytes_lost"] > 0 for row in lost))


class Explain(unittest.TestCase):
    RULE = ("title: Certutil\nid: 33333333-3333-4333-8333-333333333333\nlogsource: {product: windows, category: process_creation}\n"
            "detection: {a: {CommandLine|contains: certutil}, condition: a}\n")

    def test_a_trace_of_the_case(self):
        trace = json_lines("search", "--case", CASE, "certutil", "--limit", "1")[0]["trace"]
        rule = WORK / "certutil.yml"
        rule.write_text(self.RULE)
        out, _ = konseki("rules", "explain", "--rules", rule, "33333333-3333-4333-8333-333333333333", trace, "--case", CASE)
        self.assertIn("CommandLine", out)
        judged = json.loads(konseki("rules", "explain", "--rules", rule, "Certutil", trace, "--case", CASE, "--format", "json")[0])
        self.assertEqual((judged["trace"], judged["matches"]), (trace, True))
        terms = [place["selections"][0]["alternatives"][0][0] for place in judged["places"] if place["is_from"]]
        self.assertEqual((terms[0]["term"], terms[0]["holds"]), ("CommandLine|contains", True))
        self.assertIn("certutil", terms[0]["found"][0].lower())
        konseki("rules", "explain", "--rules", rule, "Certutil", "e1@0x1", "--case", CASE, code=3)
        konseki("rules", "explain", "--rules", rule, "No such rule", trace, "--case", CASE, code=2)

    def test_an_event_from_a_json_file(self):
        event = WORK / "event.json"
        event.write_text(json.dumps({"Event": {"System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": 1,
                                                           "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "X",
                                                           "TimeCreated": {"#attributes": {"SystemTime": "2021-01-01T00:00:00.000000Z"}}},
                                               "EventData": {"Image": "C:\\certutil.exe", "CommandLine": "certutil -urlcache"}}}))
        rule = WORK / "certutil.yml"
        rule.write_text(self.RULE)
        out, _ = konseki("rules", "explain", "--rules", rule, "Certutil", "--json", event)
        self.assertIn("CommandLine", out)


if __name__ == "__main__":
    sys.argv = [sys.argv[0], *(sys.argv[4:] or []), "-v"]
    unittest.main()
