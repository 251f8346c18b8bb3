#!/usr/bin/env python3
"""`konseki collect` and `konseki examine --live` on this very machine, with programs started here that have no file any more.
Usage: collect_test.py KONSEKI WORK. Without root the same is asked of our own processes only."""
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

KONSEKI, WORK = sys.argv[1], Path(sys.argv[2])
ENVIRONMENT = {**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1"}
SLEEP = shutil.which("sleep")


def konseki(*words, codes=(0,)):
    done = subprocess.run([KONSEKI, *map(str, words)], capture_output=True, text=True, env=ENVIRONMENT, timeout=1200, cwd=WORK)
    if done.returncode not in codes:
        raise AssertionError(f"konseki {' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def unpacked(archive, name):
    folder = WORK / name
    folder.mkdir()
    subprocess.run(["cmake", "-E", "tar", "xf", archive], check=True, cwd=folder)
    return folder


def rows(path):
    lines = path.read_text().splitlines()
    assert json.loads(lines[0])["version"] == 1, lines[0]
    return [json.loads(line) for line in lines[1:]]


class Children:
    """Running programs: one never was a file, one's file is gone, one's file is another now (as after an upgrade)."""

    def __enter__(self):
        self.folder = WORK / "programs"
        self.folder.mkdir()
        memory = os.memfd_create("konseki-test")
        os.write(memory, Path(SLEEP).read_bytes())
        self.running = {"memfd": subprocess.Popen([f"/proc/{os.getpid()}/fd/{memory}", "900"], pass_fds=[memory])}
        for name in ("deleted", "replaced"):
            shutil.copy(SLEEP, self.folder / name)
            self.running[name] = subprocess.Popen([self.folder / name, "900"], env={"LD_LIBRARY_PATH": "/konseki-test", "A_TOKEN": "hush"})
        time.sleep(1)  # until each runs its program
        (self.folder / "deleted").unlink()
        (self.folder / "replaced").unlink()
        shutil.copy(shutil.which("true"), self.folder / "replaced")
        return self.running

    def __exit__(self, *_):
        for child in self.running.values():
            child.kill()
            child.wait()


class Collect(unittest.TestCase):
    def test_a_dead_root_is_collected_into_one_archive_whose_manifest_is_true(self):
        root = WORK / "root"
        (root / "etc/cron.d").mkdir(parents=True)
        (root / "etc/hostname").write_text("dead01\n")
        (root / "etc/cron.d/job").write_text("* * * * * root /dev/shm/x\n")
        out = WORK / "dead"
        said = konseki("collect", "--root", root, "--out", out)
        self.assertIn("konseki examine ", said)
        [archive] = out.iterdir()
        self.assertRegex(archive.name, r"^konseki-dead01-linux-\d{8}T\d{6}Z\.tar\.zst$")
        folder = unpacked(archive, "dead-members")
        lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
        self.assertEqual(lines[-1]["members"], len(lines) - 1)
        for line in lines[:-1]:
            content = (folder / line["path"]).read_bytes()
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (line["size"], line["sha256"]), line)
        self.assertEqual((folder / "[root]/etc/cron.d/job").read_text(), "* * * * * root /dev/shm/x\n")
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        self.assertEqual(there, {line["path"] for line in lines})

    def test_interrupted_it_leaves_nothing(self):
        out = WORK / "interrupted"
        out.mkdir()
        running = subprocess.Popen([KONSEKI, "collect", "--out", out, "--fast"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
        while not list(out.iterdir()) and running.poll() is None:
            time.sleep(0.02)
        time.sleep(0.3)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
        self.assertNotEqual(running.returncode, 0)
        self.assertEqual(list(out.iterdir()), [])

    def test_wrong_words_are_said(self):
        done = subprocess.run([KONSEKI, "collect", "--root", "/nonexistent"], capture_output=True, text=True, env=ENVIRONMENT)
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no such folder", done.stderr)


class Live(unittest.TestCase):
    def test_this_machine_is_collected_and_examined_at_once(self):
        case = WORK / "live.konseki"
        with Children() as children:
            said = konseki("examine", "--live", "--fast", "--verify", "none", "--no-logs", "--case", case, codes=(0, 1))
        self.assertIn("Collected ", said)
        self.assertTrue((case / "report/report.html").exists())
        [archive] = (case / "collections").iterdir()
        folder = unpacked(archive, "live-members")
        states = {row["pid"]: row for row in rows(folder / "state/processes.jsonl")}
        digest = hashlib.sha256(Path(SLEEP).read_bytes()).hexdigest()
        for state, child in children.items():
            self.assertEqual(states[child.pid]["executable_state"], state, states[child.pid])
            self.assertEqual(states[child.pid]["executable_sha256"], digest)
        self.assertEqual(states[children["deleted"].pid]["preload"], "LD_LIBRARY_PATH=/konseki-test")
        self.assertEqual(states[os.getpid()]["executable_state"], "present")
        self.assertNotIn("hidden_from", states[os.getpid()])
        environment = (folder / "processes/environ.jsonl").read_text()
        self.assertIn("A_TOKEN=<masked, 4 bytes>", environment)
        self.assertNotIn("A_TOKEN=hush", environment)
        paths = {row["path"] for row in rows(folder / "state/files.jsonl")}
        self.assertIn("/etc/passwd", paths)
        # and back through the case
        pids = ",".join(str(child.pid) for child in children.values())
        found = konseki("query", "--case", case, f"SELECT executable_state FROM linux_process WHERE pid IN ({pids}) ORDER BY 1", "-f", "csv")
        self.assertEqual(found.split()[1:], ["deleted", "memfd", "replaced"])


if __name__ == "__main__":
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    try:
        unittest.main(argv=sys.argv[:1], verbosity=2)
    finally:
        shutil.rmtree(WORK, ignore_errors=True)  # what was collected is this machine's own business
