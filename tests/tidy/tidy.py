#!/usr/bin/env python3
"""What a machine can check of HOUSE.md: each check is one ctest (tidy.<name>). Usage: tidy.py CHECK [source folder]"""
import pathlib
import re
import subprocess
import sys

ROOMS = ["base", "bytes", "os", "record", "formats", "rules", "traces", "store", "intake", "collect", "knowledge",
         "analysers", "desk", "exchange", "report", "serve", "app"]  # data walks down; an include may only point up
BLOB_BYTES_MAX = 256 * 1024
BANNED = {  # pattern -> what to write instead; outside the named files
    r"\breinterpret_cast<(?!char const\*|unsigned char const\*)": ("read bytes with ByteReader", r"src/(formats|traces)/"),
    r"\bstd::async\b": ("os::Pool", r"src/"),
    r"\.detach\(\)": ("a joined std::jthread", r"src/"),
    r"#include <(iostream|regex)>": ("base/text.hpp, RE2", r"src/.*\.hpp$"),
    r"\bnew\s+[A-Z]\w+": ("std::make_unique or a value", r"src/"),
    r"catch \(\.\.\.\)": ("Result; catch (...) lives in main(), the worker loop and the request handler",
                          r"src/(?!app/main\.cpp|intake/worker|os/worker)"),
    r"FIXME(?!: #\d+)": ("FIXME: #<issue number>", r"src/"),
}


def source_files(root, *suffixes):
    return sorted(p for p in (root / "src").rglob("*") if p.suffix in suffixes)


def may_use(root):
    rooms = {}
    for lists in sorted((root / "src").glob("*/CMakeLists.txt")):
        match = re.search(r"konseki_room\((\w+)((?:\s+[\w:./${}-]+)*)\s*\)", lists.read_text())
        if match is None:
            continue
        words, current, used = match.group(2).split(), None, []
        for word in words:
            if word in ("MAY_USE", "LINK", "GENERATED"):
                current = word
            elif current == "MAY_USE":
                used.append(word)
        rooms[match.group(1)] = used
    return rooms


def check_layers(root):
    rooms, wrong = may_use(root), []
    for room, used in rooms.items():
        wrong += [f"src/{room}/CMakeLists.txt: {room} may not use {other}: it stands below it (HOUSE.md B1)"
                  for other in used if ROOMS.index(other) >= ROOMS.index(room)]
    for path in source_files(root, ".cpp", ".hpp"):
        room = path.relative_to(root / "src").parts[0]
        is_test = re.search(r"(_(test|bench|fuzz)\.cpp|_test_case\.hpp)$", path.name)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            match = re.match(r'#include "(\w+)/', line)
            if match is None or match.group(1) == room or match.group(1) in ("support", "generated"):
                continue
            allowed = rooms.get(room, [])
            if match.group(1) in ROOMS and match.group(1) not in allowed and not is_test and room in rooms:
                wrong.append(f"{path.relative_to(root)}:{number}: {room} includes {match.group(1)}/, which is not in its MAY_USE")
    # An artefact never calls another artefact.
    for path in source_files(root, ".cpp", ".hpp"):
        match = re.match(r"src/traces/(\w+)/", str(path.relative_to(root)))
        if match is None:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            other = re.match(r'#include "traces/(\w+)/', line)
            if other and other.group(1) != match.group(1):
                wrong.append(f"{path.relative_to(root)}:{number}: an artefact includes another artefact ({other.group(1)})")
    return wrong


def check_folders(root):
    wrong = []
    for room in sorted(p.parent for p in (root / "src").glob("*/CMakeLists.txt")):
        if not (room / "README.md").exists():
            wrong.append(f"{room.relative_to(root)}: a room without README.md")
    for kind in ("formats", "traces", "analysers", "rules"):
        for folder in sorted(p for p in (root / "src" / kind).glob("*") if p.is_dir()):
            if not any(folder.glob("*.cpp")):
                continue
            if not (folder / "README.md").exists():
                wrong.append(f"{folder.relative_to(root)}: no README.md")
            if not any(folder.glob("*_test.cpp")):
                wrong.append(f"{folder.relative_to(root)}: no test")
            if kind in ("formats", "traces") and not any((folder / "testdata").glob("*")):
                wrong.append(f"{folder.relative_to(root)}: no testdata")
            if kind == "formats" and not any(folder.glob("*_fuzz.cpp")):
                wrong.append(f"{folder.relative_to(root)}: a byte path without a fuzzer")
            if kind == "formats" and not any(folder.glob("*_bench.cpp")):
                wrong.append(f"{folder.relative_to(root)}: a format without a bench")
    return wrong


def check_headers(root):
    """A header opens with two lines that say what it is (and what it is not), then #pragma once."""
    wrong = []
    for path in source_files(root, ".hpp"):
        lines = path.read_text(errors="replace").splitlines()
        if not lines or not lines[0].startswith("// "):
            wrong.append(f"{path.relative_to(root)}: does not begin with a line that says what it is")
        if "#pragma once" not in lines:
            wrong.append(f"{path.relative_to(root)}: no #pragma once")
    return wrong


