# SPDX-License-Identifier: Apache-2.0
"""Runs the program under test, as a user would."""
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROGRAM = os.environ.get("SYNCLINE") or str(Path(__file__).resolve().parents[2] / "build/dev/syncline")


@dataclass
class Ended:
    """How a command ended. `document` is what --json printed; None where it printed none."""

    arguments: list
    code: int
    stdout: str
    stderr: str
    document: object = None

    def __str__(self):
        return f"syncline {' '.join(self.arguments)} ended with {self.code}\nstdout: {self.stdout}\nstderr: {self.stderr}"

    def entity(self, name):
        """One entity of a run report."""
        return next(entity for entity in self.document["entities"] if entity["entity"] == name)


def command(*arguments, project=None):
    return [PROGRAM, *map(str, arguments), *(["--project", str(project)] if project else [])]


def environment(changes=None):
    """The environment without what could reach into a project: its variables come from .env and from `changes` (None removes one)."""
    result = {name: value for name, value in os.environ.items() if not name.startswith(("MT_", "SYNCLINE_")) and name != "DATABASE_URL"}
    for name, value in (changes or {}).items():
        result.pop(name, None)
        if value is not None:
            result[name] = str(value)
    return result


def run(*arguments, project=None, env=None, timeout=600, cwd=None):
    """Runs `syncline arguments…` to its end. With --json among the arguments stdout must be exactly one JSON document."""
    ended = subprocess.run(command(*arguments, project=project), env=environment(env), capture_output=True, text=True, timeout=timeout, cwd=cwd, stdin=subprocess.DEVNULL)
    document = json.loads(ended.stdout) if "--json" in arguments and ended.stdout.strip() else None
    return Ended(list(map(str, arguments)), ended.returncode, ended.stdout, ended.stderr, document)
