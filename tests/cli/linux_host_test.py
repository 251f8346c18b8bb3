#!/usr/bin/env python3
"""Ten inert persistence features on this very machine, collected and examined: all lead its list, a clean copy has hardly any.

  linux_host_test.py KONSEKI FOLDER

The machine is a private copy: an overlay of / in namespaces of its own (mounts, processes), where konseki collects as on any
live host. Nothing is planted on the machine itself; everything ends with the namespaces. Skipped (77) where that needs rights
that are not there."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys

TOP = 15
ALARM = 5.5
ALARMS_OF_A_CLEAN_HOST = 1

# What is planted: a word that the item must show, and its place. Programs are copies of `true` and `sleep` or empty scripts.
PLANTED = {
    "cron job": ("/etc/cron.d/db-sync", "L05"),
    "unit": ("net-helper.service", "L01"),
    "timer": ("log-pull.timer", "L02"),
    "preload": ("libc-ext.so", "L12"),
    "PAM line": ("pam_exec.so", "L14"),
    "key with command": ("ops@build", "L15"),
    "udev rule": ("75-usb-power.rules", "L26"),
    "shell profile": ("locale-fix.sh", "L10"),
    "module config": ("nf-ext.conf", "L22"),
    "deleted running program": ("/var/tmp/.cache-worker", "L42"),
}


def plant():
    """Runs inside the copy."""
    def write(path, text, mode=0o644):
        place = pathlib.Path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place, "a") as file:
            file.write(text)
        place.chmod(mode)

    def program(path):
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shutil.which("true"), path)
        os.chmod(path, 0o755)

    program("/usr/local/sbin/db-sync")
    write("/etc/cron.d/db-sync", "*/7 * * * * root /usr/local/sbin/db-sync >/dev/null 2>&1\n")
    program("/usr/local/sbin/net-helper")
    write("/etc/systemd/system/net-helper.service",
          "[Unit]\nDescription=Network helper\n[Service]\nExecStart=/usr/local/sbin/net-helper\n[Install]\nWantedBy=multi-user.target\n")
    program("/opt/.log/pull")
    write("/etc/systemd/system/log-pull.timer", "[Timer]\nOnCalendar=*:0/10\n[Install]\nWantedBy=timers.target\n")
    write("/etc/systemd/system/log-pull.service", "[Service]\nType=oneshot\nExecStart=/opt/.log/pull\n")
    library = subprocess.run(["sh", "-c", "ldd $(command -v sh) | grep -o '/[^ ]*libc.so[^ ]*'"], capture_output=True, text=True).stdout.split()[0]
    harmless = next(pathlib.Path(library).parent.glob("libdl.so.2"), None)
    shutil.copyfile(harmless, "/usr/local/lib/libc-ext.so")
    write("/etc/ld.so.preload", "/usr/local/lib/libc-ext.so\n")
    write("/usr/local/lib/auth-note", "#!/bin/sh\nexit 0\n", 0o755)
    write("/etc/pam.d/common-auth", "auth optional pam_exec.so quiet /usr/local/lib/auth-note\n")
    key = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(range(32))).decode()
    program("/usr/local/lib/.keyed")
    write("/root/.ssh/authorized_keys", f'command="/usr/local/lib/.keyed" ssh-ed25519 {key} ops@build\n', 0o600)
    program("/usr/local/sbin/usb-power")
    write("/etc/udev/rules.d/75-usb-power.rules", 'ACTION=="add", SUBSYSTEM=="usb", RUN+="/usr/local/sbin/usb-power"\n')
    program("/usr/local/lib/.loc")
    write("/etc/profile.d/locale-fix.sh", "nohup /usr/local/lib/.loc >/dev/null 2>&1 &\n")
    write("/etc/modules-load.d/nf-ext.conf", "nf_ext\n")
    shutil.copyfile(shutil.which("sleep"), "/var/tmp/.cache-worker")
    os.chmod("/var/tmp/.cache-worker", 0o755)
    subprocess.Popen(["/var/tmp/.cache-worker", "600"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.unlink("/var/tmp/.cache-worker")


# Runs in the namespaces: makes the copy of the machine and collects in it.
INSIDE = r"""
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$SPACE"
mkdir "$SPACE/upper" "$SPACE/work" "$SPACE/root"
mount -t overlay overlay -o lowerdir=/,upperdir="$SPACE/upper",workdir="$SPACE/work" "$SPACE/root"
cd "$SPACE/root"
mount -t proc proc proc
for folder in sys dev; do mount --rbind /$folder $folder; done
# What people do on this machine is not the machine: builds and their temporary files.
for folder in tmp var/tmp home work farm old_root; do if [ -d $folder ]; then mount -t tmpfs tmpfs $folder; fi; done
mkdir -p tmp/konseki
mount --bind "$TOOLS" tmp/konseki
for library in $LIBRARIES; do mkdir -p ".$library"; mount --bind "$library" ".$library"; done
if [ "$PLANT" = yes ]; then chroot . "$PYTHON" /tmp/konseki/linux_host_test.py --plant; fi
exec chroot . /tmp/konseki/konseki collect --no-logs --quiet --out /tmp/konseki/$PLANT
"""


def run(command, codes=(0,), **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, command))[:200]}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def can_make_a_copy(folder):
    space = folder / "try"
    space.mkdir()
    tried = subprocess.run(
        ["unshare", "-m", "-p", "-f", "sh", "-c",
         f"mount -t tmpfs tmpfs {space} && mkdir {space}/u {space}/w {space}/r && mount -t overlay overlay -o lowerdir=/,upperdir={space}/u,workdir={space}/w {space}/r"],
        capture_output=True)
    return os.geteuid() == 0 and tried.returncode == 0


def collected(konseki, folder, planted):
    tools = folder / "tools"
    space = folder / f"space-{planted}"
    space.mkdir()
    (tools / planted).mkdir(parents=True)
    libraries = {str(pathlib.Path(line.split("=>")[1].split()[0]).parent)
                 for line in run(["ldd", konseki]).splitlines() if "=> /" in line and not line.split("=>")[1].strip().startswith(("/lib", "/usr/lib"))}
    run(["unshare", "-m", "-p", "-f", "--kill-child", "sh", "-c", INSIDE], timeout=1500,
        env={**os.environ, "SPACE": str(space), "TOOLS": str(tools), "PLANT": planted, "PYTHON": sys.executable, "LIBRARIES": " ".join(sorted(libraries))})
    archives = list((tools / planted).glob("*.tar.zst"))
    if len(archives) != 1:
        sys.exit(f"collect left {archives}")
    return archives[0]


def ranked(konseki, archive, case):
    run([konseki, "examine", archive, "--case", case, "--quiet"], timeout=800, codes=(0, 1))  # 1: there are findings
    rows = run([konseki, "query", "--case", case, "--format", "jsonl",
                "SELECT rank, round(score, 2) AS score, kind, location, title, command, reasons, reasons_ja FROM host_item ORDER BY score DESC, rank LIMIT 60"])
    return [json.loads(row) for row in rows.splitlines()]


def show(items, count):
    for place, item in enumerate(items[:count], 1):
        print(f"  {place:>2} {item['score']:>5} {item['location'] or '':>4} {item['kind']:<9} {item['title'][:90]}")


def main():
    if sys.argv[1:] == ["--plant"]:
        return plant()
    konseki, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if not shutil.which("unshare") or not can_make_a_copy(folder):
        print("needs root, namespaces and overlay mounts")
        return 77
    tools = folder / "tools"
    tools.mkdir()
    shutil.copy(konseki, tools / "konseki")
    shutil.copy(__file__, tools)
    places = {row["id"]: row for row in map(json.loads, run([konseki, "list", "persistence", "--format", "jsonl"]).splitlines())}
    wrong = []
    clean = ranked(konseki, collected(konseki, folder, "no"), folder / "clean.konseki")
    alarms = [item for item in clean if item["score"] >= ALARM]
    print(f"clean: {len(alarms)} items from a score of {ALARM}")
    show(clean, 8)
    if len(alarms) > ALARMS_OF_A_CLEAN_HOST:
        wrong.append(f"{len(alarms)} alarms on the clean copy")
    items = ranked(konseki, collected(konseki, folder, "yes"), folder / "planted.konseki")
    print("planted:")
    show(items, 25)
    for name, (word, location) in PLANTED.items():
        place = next((at for at, item in enumerate(items, 1) if word in item["title"] + " " + (item["command"] or "") and item["location"] == location), None)
        if place is None or place > TOP:
            wrong.append(f"{name}: place {place}")
            continue
        item = items[place - 1]
        if not item["reasons"] or not item["reasons_ja"] or not places[location]["advice"]:
            wrong.append(f"{name}: says no reason or no advice")
    shutil.rmtree(folder, ignore_errors=True)
    if wrong:
        sys.exit("wrong: " + "; ".join(wrong))
    print(f"all {len(PLANTED)} planted features are among the first {TOP}, with reasons and advice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
