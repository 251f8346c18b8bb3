#!/usr/bin/env python3
"""Each *.cpp here is misuse that must not compile; its first line says what the compiler has to say: // expect: TEXT
A file that compiles, or fails for another reason, fails the test. The same file must compile with -DGOOD."""
import pathlib
import shutil
import subprocess
import sys


def compiles(compiler, path, source, *flags):
    command = [compiler, "-std=gnu++20", "-fsyntax-only", "-Werror", "-Wall", "-Wextra", f"-I{source}/src", *flags, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode == 0, done.stderr


def main():
    source, failures, count = pathlib.Path(sys.argv[1]), [], 0
    compiler = shutil.which("clang++-16") or shutil.which("g++")
    for path in sorted(pathlib.Path(__file__).parent.glob("*.cpp")):
        expected = path.read_text().splitlines()[0].removeprefix("// expect: ")
        good, words = compiles(compiler, path, source, "-DGOOD")
        if not good:
            failures.append(f"{path.name}: the right use does not compile either:\n{words}")
        bad, words = compiles(compiler, path, source)
        if bad:
            failures.append(f"{path.name}: the misuse compiles")
        elif not any(part in words for part in expected.split(" | ")):
            failures.append(f"{path.name}: fails, but without saying '{expected}':\n{words}")
        count += 1
    print("\n".join(failures) or f"{count} kinds of misuse do not compile ({compiler})")
    sys.exit(1 if failures or count == 0 else 0)


if __name__ == "__main__":
    main()
