# SPDX-License-Identifier: Apache-2.0
"""tools/check_floors: every kind of forbidden include is refused with its place and advice, and a clean house passes."""
import subprocess
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FLOORS = """# a comment with syncline_module in it
syncline_module(base 0 LIBRARIES date-tz)
syncline_module(http 2 USES base LIBRARIES curl z)
syncline_module(sql  2 USES base)
syncline_module(config 2 USES base)
syncline_module(extract 4 USES http
                config base LIBRARIES simdjson)
syncline_module(load 4 USES sql base)
syncline_module(transform 4 USES base)
syncline_module(sync 5 USES extract load base)
"""
CLEAN = {
    "src/CMakeLists.txt": FLOORS,
    "src/base/result.hpp": "#pragma once\n#include <string>\n#include <tl/expected.hpp>\n",
    "src/base/time.cpp": '#include "base/result.hpp"\n#include <sys/time.h>\n#include <unistd.h>\n#include <date/tz.h>\n#include <fmt/format.h>\n',
    "src/http/server.hpp": '#include "base/result.hpp"\n',
    "src/http/message.hpp": "",
    "src/http/client.hpp": "",
    "src/http/inflate.cpp": "#include <zlib.h>\n",
    "src/http/curl/transport.hpp": "#include <curl/curl.h>\n",
    "src/http/curl/transport.cpp": '#include "http/curl/transport.hpp"\n#include "http/client.hpp"\n',
    "src/http/beast/server.cpp": "#include <boost/asio.hpp>\n",
    "src/sql/connection.hpp": "",
    "src/sql/connect.cpp": '#include "sql/sqlite/connection.hpp"\n',
    "src/sql/sqlite/connection.hpp": "#include <sqlite3.h>\n",
    "src/sql/postgres/connection.cpp": "#include <libpq-fe.h>\n",
    "src/config/project.hpp": "",
    "src/config/rules.cpp": "#include <re2/re2.h>\n",
    "src/config/yaml/reader.cpp": "#include <yaml-cpp/yaml.h>\n",
    "src/extract/extract.hpp": '#include "http/client.hpp"\n#include "config/project.hpp"\n',
    "src/extract/decode/json.cpp": "#include <simdjson.h>\n",
    "src/extract/extract_test.cpp": '#include <gtest/gtest.h>\n#include "support/temporary_folder.hpp"\n',
    "src/load/load.hpp": '#include "sql/connection.hpp"\n',
    "src/transform/transform.cpp": "// #include \"load/load.hpp\" would be a sibling\n#include <re2/re2.h>\n",
    "src/sync/sync.hpp": '#include "extract/extract.hpp"\n#include "load/load.hpp"\n',
    "apps/syncline/main.cpp": '#include <CLI/CLI.hpp>\n#include <nlohmann/json.hpp>\n#include "sync/sync.hpp"\n#include "sql/connection.hpp"\n#include "simulators/vendor/simulator.hpp"\n',
    "simulators/vendor/simulator.hpp": '#include "http/server.hpp"\n#include "http/message.hpp"\n#include "base/result.hpp"\n',
    "simulators/vendor/simulator.cpp": '#include <nlohmann/json.hpp>\n#include "simulators/vendor/simulator.hpp"\n',
    "tests/support/temporary_folder.hpp": "#include <filesystem>\n",
}


