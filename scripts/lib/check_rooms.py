"""Checks the imports of every room against rooms.txt: check_rooms.py ROOMS SOURCES. Prints each breach; exits 1 on any."""

import pathlib
import re
import sys

# import X, @attribute import X, private import X, import struct X.Y
IMPORT = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:private|fileprivate|internal|package|public)\s+)?"
                    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)")


def read_table(path):
    rooms, everywhere, shared, wrappers, problems = {}, set(), set(), {}, []
    for line in pathlib.Path(path).read_text().splitlines():
        line = line.partition("#")[0]
        if ":" not in line:
            continue
        name, _, allowed = line.partition(":")
        if name == "any":
            everywhere = set(allowed.split())
            continue
        if name == "shared":
            shared = set(allowed.split())
            continue
        for module in allowed.split():
            if module[0] == "C" and module[1:2].isupper() and module not in shared | set(rooms):
                if module in wrappers:
                    problems.append(f"rooms.txt: {module} has two wrappers, {wrappers[module]} and {name}")
                wrappers[module] = name
        rooms[name] = set(allowed.split())
    return rooms, everywhere, problems


def main(table, sources):
    rooms, everywhere, problems = read_table(table)
    order = list(rooms)
    folders = {path.name for path in pathlib.Path(sources).iterdir() if path.is_dir()}
    for position, (name, allowed) in enumerate(rooms.items()):
        problems += [f"rooms.txt: {name} names {other}, which is not above it"
                     for other in allowed & set(order[position:])]
    for room in sorted(folders):
        swift = sorted(pathlib.Path(sources, room).rglob("*.swift"))
        if swift and room not in rooms:
            problems.append(f"{room} is not in rooms.txt")
        for file in swift if room in rooms else []:
            for number, line in enumerate(file.read_text().splitlines(), 1):
                found = IMPORT.match(line)
                if found and found[1] not in rooms[room] | everywhere:
                    problems.append(f"{file}:{number}: {room} may not import {found[1]}")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
