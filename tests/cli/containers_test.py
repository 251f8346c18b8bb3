#!/usr/bin/env python3
"""Every kind of container: the shared samples with what is known to be in them, and one of each other kind made here from real artefacts.
From each the same files must come, of the same machine, with the same rows; a wrong password must be said.
Usage: containers_test.py KONSEKI WORK [PART…]. Exit code 77: skipped, the shared data is absent. Tools that are not there (tools/setup --tests) are named."""
import base64
import gzip
import hashlib
import json
import lzma
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

KONSEKI, WORK = sys.argv[1], Path(sys.argv[2])
DATA = Path(os.environ.get("KONSEKI_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
HOST = "WKS-WIN732BITA"
SYSTEM = "Windows/System32/config/SYSTEM"
USER = "Users/hanako/NTUSER.DAT"
PREFETCH = "Windows/Prefetch/CMD.EXE-087B4001.pf"
RECYCLED = "$Recycle.Bin/S-1-5-21-1/$IC0FFEE.txt"
JOURNAL = "$Extend/$J"
EXPECTED = {"windows_service": 933, "windows_userassist": 29, "windows_prefetch_program": 1, "windows_recycle_bin_deleted": 1}
missing_tools = set()
done = []


def tool(*names):
    absent = [name for name in names if not shutil.which(name)]
    missing_tools.update(absent)
    return not absent


def run(*words, **options):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


def artefacts():
    """What the machine had: path below its drive -> bytes."""
    recycled = struct.pack("<QQQ", 1, 123, 132539328000000000) + "C:\\Users\\hanako\\plan.txt".encode("utf-16-le").ljust(520, b"\0")
    return {
        SYSTEM: lzma.decompress((DATA / "registry/regipy/SYSTEM.xz").read_bytes()),
        USER: lzma.decompress((DATA / "registry/regipy/NTUSER.DAT.xz").read_bytes()),
        PREFETCH: (DATA / "prefetch/plaso/CMD.EXE-087B4001.pf").read_bytes(),
        RECYCLED: recycled,
    }


FILES = artefacts() if DATA.is_dir() else {}


def konseki(*words, codes=(0, 1)):
    ended = subprocess.run([KONSEKI, *map(str, words)], capture_output=True, text=True, timeout=600)
    if ended.returncode not in codes:
        sys.exit(f"konseki {words}: exit code {ended.returncode}\n{ended.stderr[-2000:]}")
    return ended.stdout + ended.stderr


def query(case, sql):
    ended = subprocess.run([KONSEKI, "query", "--case", case, "--format", "jsonl", sql], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def examined(path, *options):
    case = WORK / "case.konseki"
    shutil.rmtree(case, ignore_errors=True)
    return case, konseki("examine", "--no-report", "--case", case, *options, path)


def check(name, path, *options, host=HOST, paths=True, losses=0):
    """All artefacts of FILES are read, at their places on the machine, with all their rows."""
    case, _ = examined(path, *options)
    rows = query(case, "SELECT sha256, state, machine_path, host FROM evidence")
    for place, content in FILES.items():
        digest = hashlib.sha256(content).hexdigest()
        found = [row for row in rows if row["sha256"] == digest and row["state"] == "examined"]
        if not found:
            sys.exit(f"{name}: {place} was not examined\n{rows}\n{query(case, 'SELECT * FROM diagnostic')}")
        if host and found[0]["host"] != host:
            sys.exit(f"{name}: {place} is of {found[0]['host']}, not {host}")
        wanted = "C:\\" + place.replace("/", "\\")
        if paths and (found[0]["machine_path"] or "").replace("\\\\.\\", "") != wanted:
            sys.exit(f"{name}: {place} lay at {found[0]['machine_path']}")
    for table, count in EXPECTED.items():
        rows = query(case, f"SELECT count(*) AS n FROM {table}")[0]["n"]
        if rows != count:
            sys.exit(f"{name}: {table} has {rows} rows, {count} were expected")
    lost = query(case, "SELECT * FROM diagnostic WHERE bytes_lost > 0")
    if len(lost) != losses:
        sys.exit(f"{name}: {losses} losses were expected\n{lost}")
    done.append(name)
    return case


def check_locked(name, path, words, *options):
    """The container stays closed, and the diagnostic and the summary say so with these words."""
    case, said = examined(path, *options)
    details = [row["detail"] or "" for row in query(case, "SELECT detail FROM diagnostic WHERE code = 'encrypted'")]
    if not any(words in detail for detail in details):
        sys.exit(f"{name}: '{words}' is not said\n{query(case, 'SELECT * FROM diagnostic')}")
    if "not opened" not in said:
        sys.exit(f"{name}: the summary does not tell that an archive stayed closed\n{said}")
    for table in EXPECTED:
        if query(case, f"SELECT count(*) AS n FROM {table}")[0]["n"] != 0:
            sys.exit(f"{name}: {table} has rows, without the password")
    done.append(name)


def folder(name):
    path = WORK / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def lay(root, prefix=""):
    for place, content in FILES.items():
        path = root / prefix / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def joined(path, first, second):
    """Two zip files of one member each as one, in this order; 7z would sort them."""
    parts, directory, position = b"", b"", 0
    for archive in (first, second):
        content = archive.read_bytes()
        end = content.rindex(b"PK\5\6")
        size, start = struct.unpack_from("<II", content, end + 12)
        entry = bytearray(content[start:start + size])
        struct.pack_into("<I", entry, 42, position)
        parts += content[:start]
        position = len(parts)
        directory += bytes(entry)
    path.write_bytes(parts + directory + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 2, 2, len(directory), len(parts), 0))


def seven_zip(path, source):
    run("cmake", "-E", "tar", "cf", path, "--format=7zip", *sorted(entry.name for entry in source.iterdir()), cwd=source)
    return path


# ---- what collectors make

def copy_log(prefix):
    lines = ["CopiedTimestamp,SourceFile,DestinationFile,FileSize,SourceFileSha1,DeferredCopy,CreatedOnUtc,ModifiedOnUtc,LastAccessedOnUtc,CopyDuration"]
    for place, content in FILES.items():
        source, target = "C:\\" + place.replace("/", "\\"), prefix + place.replace("/", "\\")
        lines.append(f"2023-02-06T02:14:54.1234567,{source},{target},{len(content)},{hashlib.sha1(content).hexdigest()},False,"
                     "2020-01-01T00:00:00.0000000,2020-01-02T00:00:00.0000000,2020-01-03T00:00:00.0000000,00:00:00.1")
    return "\n".join(lines) + "\n"


def kape():
    root = folder("kape")
    lay(root / "out", "C")
    (root / "out/2023-02-06T021454_CopyLog.csv").write_text(copy_log("D:\\out\\C\\"))
    case = check("KAPE folder", root / "out")
    if query(case, "SELECT count(*) AS n FROM collector_copy")[0]["n"] != len(FILES):
        sys.exit("KAPE folder: the copy log was not read")
    members = {f"C/{place}": content for place, content in FILES.items()}
    members["2023-02-06T021454_CopyLog.csv"] = copy_log("D:\\out\\C\\")
    check("KAPE zip", zipped(root / f"2023-02-06T021454_{HOST}.zip", members))
    if tool("mkfs.vfat", "mcopy", "qemu-img"):
        image = root / "2023-02-06T021454_pc.raw"
        fat(root / "out", image, 64)
        run("qemu-img", "convert", "-O", "vhdx", image, image.with_suffix(".vhdx"))
        image.unlink()
        check("KAPE vhdx", image.with_suffix(".vhdx"))


def cylr():
    root = folder("cylr")
    members = {f"C/{place}": content for place, content in FILES.items()}
    members["CyLR_Collection_Log_2021-03-02_10-00-00.log"] = "2021-03-02 10:00:00 | Collecting\n"
    check("CyLR zip", zipped(root / f"{HOST}.zip", members))
    if tool("7z"):
        lay(root / "in", "C")
        for method in ("ZipCrypto", "AES256"):
            path = root / f"{HOST}-{method}.zip"
            run("7z", "a", "-tzip", f"-mem={method}", "-pinfected", path, "C", cwd=root / "in")
            check(f"CyLR zip, {method}", path, "--password", "infected")
            check_locked(f"CyLR zip, {method}, wrong password", path, "password", "--password", "guess")


def velociraptor_members():
    members = {}
    for place, content in FILES.items():
        name = "/".join(part.replace("%", "%25") for part in place.split("/"))
        members[f"uploads/ntfs/%5C%5C.%5CC%3A/{name}"] = content
    # A sparse journal: a hole of a mebibyte, then one record.
    text = "made.txt".encode("utf-16-le")
    record = struct.pack("<IHHQQQQIIIIHH", 60 + len(text) + 4, 2, 0, 5, 5, 1048576, 132539328000000000, 0x100, 0, 0, 32, len(text), 60) + text + b"\0" * 4
    members["uploads/ntfs/%5C%5C.%5CC%3A/$Extend/$UsnJrnl%3A$J"] = record
    members["uploads/ntfs/%5C%5C.%5CC%3A/$Extend/$UsnJrnl%3A$J.idx"] = json.dumps({"ranges": [
        {"file_offset": 0, "original_offset": 0, "file_length": 0, "length": 1048576},
        {"file_offset": 0, "original_offset": 1048576, "file_length": len(record), "length": len(record)}]})
    members["results/Windows.System.Pslist.json"] = json.dumps({"Pid": 4, "Ppid": 0, "Name": "System", "CreateTime": "2021-03-02T10:00:00Z"}) + "\n"
    return members


def check_velociraptor(name, path, *options):
    case = check(name, path, *options)
    for table, count in (("windows_usn_record", 1), ("collector_process", 1), ("collector_range", 2)):
        if query(case, f"SELECT count(*) AS n FROM {table}")[0]["n"] != count:
            sys.exit(f"{name}: {table} should have {count} rows: {query(case, f'SELECT * FROM {table}')}")


def velociraptor():
    root = folder("velociraptor")
    name = f"Collection-{HOST}-2021-03-02T10_00_00Z.zip"
    plain = zipped(root / name, velociraptor_members())
    check_velociraptor("Velociraptor zip, sparse journal", plain)
    if not tool("7z", "openssl"):
        return
    (root / "locked").mkdir()
    inner = root / "locked/data.zip"
    shutil.copy(plain, inner)
    run("7z", "a", "-tzip", "-mem=AES256", "-psecret", root / "locked" / name, "data.zip", cwd=root / "locked")
    check_velociraptor("Velociraptor zip with a password", root / "locked" / name, "--password", "secret")
    check_locked("Velociraptor zip, wrong password", root / "locked" / name, "password", "--password", "Secret")
    # The same for a server: the password itself is encrypted for its key.
    key = root / "server.pem"
    run("openssl", "genrsa", "-out", key, "2048")
    wrapped = subprocess.run(["openssl", "pkeyutl", "-encrypt", "-inkey", key, "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha512"],
                             input=b"secret", capture_output=True, check=True).stdout
    outer = root / f"Collection-{HOST}-2021-03-03T10_00_00Z.zip"
    metadata = json.dumps([{"EncryptedPass": base64.b64encode(wrapped).decode(), "Scheme": "X509", "PublicKey": ""}])
    joined(outer, zipped(root / "metadata.zip", {"metadata.json": metadata}), root / "locked" / name)
    check_velociraptor("Velociraptor zip for a server's key", outer, "--key", key)
    other = root / "other.pem"
    run("openssl", "genrsa", "-out", other, "2048")
    check_locked("Velociraptor zip, wrong key", outer, "X509", "--key", other)


def orc_members():
    """DFIR-ORC's GetThis: samples under invented names, their true paths in GetThis.csv."""
    lines = ["ComputerName,VolumeID,ParentFRN,FRN,FullName,SampleName,SizeInBytes,MD5,SHA1,FindMatch"]
    members = {}
    for number, (place, content) in enumerate(FILES.items(), 16):
        sample = f"samples/C2E23C53E23C4E43_0005000000000005_000100000000{number:04X}_1_{Path(place).name}_{{00000000-0000-0000-0000-000000000000}}.data"
        members[sample] = content
        full = "\\" + place.replace("/", "\\")
        lines.append(f"{HOST},0xC2E23C53E23C4E43,0x0005000000000005,0x000100000000{number:04X},{full},{sample.replace('/', chr(92))},{len(content)},"
                     f"{hashlib.md5(content).hexdigest()},{hashlib.sha1(content).hexdigest()},")
    members["GetThis.csv"] = ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
    return members


def orc_archive(root):
    inner, outer = folder("orc/inner"), folder("orc/outer")
    for name, content in orc_members().items():
        (inner / name).parent.mkdir(parents=True, exist_ok=True)
        (inner / name).write_bytes(content)
    seven_zip(outer / "Artefacts.7z", inner)
    (outer / "Systeminfo.csv").write_text("a,b\n1,2\n")
    return seven_zip(root / f"DFIR-ORC_WorkStation_{HOST}_General.7z", outer)


def orc():
    root = folder("orc")
    archive = orc_archive(root)
    check("DFIR-ORC, nested 7z", archive, paths=False)
    if tool("7z"):
        locked = root / f"DFIR-ORC_WorkStation_{HOST}_Detail.7z"
        run("7z", "a", "-psecret", "-mhe=on", locked, root / "outer/Artefacts.7z")
        check_locked("DFIR-ORC, encrypted 7z", locked, "7z", "--password", "secret")
    if tool("openssl"):
        certificate, key = root / "orc.crt", root / "orc.key"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=orc")
        other = root / "other.key"
        run("openssl", "genrsa", "-out", other, "2048")
        for cipher in ("aes-256-cbc", "des3"):
            sealed = root / f"DFIR-ORC_WorkStation_{HOST}_General.{cipher}.7z.p7b"
            run("openssl", "cms", "-encrypt", "-binary", f"-{cipher}", "-outform", "DER", "-stream", "-in", archive, "-out", sealed, certificate)
            check(f"DFIR-ORC, CMS with {cipher}", sealed, "--key", key, paths=False)
            check_locked(f"DFIR-ORC, CMS with {cipher}, wrong key", sealed, "key", "--key", other)


def acquire():
    root = folder("acquire")
    source = lay(root / "in", "fs/C:")
    for suffix, mode in (("tar", "w"), ("tar.gz", "w:gz")):
        path = root / f"{HOST}_20210302100000.{suffix}"
        with tarfile.open(path, mode) as archive:
            archive.add(source / "fs", "fs")
        check(f"acquire {suffix}", path)


def raw_folder():
    check("raw folder", lay(folder("raw"), "C"))


# ---- what imagers make

def fat(source, image, mebibytes):
    with open(image, "wb") as file:
        file.truncate(mebibytes << 20)
    run("mkfs.vfat", "-F", "32", "-n", "EVIDENCE", image)
    run("mcopy", "-s", "-i", image, *sorted(source.iterdir()), "::")


def with_partition(volume, disk, kind):
    """A disk with a partition table and the volume at its first mebibyte."""
    content = volume.read_bytes()
    table = bytearray(1 << 20)
    table[446:462] = struct.pack("<BBBBBBBBII", 0, 0, 2, 0, kind, 0, 0, 0, 2048, len(content) // 512)
    table[510:512] = b"\x55\xaa"
    disk.write_bytes(bytes(table) + content)


def volumes(root):
    """Raw volumes of the three families with the artefacts in them."""
    source = lay(root / "in")
    made = {}
    if tool("mkfs.vfat", "mcopy"):
        fat(source, root / "fat.raw", 64)
        made["FAT"] = (root / "fat.raw", 0x0c)
    if tool("mke2fs"):
        run("mke2fs", "-q", "-t", "ext4", "-d", source, root / "ext4.raw", "64m")
        made["ext4"] = (root / "ext4.raw", 0x83)
    if tool("mkntfs", "ntfscp"):  # ntfscp makes no folders: all lies in the root
        with open(root / "ntfs.raw", "wb") as file:
            file.truncate(64 << 20)
        run("mkntfs", "-q", "-F", "-s", "512", "-p", "2048", root / "ntfs.raw")
        for place in FILES:
            run("ntfscp", "-q", root / "ntfs.raw", source / place, Path(place).name.replace("$", ""))
        made["NTFS"] = (root / "ntfs.raw", 0x07)
    return made


def split(disk, target, size):
    with open(disk, "rb") as file:
        for number in range(1, 1000):
            block = file.read(size)
            if not block:
                return target.with_name(target.name + ".001")
            target.with_name(f"{target.name}.{number:03}").write_bytes(block)
    raise RuntimeError("too many parts")


def packed(name, parts):
    """Images in several files, as members of archives: the parts are found among the members."""
    target = folder("images/forms/packed")
    with zipfile.ZipFile(target / "image.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part in sorted(parts.iterdir(), reverse=True):  # the order of members must not matter
            archive.write(part, f"case 7/{part.name}")
    check(f"{name} parts in a zip", target, host=None, paths=False)
    if tool("7z"):
        (target / "image.zip").unlink()
        run("7z", "a", "-mx=1", target / "image.7z", *sorted(parts.iterdir()))
        check(f"{name} parts in a 7z", target, host=None, paths=False)


def images():
    root = folder("images")
    made = volumes(root)
    for name, (volume, kind) in made.items():
        place = folder(f"images/{name}")
        disk = place / "disk.raw"
        with_partition(volume, disk, kind)
        paths = name == "FAT"  # of ext4 they are those of a Linux system, in the NTFS volume all lies in the root
        case = check(f"raw image, {name}", disk, host=None, paths=paths)
        if name == "NTFS" and query(case, "SELECT count(*) AS n FROM windows_mft_file WHERE path = '\\SYSTEM'")[0]["n"] != 1:
            sys.exit("raw image, NTFS: the file table has no \\SYSTEM")
        check(f"volume without a table, {name}", volume, host=None, paths=paths)
    if not made:
        return
    place = folder("images/forms")
    disk = place / "disk.raw"
    first = "NTFS" if "NTFS" in made else sorted(made)[0]
    with_partition(*((made[first][0], disk, made[first][1])))
    split(disk, folder("images/forms/split") / "disk.dd", 10 << 20)
    check("split raw (.001 …)", place / "split", host=None, paths=False)
    packed("raw", place / "split")
    (place / "split/disk.dd.004").unlink()
    case, _ = examined(place / "split")
    if not any("segment 4" in (row["detail"] or "") for row in query(case, "SELECT detail FROM diagnostic WHERE what = 'image.segment'")):
        sys.exit("split raw: that a part is missing is not said")
    if tool("qemu-img"):
        forms = {"qcow2": ("qcow2", ""), "vhd": ("vpc", ""), "fixed.vhd": ("vpc", "subformat=fixed"), "vhdx": ("vhdx", ""), "vmdk": ("vmdk", ""),
                 "stream.vmdk": ("vmdk", "subformat=streamOptimized"), "flat.vmdk": ("vmdk", "subformat=monolithicFlat"),
                 "parts.vmdk": ("vmdk", "subformat=twoGbMaxExtentSparse"), "flatparts.vmdk": ("vmdk", "subformat=twoGbMaxExtentFlat")}
        for suffix, (form, option) in forms.items():
            target = folder("images/forms/one") / f"disk.{suffix}"
            run("qemu-img", "convert", "-f", "raw", "-O", form, *(["-o", option] if option else []), disk, target)
            check(f"image {suffix}", target.parent, host=None, paths=False)
    if tool("ewfacquire"):
        for name, size in (("E01", 1 << 30), ("E01, E02 …", 1 << 20)):
            target = folder("images/forms/one")
            run("ewfacquire", "-u", "-q", "-t", target / "disk", "-S", size, "-c", "fast", disk)
            count = len(list(target.iterdir()))
            if name != "E01" and count < 3:
                sys.exit(f"ewfacquire made only {count} segments")
            if name != "E01":
                packed("EWF", target)
            check(f"image {name}", target, host=None, paths=False)


# ---- the samples that are shared

def samples():
    known = {  # containers, examined, not recognised or duplicate; hosts
        "Collection-WIN-E5K9RC5GU23-2021-11-21T18_05_56-08_00.zip": (1, 13, 3, {"WIN-E5K9RC5GU23"}),
        "ext4_tests.zip": (2, 0, 11, {None}),
        "nested.zip": (2, 0, 15, {None}),
        "test.vhdx.zip": (2, 2, 5, {None}),
        "unencrypted_collector.zip": (1, 3, 0, {"DESKTOP-SU8FH31"}),
    }
    for name, (containers, read, others, hosts) in known.items():
        case, _ = examined(DATA / "containers" / name)
        rows = query(case, "SELECT state, host FROM evidence")
        states = [row["state"] for row in rows]
        counts = (states.count("container"), states.count("examined"), len(states) - states.count("container") - states.count("examined"))
        if counts != (containers, read, others) or {row["host"] for row in rows} != hosts:
            sys.exit(f"{name}: {counts} pieces of {set(row['host'] for row in rows)}")
        done.append(name)
    check_locked("encrypted_collector_password.zip", DATA / "containers/encrypted_collector_password.zip", "password", "--password", "guess")
    check_locked("encrypted_collector_pki.zip", DATA / "containers/encrypted_collector_pki.zip", "X509")


def ground_truth():
    """Rows of docs/ground-truth.md that need a whole image or a museum's folder."""
    root = folder("truth")
    image = root / "si-vs-fn.raw"
    with gzip.open(DATA / "ntfs/ntfs-si-vs-fn.raw.gz") as packed, open(image, "wb") as target:
        while block := packed.read(1 << 20):
            if block.strip(b"\0"):
                target.write(block)
            else:
                target.seek(len(block), os.SEEK_CUR)
        target.truncate(target.tell())
    case, _ = examined(image)
    row = query(case, "SELECT * FROM windows_mft_file WHERE path = '\\test\\test.txt'")[0]
    times = (row["created_at"][:10], row["name_created_at"][:10])
    if times != ("2015-11-03", "2014-12-12"):
        sys.exit(f"ntfs-si-vs-fn: {times}")
    index = query(case, "SELECT created_at FROM windows_ntfs_index_entry WHERE name = 'test.txt' AND NOT recovered")
    if [row["created_at"][:10] for row in index] != ["2016-09-24"]:
        sys.exit(f"ntfs-si-vs-fn: $I30 {index}")
    image.unlink()
    case, _ = examined(DATA / "misc/vsstest.qcow2")
    live = query(case, "SELECT count(*) AS n, count(created_at) AS si, count(name_created_at) AS fn FROM windows_mft_file m "
                       "JOIN evidence e ON e.number = m.evidence WHERE e.original_path = 'D/$MFT'")[0]
    if (live["si"], live["fn"]) != (34, 30):
        sys.exit(f"vsstest.qcow2: {live}")
    case, _ = examined(DATA / "museum/EventLogs/Win2012R2/StolenSzechuan")
    logs = query(case, "SELECT count(*) AS n FROM evidence WHERE parser = 'windows_event' AND state = 'examined'")[0]["n"]
    if logs != 102:
        sys.exit(f"StolenSzechuan: {logs} event logs")
    done.extend(["ntfs-si-vs-fn", "vsstest.qcow2", "StolenSzechuan"])


def main():
    if not (DATA / "containers").is_dir():
        print(f"skipped: {DATA} is absent")
        sys.exit(77)
    shutil.rmtree(WORK, ignore_errors=True)
    parts = (samples, ground_truth, kape, cylr, velociraptor, orc, acquire, raw_folder, images)
    for part in [part for part in parts if not sys.argv[3:] or part.__name__ in sys.argv[3:]]:
        part()
        print(f"{part.__name__}: done", flush=True)
    shutil.rmtree(WORK)
    print(f"{len(done)} containers: " + "; ".join(done))
    if missing_tools:
        print(f"not made, these tools are absent: {', '.join(sorted(missing_tools))}")


main()
