"""A collection of about 500 MB as KAPE leaves it, of the real artefacts of $KONSEKI_DATA; bench/run measures `konseki examine` on it.

Not evidence of one incident: four hosts of artefacts that belong to other machines. No two files are the same bytes (those are read once);
what is there twice differs in a place that no structure uses. Standard library, and 7z (or bsdtar) for what is packed so.
"""
import gzip
import json
import lzma
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

LOGS = "C/Windows/System32/winevt/Logs"
CONFIG = "C/Windows/System32/config"
WBEM = "C/Windows/System32/wbem/Repository"
VERSION = 1


def unpack_7z(archive, folder):
    tool = next((found for name in ("7z", "7za", "7zr", "bsdtar") if (found := shutil.which(name))), None)
    if tool is None:
        raise SystemExit(f"bench: 7z or bsdtar is needed for {archive}")
    command = [tool, "-xf", archive, "-C", folder] if tool.endswith("bsdtar") else [tool, "x", "-y", f"-o{folder}", archive]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def content_of(path):
    """What a packed single file holds: .gz, .xz, .7z of one member; others as they are."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".xz":
        return lzma.decompress(path.read_bytes())
    if path.suffix == ".7z":
        with tempfile.TemporaryDirectory() as folder:
            unpack_7z(path, folder)
            return max((one for one in pathlib.Path(folder).rglob("*") if one.is_file()), key=lambda one: one.stat().st_size).read_bytes()
    return path.read_bytes()


def varied(content, number):
    """The same structures in other bytes: a byte nothing uses, or a page of zeros at the end."""
    if number == 0:
        return content
    unused = {b"ElfFile\0": 2048, b"regf": 2048, b"FILE": 900}
    for magic, place in unused.items():
        if content.startswith(magic):
            return content[:place] + bytes([content[place] ^ number]) + content[place + 1:]
    return content + bytes(8192 * number)


class Host:
    def __init__(self, folder, number):
        self.folder, self.number, self.bytes, self.files = folder, number, 0, 0

    def put(self, path, content, number=0):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        content = varied(content, number)
        target.write_bytes(content)
        self.bytes += len(content)
        self.files += 1

    def put_folder(self, path, folder, number=0):
        for one in sorted(one for one in folder.rglob("*") if one.is_file()):
            self.put(f"{path}/{one.relative_to(folder)}", one.read_bytes(), number)


def put_logs(host, archive, number):
    with tempfile.TemporaryDirectory() as folder:
        unpack_7z(archive, folder)
        for one in sorted(pathlib.Path(folder).rglob("*.evtx")):
            host.put(f"{LOGS}/{one.name}", one.read_bytes(), number)


def put_repository(host, archive, number):
    with tempfile.TemporaryDirectory() as folder:
        unpack_7z(archive, folder)
        for one in sorted(one for one in pathlib.Path(folder).rglob("*") if one.is_file()):
            host.put(f"{WBEM}/{one.name}", one.read_bytes(), number)


def put_user(host, data, user, hive, number=0):
    host.put(f"C/Users/{user}/NTUSER.DAT", hive, number)
    with tarfile.open(data / "registry/plaso.tar.xz") as archive:
        shell = archive.extractfile("plaso/regf/UsrClass.dat").read()
    host.put(f"C/Users/{user}/AppData/Local/Microsoft/Windows/UsrClass.dat", shell, host.number)


def plaso_hive(data, name):
    with tarfile.open(data / "registry/plaso.tar.xz") as archive:
        return archive.extractfile(f"plaso/{name}").read()


def fill(hosts, data):
    museum, regipy = data / "museum", data / "registry/regipy"
    windows_10, server = museum / "EventLogs/Win10/APTSimulatorVM/APTSimulatorVM_EventLogs.7z", museum / "EventLogs/Win2012R2/StolenSzechuan/StolenSzechuanEventLogs.7z"
    repository = museum / "WBEM/Win10/APTSimulatorVM_Defender/APTSimulatorVM_Defender_WBEM.7z"
    table, journal = content_of(museum / "NTFSArtifacts/MFT/Unknown/tdungan/$MFT.7z"), content_of(museum / "NTFSArtifacts/J/Win10/APTSimulatorVM/APTSimulatorVMJ.7z")
    one, two, three, four = hosts
    for host, logs, number in ((one, windows_10, 0), (two, server, 0), (three, windows_10, 1), (four, server, 1)):
        put_logs(host, logs, number)
    for host, number in ((one, 0), (two, 1)):
        host.put("C/$MFT", table, number)
    for host, number in ((one, 0), (three, 1)):
        host.put("C/$Extend/$J", journal, number)
        put_repository(host, repository, number)
    for host, hive in ((one, "SYSTEM.xz"), (two, "SYSTEM_B.xz"), (three, "SYSTEM_WIN_10_1709.xz")):
        host.put(f"{CONFIG}/SYSTEM", content_of(regipy / hive))
    for log in ("LOG1", "LOG2"):
        two.put(f"{CONFIG}/SYSTEM.{log}", content_of(regipy / f"SYSTEM_B.{log}.xz"))
    for number, host in enumerate(hosts):
        host.put(f"{CONFIG}/SAM", content_of(regipy / "SAM.xz"), number)
        host.put("C/Windows/System32/sru/SRUDB.dat", (museum / "SRUM/Win11/RathbunVM/Clean/SRUDB.dat").read_bytes(), number)
        host.put("C/Windows/inf/setupapi.dev.log", (data / "misc/setupapi.dev.log").read_bytes(), number)
    for host, folder in ((one, "Win10/APTSimulatorVM"), (two, "Win2012R2/StolenSzechuan"), (three, "Win10/RathbunVM")):
        host.put_folder("C/Windows/AppCompat/Programs", museum / "Amcache" / folder)
    four.put("C/Windows/AppCompat/Programs/Amcache.hve", content_of(regipy / "amcache.hve.xz"))
    for host, number in ((one, 0), (three, 1)):
        host.put_folder("C/Windows/System32/Tasks", museum / "ScheduledTasks/Win10/APTSimulatorVM", number)
    for host, number in ((two, 0), (four, 1)):
        for name in ("Current.mdb", "SystemIdentity.mdb"):
            host.put(f"C/Windows/System32/LogFiles/Sum/{name}", (museum / "SUM/Win2012R2/StolenSzechuan" / name).read_bytes(), number)
    put_user(one, data, "ann", content_of(regipy / "NTUSER.DAT.xz"))
    put_user(two, data, "administrator", plaso_hive(data, "NTUSER-WIN7.DAT"))
    put_user(three, data, "ben", plaso_hive(data, "NTUSER.DAT"))
    put_user(four, data, "administrator", plaso_hive(data, "regf/NTUSER.DAT"))
    for host, folder in ((one, "ez/Win10"), (one, "museum-win11"), (two, "ez/Win2012R2"), (three, "ez/Win8x"), (four, "ez/Win7")):
        for path in sorted((data / "prefetch" / folder).rglob("*.pf")):
            host.put(f"C/Windows/Prefetch/{path.name}", path.read_bytes())


def make(target, data):
    """Fills `target` once; returns {"files":, "bytes":, "hosts":}."""
    described = target.parent / (target.name + ".json")
    if described.exists():
        known = json.loads(described.read_text())
        if known["version"] == VERSION:
            return known
    shutil.rmtree(target, ignore_errors=True)
    hosts = [Host(target / f"HOST{number + 1}", number) for number in range(4)]
    fill(hosts, pathlib.Path(data))
    known = {"version": VERSION, "files": sum(host.files for host in hosts), "bytes": sum(host.bytes for host in hosts), "hosts": len(hosts)}
    described.write_text(json.dumps(known))
    return known
