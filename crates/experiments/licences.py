"""Prints the licences of what is in the program: of every crate and library that is
linked into it, and of the fonts and scripts in its reports.

Usage: python3 licences.py TARGET FEATURES
"""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LICENCE_FILE = re.compile(r"(un)?licen[cs]e|copying|copyright|notice|ofl", re.IGNORECASE)
# Of the package `musl`, which comes with `musl-tools`.
MUSL = Path("/usr/share/doc/musl/copyright")


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
    """The licence texts in a folder, those of vendored code included."""
    named = (path for path in Path(folder).rglob("*") if LICENCE_FILE.match(path.name))
    files = sorted(path for path in named if path.is_file() and "tests" not in path.parts)
    return [path.read_text(errors="replace").strip() for path in files]


def texts_of(package, packages):
    """The licence texts of a package: its own, else those of a package from the same repository, else that of Apache-2.0."""
    same = [one for one in packages if one["repository"] and origin(one) == origin(package)]
    for one in [package, *same]:
        if found := texts(Path(one["manifest_path"]).parent):
            return found
    assert "Apache-2.0" in package["license"], f"no text of the licence of {package['name']}"
    return [(ROOT / "LICENSE-APACHE").read_text().strip()]


def origin(package):
    """`https://github.com/owner/name`, without the folder of a package."""
    return "/".join((package["repository"] or "").removesuffix(".git").split("/")[:5])


def library():
    """The licences of Rust's standard library and of musl, with which the program is linked."""
    root = Path(subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip())
    page = (root / "share/doc/rust/COPYRIGHT-library.html").read_text()
    page = html.unescape(re.sub("<[^>]*>", "", page[page.index("<body>") :]))
    yield "Rust's standard library", re.sub(r"\n\s*\n+", "\n\n", page).strip()
    yield "musl", MUSL.read_text().strip()


def main(target, features):
    packages = linked(target, features)
    assert len(packages) > 50, packages
    used_by, text_of = {}, {}

    def note(text, user):
        # The same text with other line breaks is the same licence.
        words = " ".join(text.split())
        text_of.setdefault(words, text)
        used_by.setdefault(words, []).append(user)

    print("This program is by the authors of its repository, MIT OR Apache-2.0. It contains:\n")
    for package in packages:
        name = f"{package['name']} {package['version']}"
        print(f"  {name}: {package['license'] or 'see below'}, {package['repository'] or ''}")
        for text in texts_of(package, packages):
            note(text, name)
    for part in ["crates/report/fonts", "crates/report/assets/uplot"]:
        for text in texts(ROOT / part):
            note(text, f"{part} of the repository")
    for name, text in library():
        note(text, name)
    for words, users in used_by.items():
        print(f"\n{'=' * 100}\n{', '.join(users)}\n{'-' * 100}\n{text_of[words]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
