"""Runs commands side by side: wall time, peak memory, and the JSON they print."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any


class Failed(Exception):
    """A command could not be started or failed; the message is one line."""


def launch(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> dict[str, Any]:
    """Seconds from the first start to the last exit, the largest process in MB, and every output.

    Replaces `{runs}` in a command by an empty folder, which is deleted afterwards.
    """
    with tempfile.TemporaryDirectory() as runs:
        start = time.perf_counter()
        started = [start_one([part.replace("{runs}", runs) for part in command], environment) for command in commands]
        memory = [wait_for(process) for process, _, _ in started]
        seconds = time.perf_counter() - start
        outputs = [output_of(*process) for process in started]
    return {"seconds": seconds, "memory_mb": max(memory), "outputs": outputs}


Started = tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]


def start_one(command: Sequence[str], environment: Mapping[str, str]) -> Started:
    """Writes output to files: a pipe would have to be read in the meantime."""
    output, errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()
    try:
        return subprocess.Popen(command, stdout=output, stderr=errors, env=environment), output, errors
    except OSError as error:
        raise Failed(f"{command[0]}: {error.strerror}") from error


def wait_for(process: subprocess.Popen[bytes]) -> float:
    """Peak memory in MB of the largest of the process and its children."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * 1024 / 1e6


def output_of(process: subprocess.Popen[bytes], output: IO[bytes], errors: IO[bytes]) -> Any:
    """What the process printed."""
    text, complaint = (read(file) for file in (output, errors))
    if process.returncode != 0:
        raise Failed(complaint.strip().splitlines()[-1] if complaint.strip() else f"exit code {process.returncode}")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Failed(f"not JSON: {text[:80]!r}") from error


def read(file: IO[bytes]) -> str:
    """The whole file, which is closed."""
    with file:
        file.seek(0)
        return file.read().decode(errors="replace")