def check_blobs(root):
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout.split(b"\0")
    wrong = []
    for name in filter(None, tracked):
        path = root / name.decode()
        if path.is_file() and path.stat().st_size > BLOB_BYTES_MAX:
            wrong.append(f"{name.decode()}: {path.stat().st_size} bytes; at most {BLOB_BYTES_MAX} are committed")
        if path.is_file() and path.suffix in (".exe", ".dll", ".sys", ".evtx"):
            wrong.append(f"{name.decode()}: real samples and executables are never committed as they are")
    return wrong


def check_banned(root):
    wrong = []
    for path in source_files(root, ".cpp", ".hpp"):
        relative = str(path.relative_to(root))
        if re.search(r"_(test|bench|fuzz)\.cpp$", relative):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            code = line.split("//")[0]
            for pattern, (instead, where) in BANNED.items():
                if re.match(where, relative) and re.search(pattern, line if "FIXME" in pattern else code) and "NOLINT" not in line:
                    wrong.append(f"{relative}:{number}: matches /{pattern}/: use {instead}")
    beast = [str(p.relative_to(root)) for p in source_files(root, ".cpp", ".hpp") if "boost/beast" in p.read_text(errors="replace")]
    if len(beast) > 1:
        wrong.append(f"Boost.Beast is included by more than one file: {beast}")
    duckdb = [str(p.relative_to(root)) for p in source_files(root, ".cpp", ".hpp")
              if re.search(r'#include [<"]duckdb\.h[">]', p.read_text(errors="replace")) and p.relative_to(root).parts[1] != "store"]
    return wrong + [f"{name}: DuckDB is known to store/ only" for name in duckdb]


def check_dependencies(root):
    """Every foreign library that CMake links is argued for in docs/decisions/."""
    text = (root / "cmake/KonsekiDependencies.cmake").read_text()
    names = re.findall(r"pkg_check_modules\(\w+ REQUIRED IMPORTED_TARGET ([\w-]+)\)", text) + re.findall(r"find_package\((\w+)", text)
    argued = "\n".join(p.read_text().lower() for p in sorted((root / "docs/decisions").glob("*.md")))
    known = {"pkgconfig", "threads"}
    return [f"cmake/KonsekiDependencies.cmake: {name} is argued for in no docs/decisions/*.md"
            for name in names if name.lower() not in known and name.lower().removeprefix("lib") not in argued]


def check_columns(root):
    """Every stored row has evidence, offset, size_bytes and recovered of its own: a schema's column may not take these names."""
    wrong = []
    for path in source_files(root, ".hpp", ".cpp"):
        if path.relative_to(root).parts[1] not in ("traces", "rules"):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            match = re.search(r'field\("(evidence|offset|size_bytes|recovered|[a-z0-9_]*[A-Z][A-Za-z0-9_]*)"', line)
            if match:
                wrong.append(f"{path.relative_to(root)}:{number}: a column may not be called {match.group(1)}")
    return wrong


def check_words(root):
    """No registry host names, no leftovers of a merge, no trailing blanks in what people read."""
    wrong = []
    tracked = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.split()
    for name in tracked:
        path = root / name
        if path.suffix not in (".md", ".cpp", ".hpp", ".cmake", ".py", ".txt", ".yml", ".json", "") or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        if re.search(r"^(<<<<<<<|>>>>>>>) ", text, re.M):
            wrong.append(f"{name}: merge marks")
        if re.search(r"registry\.npm" r"js|deb\.deb" r"ian\.org|py" r"pi\.org", text):
            wrong.append(f"{name}: names a registry's host")
    return wrong


def check_paths(root):
    """The same bytes are read once: a parser whose rows depend on where the file lay must say reads_path, or why it does not matter."""
    wrong = []
    for folder in sorted(p for p in (root / "src" / "traces").glob("*") if p.is_dir()):
        code = "".join(p.read_text() for p in sorted(folder.glob("*.cpp")) if not re.search(r"_(test|bench|fuzz)\.cpp$", p.name))
        if re.search(r"\b(?:m_)?evidence\.name\b", code) and not re.search(r"\.reads_path = (?:true,|false, // \w)", code):
            wrong.append(f"{folder.relative_to(root)}: reads evidence.name: .reads_path = true, or false with the reason behind it")
    return wrong


def check_ground_truth(root):
    """Each test that docs/ground-truth.md names exists."""
    there = set()
    for path in source_files(root, ".cpp"):
        if path.name.endswith("_test.cpp"):
            there |= {f"{suite}.{name}" for suite, name in
                      re.findall(r"^TEST(?:_F)?\(\s*(\w+),\s*(\w+)\)", path.read_text(errors="replace"), re.M)}
    page = (root / "docs/ground-truth.md").read_text()
    named = re.findall(r"`([A-Z]\w+\.[A-Z]\w+)`", page)
    wrong = [f"docs/ground-truth.md: there is no test {name}" for name in named if name not in there]
    return wrong + ([] if named else ["docs/ground-truth.md: names no test"])


CHECKS = {name.removeprefix("check_"): check for name, check in list(globals().items()) if name.startswith("check_")}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in CHECKS:
        sys.exit(f"usage: tidy.py {{{'|'.join(CHECKS)}}} [source folder]")
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parents[2]).resolve()
    wrong = CHECKS[sys.argv[1]](root)
    print("\n".join(wrong) or f"tidy.{sys.argv[1]}: in order")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
