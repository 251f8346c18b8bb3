#!/usr/bin/env python3
"""The host that APTSimulator ran on (shared data, museum), gathered as a collection would be: what was planted must lead its list.
Usage: museum_test.py KONSEKI WORK. Exit code 77: skipped, the shared data is absent."""
import json
import lzma
import os
import shutil
import subprocess
import sys
from pathlib import Path

KONSEKI, WORK = sys.argv[1], Path(sys.argv[2])
DATA = Path(os.environ.get("KONSEKI_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
MUSEUM = DATA / "museum"

# What its artefacts can show of the things that the simulator plants (spec fsa.md, section 4).
PLANTED = {
    "task GameOver": "Scheduled task \\GameOver",
    "WMI consumer KillProcess": "WMI consumer KillProcess",
    "svchost.exe in the public profile": "C:\\Users\\Public\\svchost.exe",
    "renamed PsExec": "C:\\TMP\\p.exe",
    "mimikatz": "mimikatz",
    "nbtscan": "nbtscan",
}


def unpack(archive, folder):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cmake", "-E", "tar", "xf", archive], check=True, cwd=folder)


def gather(root):
    windows = root / "Windows"
    shutil.copytree(MUSEUM / "ScheduledTasks/Win10/APTSimulatorVM", windows / "System32/Tasks")
    shutil.copytree(MUSEUM / "Amcache/Win10/APTSimulatorVM", windows / "appcompat/Programs")
    unpack(next((MUSEUM / "EventLogs/Win10/APTSimulatorVM").glob("*.7z")), windows / "System32/winevt/Logs")
    unpack(next((MUSEUM / "WBEM/Win10/APTSimulatorVM_Defender").glob("*.7z")), windows / "System32/wbem/Repository")
    unpack(next((MUSEUM / "NTFSArtifacts/J/Win10/APTSimulatorVM").glob("*.7z")), root / "$Extend")


def konseki(*words):
    done = subprocess.run([KONSEKI, *map(str, words)], capture_output=True, text=True, timeout=600)
    if done.returncode not in (0, 1):
        sys.exit(f"konseki {words}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def top_items(case, rules):
    konseki("examine", "--quiet", "--no-report", "--case", case, *rules, WORK / "collection")
    rows = konseki("query", "--case", case, "--format", "jsonl",
                   "SELECT host, rank, score, title FROM host_item WHERE rank <= 10 OR title LIKE '%SCM Event Log%' ORDER BY host, rank")
    return [json.loads(line) for line in rows.splitlines()]


def check(rows, wanted, what):
    hosts = {row["host"] for row in rows}
    if hosts != {"DESKTOP-TMKU40H"}:
        sys.exit(f"{what}: one machine under one name was expected, there are {sorted(hosts)}")
    top = [row["title"] for row in rows if row["rank"] <= 10]
    missing = [name for name in wanted if not any(PLANTED[name].lower() in title.lower() for title in top)]
    if missing:
        sys.exit(f"{what}: not among the first ten: {', '.join(missing)}\n" + "\n".join(top))
    if any("SCM Event Log Consumer" in title for title in top):
        sys.exit(f"{what}: the service control manager's own consumer is among the first ten")
    print(f"{what}: {len(wanted)} of {len(wanted)} planted things among the first ten")


def gather_hives(root, hives):
    """Hives of regipy's test data, where they lie on a machine."""
    for name, place in hives.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(lzma.decompress((DATA / "registry/regipy" / name).read_bytes()))


def items_of(name, hives):
    gather_hives(WORK / name / "machine/C", hives)
    case = WORK / f"{name}.konseki"
    konseki("examine", "--quiet", "--no-report", "--case", case, WORK / name)
    rows = konseki("query", "--case", case, "--format", "jsonl", "SELECT rank, score, title FROM host_item ORDER BY rank LIMIT 20")
    return [json.loads(line) for line in rows.splitlines()]


def check_registry_hosts():
    system = "Windows/System32/config/SYSTEM"
    items = items_of("wks_win732bita", {"SYSTEM.xz": system, "NTUSER.DAT.xz": "Users/x/NTUSER.DAT", "SAM.xz": "Windows/System32/config/SAM",
                                        "amcache.hve.xz": "Windows/AppCompat/Programs/Amcache.hve"})
    first = "\n".join(item["title"] for item in items[:5])
    for implant in ("C:\\dllhot.exe", "C:\\windows\\system32\\dllhost\\svchost.exe"):
        if implant.lower() not in first.lower():
            sys.exit(f"WKS-WIN732BITA: {implant} is not among the first five\n{first}")
    for name in ("SYSTEM_WIN_10_1709", "SYSTEM_B"):
        loud = [item for item in items_of(name.lower(), {f"{name}.xz": system}) if item["score"] >= 8]
        if loud:
            sys.exit(f"{name}: items of an ordinary machine reach a score of 8: {loud}")
    print("WKS-WIN732BITA: both implants among the first five; two ordinary machines stay below 8")


def main():
    if not MUSEUM.is_dir():
        print(f"skipped: {MUSEUM} is absent")
        sys.exit(77)
    shutil.rmtree(WORK, ignore_errors=True)
    gather(WORK / "collection/machine/C")
    check(top_items(WORK / "sigmahq.konseki", ["--rules", DATA / "sigma/rules"]), PLANTED, "with the rules of SigmaHQ")
    # Our own rules know less of what happened; the state must carry it.
    state = ["task GameOver", "WMI consumer KillProcess", "svchost.exe in the public profile", "renamed PsExec", "nbtscan"]
    check(top_items(WORK / "starter.konseki", []), state, "with the built-in rules")
    check_registry_hosts()
    shutil.rmtree(WORK)


main()
