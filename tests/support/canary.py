# SPDX-License-Identifier: Apache-2.0
"""Secrets that must never be seen again: every place a run could leave them in is searched, in every form they could take."""
import base64
import json
import subprocess
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(secret):
    """As it is, percent-encoded, form-encoded, within JSON, within an escaped text, in base64 (at each of the three alignments)."""
    raw = secret.encode()
    out = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], json.dumps(json.dumps(secret))[1:-1].strip('\\"')}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode()
        out.add(encoded[4 if shift else 0:].rstrip("=")[:-2])
    return {form for form in out if len(form) >= 6}


class Canaries:
    """secrets: by name. The project's .env is where they live; everything else is searched."""

    def __init__(self, secrets):
        self.forms = {form: name for name, secret in secrets.items() for form in forms(secret)}
        self.found, self.bytes = [], 0

    def look_at(self, text, where):
        if isinstance(text, bytes):
            text = text.decode(errors="replace")
        self.bytes += len(text)
        for form, name in self.forms.items():
            at = text.find(form)
            if at >= 0:
                self.found.append(f"{name} in {where}: …{text[max(0, at - 80):at + len(form) + 20]}…")

    def look_at_run(self, ended):
        self.look_at(ended.stdout, f"stdout of {ended.arguments}")
        self.look_at(ended.stderr, f"stderr of {ended.arguments}")

    def look_at_project(self, folder):
        for file in Path(folder).rglob("*"):
            if file.is_file() and file.name != ".env":
                self.look_at(file.read_bytes(), str(file.name))

    def look_at_database(self, database):
        """All of it: also what was deleted, and what is not in a table of ours."""
        if database.is_sqlite:
            name = Path(database.url.removeprefix("sqlite:"))
            for file in name.parent.glob(name.name + "*"):
                self.look_at(file.read_bytes(), file.name)
        else:
            dumped = subprocess.run(["pg_dump", "--dbname", database.url], capture_output=True, text=True)
            if dumped.returncode != 0:
                raise AssertionError(f"pg_dump failed: {dumped.stderr}")
            self.look_at(dumped.stdout, "a dump of the database")
