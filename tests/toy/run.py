#!/usr/bin/env python3
"""Adding an artefact or an analyser edits no shared file; deleting all others edits none either.
A tree is made of the project's own build files and the rooms they need, all artefact and analyser folders are left out, the two toy
folders are copied in, and the catalogues must list exactly these two."""
import pathlib
import shutil
import subprocess
import sys

source, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
tree = work / "tree"


def copy(name, *, keep=lambda path: True):
    for path in sorted((source / name).rglob("*")):
        if path.is_file() and keep(path):
            target = tree / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")
    return done.stdout


shutil.rmtree(tree, ignore_errors=True)
is_code = lambda path: not path.stem.endswith(("_test", "_fuzz", "_bench"))
for room in ("base", "bytes", "record"):
    copy(f"src/{room}", keep=is_code)
for room in ("os", "store"):  # headers only: they become rooms without code
    copy(f"src/{room}", keep=lambda path: path.suffix == ".hpp" or path.name == "CMakeLists.txt")
for room in ("rules", "formats"):
    copy(f"src/{room}", keep=lambda path: path.suffix == ".hpp")
    (tree / "src" / room).mkdir(parents=True, exist_ok=True)
    (tree / "src" / room / "CMakeLists.txt").write_text(f"konseki_room({room})\n")
for room in ("traces", "analysers"):
    copy(f"src/{room}", keep=lambda path, room=room: path.parent == source / "src" / room)
copy("cmake")
shutil.copy2(source / "CMakeLists.txt", tree / "CMakeLists.txt")
shutil.copytree(source / "tests/toy/src", tree / "src", dirs_exist_ok=True)
app = tree / "src/app"
app.mkdir(exist_ok=True)
shutil.copy2(source / "tests/toy/list_main.cpp", app / "list_main.cpp")
(app / "CMakeLists.txt").write_text(
    "add_executable(list_catalogue list_main.cpp)\ntarget_link_libraries(list_catalogue konseki_traces konseki_analysers)\n")

run("cmake", "-G", "Ninja", "-S", tree, "-B", work / "build", "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_CXX_FLAGS=-O0",
    "-DKONSEKI_TESTS=OFF", f"-DKONSEKI_DEPS={source}/.deps")
run("cmake", "--build", work / "build", "--target", "list_catalogue")
listed = run(work / "build/src/app/list_catalogue").split("\n")[:-1]
expected = ["artefact toy_greeting", "analyser toy_counter"]
print("\n".join(listed))
sys.exit(0 if listed == expected else f"expected {expected}")