def verdict(changes):
    """Exit code and lines for the clean house with these files added or replaced."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**CLEAN, **changes}.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        ended = subprocess.run([PROJECT / "tools" / "check_floors", folder], capture_output=True, text=True)
        return ended.returncode, ended.stdout.splitlines()


class CheckFloors(unittest.TestCase):
    def refused(self, file, line, *words, text=None):
        """One include is planted as line 2 of the file: it alone is refused, with its place and these words."""
        code, lines = verdict({file: text if text is not None else f"// first line\n{line}\n"})
        self.assertEqual((code, len(lines)), (1, 2), lines)
        self.assertTrue(lines[0].startswith(f"{file}:2: "), lines[0])
        for word in words:
            self.assertIn(word, lines[0])

    def test_a_clean_house_passes(self):
        code, lines = verdict({})
        self.assertEqual(code, 0, lines)

    def test_this_house_is_read_with_all_its_modules(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "src").mkdir()
            (Path(folder) / "src/CMakeLists.txt").write_text((PROJECT / "src/CMakeLists.txt").read_text())
            for module in PROJECT.glob("src/*/"):
                (Path(folder) / "src" / module.name).mkdir()
            ended = subprocess.run([PROJECT / "tools" / "check_floors", folder], capture_output=True, text=True)
            self.assertEqual(ended.returncode, 0, ended.stdout)

    def test_an_upward_include_is_refused(self):
        self.refused("src/http/a.cpp", '#include "sync/sync.hpp"', "sync is a floor above (5; http is on 2)", "hand it in from above")

    def test_a_sibling_is_refused(self):
        self.refused("src/load/a.cpp", '#include "extract/extract.hpp"', "sibling on floor 4", "one floor below")

    def test_a_lower_module_that_is_not_in_uses_is_refused(self):
        self.refused("src/load/a.cpp", '#include "http/client.hpp"', "load does not name http in its USES", "src/CMakeLists.txt:8")

    def test_another_modules_private_room_is_refused_from_everywhere(self):
        for file in ("src/load/a.cpp", "src/load/a_test.cpp", "apps/syncline/a.cpp", "tests/a.cpp", "simulators/vendor/a.cpp"):
            self.refused(file, '#include "sql/sqlite/connection.hpp"', "a private room of sql", "open a door")

    def test_an_own_private_room_in_a_door_is_refused(self):
        self.refused("src/sql/a.hpp", '#include "sql/sqlite/connection.hpp"', "shows in a door")

    def test_a_library_outside_its_room_is_refused(self):
        for file, header, library in (("src/http/a.cpp", "curl/curl.h", "libcurl"), ("src/extract/a.cpp", "zlib.h", "zlib"), ("src/http/curl/a.cpp", "boost/beast.hpp", "Boost"),
                                      ("src/sql/sqlite/a.cpp", "libpq-fe.h", "libpq"), ("src/sql/postgres/a.cpp", "sqlite3.h", "SQLite"), ("src/extract/a.cpp", "simdjson.h", "simdjson"),
                                      ("src/config/a.cpp", "yaml-cpp/yaml.h", "yaml-cpp"), ("src/load/a.cpp", "re2/re2.h", "RE2"), ("src/config/a.cpp", "date/tz.h", "date"),
                                      ("src/extract/a.cpp", "nlohmann/json.hpp", "nlohmann-json"), ("simulators/vendor/a.cpp", "CLI/CLI.hpp", "CLI11"),
                                      ("src/load/a.cpp", "tl/expected.hpp", "tl::expected"), ("apps/syncline/a.cpp", "sqlite3.h", "SQLite"), ("tests/a.cpp", "libpq-fe.h", "libpq")):
            with self.subTest(header=header, file=file):
                self.refused(file, f"#include <{header}>", f"<{header}>", f"{library} belongs to")
                self.refused(file, f'#include "{header}"', f"{library} belongs to")

    def test_a_library_in_a_door_is_refused_even_in_its_own_module(self):
        for file, header in (("src/http/a.hpp", "zlib.h"), ("src/config/a.hpp", "re2/re2.h"), ("src/base/a.hpp", "date/tz.h"), ("src/base/a.hpp", "fmt/format.h"),
                             ("src/base/a.hpp", "tl/expected.hpp")):
            with self.subTest(header=header):
                self.refused(file, f"#include <{header}>", "shows in a door")

    def test_googletest_outside_tests_is_refused(self):
        self.refused("src/load/a.cpp", "#include <gtest/gtest.h>", "GoogleTest is for tests")

    def test_test_support_outside_tests_is_refused(self):
        self.refused("src/load/a.cpp", '#include "support/temporary_folder.hpp"', "tests/support/ is for tests")

    def test_an_unknown_library_is_refused(self):
        self.refused("src/load/a.cpp", "#include <spdlog/spdlog.h>", "does not know", "LIBRARIES")

    def test_a_simulator_shares_only_the_listener(self):
        for header in ("http/client.hpp", "sql/connection.hpp", "extract/extract.hpp"):
            self.refused("simulators/vendor/a.cpp", f'#include "{header}"', "disagree with the product")

    def test_a_module_does_not_know_the_simulators(self):
        self.refused("src/sync/a_test.cpp", '#include "simulators/vendor/simulator.hpp"', "in apps/ only")

    def test_a_path_that_is_not_from_src_is_refused(self):
        self.refused("src/load/a.cpp", '#include "load.hpp"', "write the path from src/")
        self.refused("src/load/a.cpp", '#include "../sql/connection.hpp"', "write the path from src/")

    def test_spacing_hides_nothing(self):
        self.refused("src/http/a.cpp", "", "a floor above", text='// first line\n  #  include\t"sync/sync.hpp"\n')

    def test_a_folder_without_a_floor_is_refused(self):
        code, lines = verdict({"src/cellar/a.cpp": ""})
        self.assertEqual((code, lines[0]), (1, "src/CMakeLists.txt:1: src/cellar/ is in no floor: give it a line syncline_module(cellar FLOOR USES …)"))

    def test_a_list_that_uses_upward_or_unknown_modules_is_refused(self):
        code, lines = verdict({"src/CMakeLists.txt": FLOORS.replace("sql  2 USES base", "sql  2 USES base load nobody")})
        self.assertEqual((code, lines[:2]), (1, ["src/CMakeLists.txt:4: sql (floor 2) uses load (floor 4): a module uses lower floors only",
                                                 "src/CMakeLists.txt:4: sql uses nobody, which is no module: correct the name, or give it a line"]))


if __name__ == "__main__":
    unittest.main()
