# SPDX-License-Identifier: Apache-2.0
"""A project of a connector that a test writes itself, for a scripted vendor."""
from support.project import Project

PROJECT = """syncline: 1
database: ${DATABASE_URL}
network: {allow_private: true}
accounts:
"""
CONNECTOR = """title: Scripted
base_url: ${CRM_URL}
auth:
  api_key: {header: Authorization, prefix: "Bearer "}
streams:
"""


class ScriptedProject(Project):
    """streams: name → how it is read, as in a connector file; entities: name → the text of its file. The vendor is asked with the key `key-of-ACCOUNT`."""

    def __init__(self, folder, database_url, vendor_url, streams, entities, accounts=("main",)):
        self.folder, self.database_url, self._vendor_url = folder, database_url, vendor_url
        connector = CONNECTOR + "".join(f"  {name}: {how}\n" for name, how in streams.items())
        project = PROJECT + "".join(f"  {name}: {{connector: crm, auth: [{{api_key: {{key: key-of-{name}}}}}]}}\n" for name in accounts)
        files = {"syncline.yaml": project, "connectors/crm/connector.yaml": connector, **{f"entities/{name}.yaml": text for name, text in entities.items()}}
        for name, text in files.items():
            self.write(name, text)
        self.reach(database_url)

    def write(self, name, text):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def reach(self, database_url):
        """Goes to the database by another URL from now on."""
        self.write(".env", f"DATABASE_URL={database_url}\nCRM_URL={self._vendor_url}\n")
        (self.folder / ".env").chmod(0o600)
