#!/usr/bin/env python3
"""A small Linux fleet of our own collections: what was planted leads, an upgrade is benign, a planted change is not, and a baseline
knows the clean hosts. Usage: fleet_test.py KONSEKI WORK."""
import io
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

KONSEKI, WORK = sys.argv[1], Path(sys.argv[2])


def konseki(*words, code=(0, 1)):
    done = subprocess.run([KONSEKI, *map(str, words)], capture_output=True, text=True, timeout=300)
    if done.returncode not in code:
        sys.exit(f"konseki {words}: exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def rows(*words):
    return [json.loads(line) for line in konseki(*words, "--format", "jsonl").splitlines()]


def expect(truth, what):
    if not truth:
        sys.exit(f"failed: {what}")


def unit(name, program):
    return f"[Unit]\nDescription={name}\n[Service]\nExecStart={program}\n[Install]\nWantedBy=multi-user.target\n"


def state(schema, members):
    return "\n".join([json.dumps({"konseki_state": schema, "version": 1}), *map(json.dumps, members)]) + "\n"


def collection(folder, host, day, ssh="9.2", planted=False):
    """One host: twenty daemons of packages, sshd of the given version, and perhaps a unit that nobody packaged."""
    files, packages, members = [], [], {}
    def program(path, package, digest):
        files.append({"path": path, "type": "regular", "mode": 0o755, "uid": 0, "gid": 0, "user": "root", "content": "elf",
                      "sha256": (digest * 64)[:64], **({"package": package, "package_state": "same"} if package else {"package_state": "unowned"}),
                      "modified_at": "2026-01-01T00:00:00Z", "changed_at": "2026-01-01T00:00:00Z"})
    def daemon(name, package, version, digest):
        program(f"/usr/sbin/{name}", package, digest)
        path = f"/lib/systemd/system/{name}.service"
        members[f"[root]{path}"] = unit(name, f"/usr/sbin/{name} -D")
        files.append({"path": path, "type": "regular", "mode": 0o644, "uid": 0, "gid": 0, "user": "root", "package": package, "package_state": "same"})
        packages.append({"manager": "dpkg", "name": package, "package_version": version, "status": "installed"})
    for number in range(20):
        daemon(f"daemon-{chr(97 + number)}", f"package-{chr(97 + number)}", "1.0", "1a")
    daemon("sshd", "openssh-server", ssh, "2b" if ssh == "9.2" else "3c")
    if planted:
        program("/usr/lib/.cache/kworkerd", "", "4d")
        members["[root]/etc/systemd/system/kworkerd.service"] = unit("kworkerd", "/usr/lib/.cache/kworkerd")
        files.append({"path": "/etc/systemd/system/kworkerd.service", "type": "regular", "mode": 0o644, "user": "root", "package_state": "unowned"})
    members["state/host.jsonl"] = state("linux.host", [{"name": host, "system": "debian", "system_version": "12", "is_root": True,
                                                        "collected_at": f"2026-11-{day}T00:00:00Z"}])
    members["state/files.jsonl"] = state("linux.file", files)
    members["state/packages.jsonl"] = state("linux.package", packages)
    head = {"konseki_collection": 1, "host": host, "system": "linux", "began_at": f"2026-11-{day}T00:00:00Z", "is_root": True}
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / f"konseki-{host}-linux-202611{day}T000000Z.tar", "w") as archive:
        for name, text in {"konseki-collection.json": json.dumps(head), **members}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))


