# SPDX-License-Identifier: Apache-2.0
"""A project folder for a test, made as a user makes one: `syncline init`, then a .env with what the simulator says."""
from pathlib import Path

from support import syncline


class Project:
    def __init__(self, folder, database_url, simulator=None, connector="marianatek"):
        self.folder, self.database_url = Path(folder), database_url
        made = syncline.run("init", self.folder, "--connector", connector, "--database", database_url)
        if made.code != 0:
            raise AssertionError(str(made))
        if simulator:
            self.write_env(simulator.env)

    def write_env(self, variables):
        """Replaces .env. The simulator listens on this machine, which a project must allow; and no test waits for a rate that protects a real vendor."""
        values = {"DATABASE_URL": self.database_url, "SYNCLINE_ALLOW_PRIVATE": "true", "MT_RATE": "100000/s", **variables}
        (self.folder / ".env").write_text("".join(f"{name}={quoted(str(value))}\n" for name, value in values.items()))

    def edit(self, name, old, new):
        """Replaces a text that must be there exactly once in one of the project's files."""
        file = self.folder / name
        text = file.read_text()
        if text.count(old) != 1:
            raise AssertionError(f"{name} holds {old!r} {text.count(old)} times, not once")
        file.write_text(text.replace(old, new))

    def run(self, *arguments, **options):
        return syncline.run(*arguments, project=self.folder, **options)

    def command(self, *arguments):
        return syncline.command(*arguments, project=self.folder)


def quoted(value):
    """As a .env file wants a value: in quotes when it holds more than plain characters."""
    plain = all(character.isalnum() or character in "-_.:/@%+=," for character in value)
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
