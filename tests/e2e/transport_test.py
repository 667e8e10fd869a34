# SPDX-License-Identifier: Apache-2.0
"""Who may be talked to, and who gets a credential: TLS that cannot be proven, private addresses and redirects are refused, with advice."""
import ssl
import unittest
from urllib.parse import urlsplit

from support.checker import compare
from support.databases import OnBothDatabases
from support.project import Project
from support.scripted_vendor import Answer, ScriptedVendor
from support.simulator import Simulator
from support.tls_door import PAST, Authority, TlsDoor

HERE = "IP:127.0.0.1,DNS:localhost"
KEY = "transport-canary-key-5519"
# A page of a list that ends with it.
EMPTY = {"data": [], "included": [], "links": None, "meta": {"pagination": {"count": 0, "pages": 1, "page": 1, "per_page": 500}}}


class Transport(OnBothDatabases):
    KINDS = ("sqlite",)

    @classmethod
    def setUpClass(cls):
        cls._databases = 0
        cls.simulator = Simulator(seed=3, profile="tiny", rate=0, clock="2026-03-02T12:00:00Z")
        cls.addClassCleanup(cls.simulator.stop)
        cls.authority = Authority()
        cls.addClassCleanup(cls.authority.__exit__)

    def setUp(self):
        super().setUp()
        self.simulator.reset(seed=3)
        self.data = self.database("sqlite")
        self.project = Project(self.folder / "project", self.data.url, self.simulator)
        self.assertEqual(self.project.run("migrate").code, 0)

    def trust(self, ca_file):
        self.project.edit("syncline.yaml", 'network: {allow_private: "${SYNCLINE_ALLOW_PRIVATE:-false}"}', 'network: {allow_private: "${SYNCLINE_ALLOW_PRIVATE:-false}", ca_file: "%s"}' % ca_file)

    def door(self, certificate, **options):
        door = TlsDoor(*certificate, urlsplit(self.simulator.url).port, **options)
        self.addCleanup(door.stop)
        return door

    def sync_at(self, base_url, *arguments, **env):
        self.project.write_env({**self.simulator.env, "MT_BASE_URL": base_url, **env})
        return self.project.run("sync", "--json", *arguments)

    def assert_refused_without_a_word(self, ended, door):
        self.assertEqual(ended.code, 20, str(ended))
        self.assertGreater(door.calls, 0)
        self.assertEqual(door.heard, 0)
        self.assertEqual(self.simulator.requests("/api/"), 0)

    # TLS

    def test_a_vendor_with_a_certificate_of_a_trusted_authority_is_synced(self):
        self.trust(self.authority.ca_file)
        door = self.door(self.authority.issue(HERE))
        ended = self.sync_at(f"https://localhost:{door.port}/t/north")
        self.assertEqual(ended.code, 0, str(ended))
        self.assertEqual(compare(self.data, lambda resource: self.simulator.truth(resource, "north")).differences, [])

    def test_an_unknown_authority_is_refused(self):
        door = self.door(self.authority.issue(HERE))
        ended = self.sync_at(f"https://127.0.0.1:{door.port}/t/north")
        self.assert_refused_without_a_word(ended, door)
        self.assertIn("ca_file", ended.stdout)

    def test_an_expired_certificate_is_refused(self):
        self.trust(self.authority.ca_file)
        door = self.door(self.authority.issue(HERE, PAST))
        ended = self.sync_at(f"https://127.0.0.1:{door.port}/t/north")
        self.assert_refused_without_a_word(ended, door)
        self.assertIn("expired", ended.stdout)

    def test_a_certificate_for_another_host_is_refused(self):
        self.trust(self.authority.ca_file)
        door = self.door(self.authority.issue("DNS:other.example"))
        ended = self.sync_at(f"https://localhost:{door.port}/t/north")
        self.assert_refused_without_a_word(ended, door)
        self.assertIn("check the host name", ended.stdout)

    def test_an_old_version_of_tls_is_refused(self):
        self.trust(self.authority.ca_file)
        door = self.door(self.authority.issue(HERE), newest=ssl.TLSVersion.TLSv1_1)
        ended = self.sync_at(f"https://localhost:{door.port}/t/north")
        self.assert_refused_without_a_word(ended, door)
        self.assertIn("1.2", ended.stdout)

    def test_a_missing_or_empty_authority_file_is_said_with_its_name(self):
        for content in (None, "", "no certificate\n"):
            with self.subTest(content):
                file = self.folder / f"authority-{content!r:.4}.pem"
                if content is not None:
                    file.write_text(content)
                project = Project(self.folder / f"project-{content!r:.4}", self.data.url, self.simulator)
                self.project = project
                self.trust(file)
                door = self.door(self.authority.issue(HERE))
                ended = self.sync_at(f"https://localhost:{door.port}/t/north")
                self.assertEqual(ended.code, 20, str(ended))
                self.assertEqual(door.heard, 0)
                self.assertIn("ca_file", ended.stdout + ended.stderr)

    # Private addresses

    def test_a_private_address_is_refused_however_it_is_written(self):
        port = urlsplit(self.simulator.url).port
        for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "[fd00::1]", "100.64.0.1"):
            with self.subTest(host):
                ended = self.sync_at(f"http://{host}:{port}/t/north", "locations", SYNCLINE_ALLOW_PRIVATE="false")
                self.assertEqual(ended.code, 20, str(ended))
                self.assertRegex(ended.stdout + ended.stderr, "allow_private|not a URL")
        self.assertEqual(self.simulator.requests("/"), 0)

    # Redirects

    def vendors(self, answer_here, answer_there):
        """Two vendors on two ports: two origins."""
        here, there = ScriptedVendor(answer_here), ScriptedVendor(answer_there)
        self.addCleanup(here.stop)
        self.addCleanup(there.stop)
        return here, there

    def sync_locations_at(self, url):
        return self.sync_at(url, "locations", MT_API_KEY=KEY, MT_USERNAME="", MT_PASSWORD="")

    def test_no_credential_follows_a_redirect_to_another_origin(self):
        for status in (301, 302, 303, 307, 308):
            with self.subTest(status):
                here, there = self.vendors(lambda request: Answer(status, "", {"Location": there.url + request.path}), lambda request: Answer(200, EMPTY))
                ended = self.sync_locations_at(here.url)
                self.assertIn(KEY, here.requests[0].headers["authorization"])
                self.assertGreater(len(there.requests), 0, str(ended))
                for request in there.requests:
                    self.assertNotIn(KEY, str(request))
                    self.assertNotIn("authorization", request.headers)

    def test_redirects_without_end_are_refused(self):
        here, _ = self.vendors(lambda request: Answer(302, "", {"Location": here.url + request.path}), lambda request: Answer(200, EMPTY))
        ended = self.sync_locations_at(here.url)
        self.assertEqual(ended.code, 20, str(ended))
        self.assertLess(len(here.requests), 10)
        self.assertIn("redirected", ended.stdout)

    def test_a_redirect_to_another_scheme_is_refused(self):
        for location in ("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://user:password@127.0.0.1/"):
            with self.subTest(location):
                here, _ = self.vendors(lambda request: Answer(302, "", {"Location": location}), lambda request: Answer(200, EMPTY))
                ended = self.sync_locations_at(here.url)
                self.assertEqual(ended.code, 20, str(ended))
                self.assertNotIn("root:", ended.stdout + ended.stderr)

    def test_a_redirect_from_https_to_http_is_refused(self):
        self.trust(self.authority.ca_file)
        here, there = self.vendors(lambda request: Answer(302, "", {"Location": there.url + request.path}), lambda request: Answer(200, EMPTY))
        door = TlsDoor(*self.authority.issue(HERE), urlsplit(here.url).port)
        self.addCleanup(door.stop)
        ended = self.sync_locations_at(f"https://localhost:{door.port}")
        self.assertEqual(ended.code, 20, str(ended))
        self.assertEqual(there.requests, [])


if __name__ == "__main__":
    unittest.main()