def examine(name):
    konseki("examine", "--quiet", "--no-report", "--case", WORK / f"{name}.konseki", WORK / name)
    return WORK / f"{name}.konseki"


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    hosts = [f"web{number}" for number in range(1, 7)]
    for host in hosts:
        collection(WORK / "before", host, "01")
        collection(WORK / "after", host, "20", ssh="9.3" if host != "web6" else "9.2", planted=host == "web3")
    before, after = examine("before"), examine("after")
    ranked = rows("fleet", "rank", "--case", after)
    expect([row["host"] for row in ranked][0] == "web3" and len(ranked) == 6, f"web3 leads the fleet: {ranked}")
    expect("kworkerd" in ranked[0]["top_title"] or ".cache" in ranked[0]["top_title"], "its heaviest item is what was planted")
    stacked = rows("stack", "item", "--kind", "service", "--case", after)
    expect("kworkerd" in stacked[0]["value"] and stacked[0]["hosts"] == 1 and stacked[-1]["hosts"] == 6, "the rarest service is the planted one")
    compared = rows("fleet", "compare", "web3", "web4", "--case", after)
    expect(any(row["place"] == "only_first" and "kworkerd" in row["title"] for row in compared), "web3 alone has it")
    changes = rows("fleet", "since", before, "--case", after)
    open_changes = [row for row in changes if not row.get("explained_by")]
    expect(open_changes and all(("kworkerd" in row["title"] or ".cache" in row["title"]) and row["host"] == "web3" for row in open_changes), f"only the planted change is open: {open_changes}")
    upgraded = [row for row in changes if "openssh-server 9.2 -> 9.3" in (row.get("explained_by") or "")]
    expect({row["host"] for row in upgraded} == set(hosts) - {"web6"}, f"the upgrade explains what changed on five hosts: {changes}")
    expect(changes.index(upgraded[0]) > changes.index(open_changes[0]), "what nothing explains comes first")
    konseki("baseline", "make", "--case", before, "--output", WORK / "clean.konseki-baseline")
    konseki("baseline", "use", WORK / "clean.konseki-baseline", "--case", after)
    new = rows("fleet", "since", WORK / "clean.konseki-baseline", "--case", after)
    expect(("kworkerd" in new[0]["title"] or ".cache" in new[0]["title"]) and new[0]["change"] == "new", "the baseline does not know it")
    terms = rows("query", "--case", after, "SELECT DISTINCT feature FROM host_item_term WHERE feature LIKE 'prevalence.baseline%' ORDER BY 1")
    expect(len(terms) == 2, "what the baseline has and lacks is told")
    leads = rows("fleet", "rank", "--leads", "--case", after)
    expect(leads[0]["rank"] == 1 and leads[0]["host"] == "web3" and leads[0]["reasons"], f"the planted start leads the list: {leads[:2]}")
    expect(len({lead["story"] for lead in leads}) == len(leads), "each thing once")
    twin = rows("query", "--case", after, "SELECT e.number, e.host, f.host AS other, e.duplicate_of AS first, a.\"offset\" AS place FROM evidence e JOIN "
                "evidence f ON f.number = e.duplicate_of JOIN linux_autostart a ON a.evidence = f.number WHERE e.host <> f.host ORDER BY 1 LIMIT 1")[0]
    for number, other in ((twin["number"], twin["other"]), (twin["first"], twin["host"])):
        shown = konseki("show", f"e{number}@{twin['place']:#x}", "--case", after)
        expect(other in shown and "linux_autostart" in shown and "no row begins" not in shown, f"a trace of the same bytes shows both places: {shown}")
    starts = [json.loads(konseki("host", host, "--case", after, "--format", "json"))["linux"]["starts_total"] for host in ("web1", "web2")]
    expect(starts[0] == starts[1] > 0, f"the same units start on both hosts: {starts}")
    told = konseki("fleet", "rank", "--leads", "--limit", 0, "--case", after)
    expect("under" not in told.splitlines()[0] and "under" in leads[0], "a table of leads shows those that stand for others, exports show all")
    expect(len(told.splitlines()) - 1 == sum(lead["under"] is None for lead in leads), f"one line each: {told}")
    expect(len(konseki("fleet", "rank", "--leads", "--all", "--limit", 0, "--case", after).splitlines()) - 1 == len(leads), "--all shows each")
    for words in (("stack", "item", "--host", "web9"), ("fleet", "compare", "web1", "web9"), ("fleet", "compare", "web1", "WEB1"), ("hosts", "--host", "web9"),
                  ("baseline", "make", "--hosts", "web1,web9", "--output", WORK / "none"), ("baseline", "use", WORK / "after"), ("fleet", "since", __file__),
                  ("findings", "--host", "web9"), ("findings", "--analyser", "persistance")):
        konseki(*words, "--case", after, code=(2,))
    konseki("fleet", "rank", "--all", "--case", after, code=(2,))
    konseki("fleet", "rank", "--items", "--campaigns", "--case", after, code=(2,))
    konseki("fleet", "since", WORK, "--case", after, code=(2,))
    konseki("baseline", "use", "--case", after, code=(2,))
    shutil.rmtree(WORK)
    print("a fleet of six: ranked, stacked, compared, followed over an upgrade, held to a baseline")


main()
