"""Prints the licences of what is in the program: of every crate that is linked into it, and of the fonts and scripts in its reports.

Usage: python3 licences.py TARGET FEATURES
"""

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LICENCE_FILE = re.compile(r"(un)?licen[cs]e|copying|copyright|notice|ofl", re.IGNORECASE)


def linked(target, features):
    """The packages of other authors that are linked into the program, sorted by name."""
    package = ["--locked", "--manifest-path", str(HERE / "Cargo.toml")]
    shown = ["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]
    tree = run("tree", *package, *shown, "--target", target, "--no-default-features", "--features", features)
    names = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
    packages = json.loads(run("metadata", *package, "--format-version", "1"))["packages"]
    others = [one for one in packages if one["source"] and (one["name"], f"v{one['version']}") in names]
    return sorted(others, key=lambda package: (package["name"], package["version"]))


def run(*command):
    return subprocess.run(["cargo", *command], check=True, capture_output=True, text=True).stdout


def texts(folder):
    """The licence texts in a folder."""
    files = sorted(path for path in Path(folder).iterdir() if path.is_file() and LICENCE_FILE.match(path.name))
    return [path.read_text(errors="replace").strip() for path in files]


def main(target, features):
    packages = linked(target, features)
    assert len(packages) > 50, packages
    used_by, text_of = {}, {}

    def note(folder, user):
        for text in texts(folder):
            # The same text with other line breaks is the same licence.
            words = " ".join(text.split())
            text_of.setdefault(words, text)
            used_by.setdefault(words, []).append(user)

    print("This program is by the authors of its repository, MIT OR Apache-2.0. It contains:\n")
    for package in packages:
        name = f"{package['name']} {package['version']}"
        print(f"  {name}: {package['license'] or 'see below'}, {package['repository'] or ''}")
        note(Path(package["manifest_path"]).parent, name)
    for part in ["crates/report/fonts", "crates/report/assets/uplot"]:
        note(ROOT / part, f"{part} of the repository")
    for words, users in used_by.items():
        print(f"\n{'=' * 100}\n{', '.join(users)}\n{'-' * 100}\n{text_of[words]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
