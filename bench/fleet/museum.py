"""The real hosts of $KONSEKI_DATA, reported apart from the fleet: what was planted there is known from who published them."""
import json
import pathlib
import tempfile

import measure

# What to look for in an item's text, after the descriptions of the exercises (data/README.md, spec fsa.md section 4).
MUSEUM = {
    "APTSimulator host (Windows 10)": {
        "inputs": ("museum/ScheduledTasks/Win10", "museum/Amcache/Win10/APTSimulatorVM", "museum/WBEM", "museum/NTFSArtifacts/J", "museum/EventLogs/Win10"),
        "planted": {"task GameOver": "gameover", "WMI consumer KillProcess": "killprocess", "mimikatz as mim.exe": "mim.exe", "tool p.exe": "\\p.exe",
                    "program below \\TMP": "\\tmp\\"},
    },
    "Shieldbase workstation (Windows 7, SYSTEM hive)": {
        "inputs": ("registry/regipy/SYSTEM.xz",),
        "planted": {"svchost.exe in dllhost's folder": "\\dllhost\\svchost.exe", "dllhot.exe": "dllhot.exe", "PsExec's service": "psexesvc"},
    },
    "Stolen Szechuan Sauce (Windows Server 2012 R2)": {
        "inputs": ("museum/Amcache/Win2012R2", "museum/EventLogs/Win2012R2"),
        "planted": {"coreupdater.exe": "coreupdater"},
    },
}


def run(bench):
    results = {}
    for name, host in MUSEUM.items():
        inputs = [str(bench.data / one) for one in host["inputs"] if (bench.data / one).exists()]
        with tempfile.TemporaryDirectory(dir=bench.work) as folder:
            folder = pathlib.Path(folder) / "museum.konseki"
            bench.rank(folder, [*bench.sigma(), *inputs])
            case = measure.Case(bench.konseki, folder)
            items = [(int(rank), float(score), host_name, title, (title + " " + command + " " + target + " " + reasons).lower()) for rank, score, host_name, title, command, target, reasons in
                     case.rows("SELECT rank, score, coalesce(host, ''), title, coalesce(command, ''), coalesce(target, ''), coalesce(reasons, '') FROM host_item ORDER BY rank, host")]
        planted = {}
        for what, needle in host["planted"].items():
            hits = [(rank, score, title) for rank, score, _, title, text in items if needle in text]
            planted[what] = {"rank": hits[0][0], "score": round(hits[0][1], 1), "title": hits[0][2]} if hits else None
        needles = list(host["planted"].values())
        results[name] = {"items": len(items), "planted": planted, "alarms": sum(1 for item in items if item[1] >= measure.ALARM),
                         "alarms_not_planted": sum(1 for item in items if item[1] >= measure.ALARM and not any(needle in item[4] for needle in needles))}
        print(name, json.dumps(results[name]["planted"]), flush=True)
    bench.keep(bench.results / "museum.json", results)
