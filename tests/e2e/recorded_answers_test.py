# SPDX-License-Identifier: Apache-2.0
"""Answers recorded from the real vendor, served over HTTP, go through the whole line into PostgreSQL: cells by value.

The recordings stand beside the project, not in it; where they are absent the test is skipped and says so.
"""
import json
import sys
import tempfile
import unittest
from pathlib import Path

from support import syncline
from support.database import Database
from support.postgres import Postgres
from support.scripted_vendor import Answer, ScriptedVendor

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "marianatek"
NOT_AUTHENTICATED = {"detail": "Authentication credentials were not provided."}
NO_SUCH_PAGE = {"detail": "You do not have permission to perform this action."}

TABLES = """
create table people (id bigserial primary key, given_name text, family_name text, email text unique, born date, balance numeric(10,2), waiver_signed timestamptz, wants_mail boolean,
  postal_code varchar(10), home text);
create table sites (id bigserial primary key, title text, tz text, latitude numeric(9,6));
create table sessions (id bigserial primary key, label text, minutes int, starts timestamptz, local_start time, local_day date, seats smallint, free_spots jsonb, prices json,
  first_coach text, cancelled_at timestamptz, cancelled_by text, public boolean, recurring text check (recurring in ('alone', 'series')));
"""

PROJECT = {
    "syncline.yaml": """
syncline: 1
database: ${DATABASE_URL}
network: {allow_private: true}
accounts:
  studio:
    connector: marianatek
    settings: {host: studio.example.com, zone: America/Los_Angeles}
    auth: [{api_key: {key: "${MT_API_KEY}"}}]
""",
    "entities/people.yaml": """
table: people
account: studio
from: users
key: {column: mt_user_id, from: id}
fields:
  given_name: first_name
  family_name: last_name
  email: {from: email, type: email}
  born: birth_date
  balance: {from: account_balance, type: money, unit: major, currency: USD}
  waiver_signed: waiver_signed_datetime
  wants_mail: marketing_opt_in
  postal_code: postal_code
  home: home_location
""",
    "entities/sites.yaml": """
table: sites
account: studio
from: locations
key: {column: mt_location_id, from: id}
fields: {title: name, tz: timezone, latitude: latitude}
""",
    "entities/sessions.yaml": """
table: sessions
account: studio
from: class_sessions
key: {column: mt_class_id, from: [Class ID, class_id, id]}
fields:
  label: class_session_type.name
  minutes: class_session_type.duration
  starts: start_datetime
  local_start: start_time
  local_day: {from: start_datetime, type: date, zone: "${settings.zone}"}
  seats: capacity
  free_spots: available_spots
  prices: {from: slot_price, type: json}
  first_coach: "instructors[0]"
  cancelled_at: cancellation_datetime
  cancelled_by: cancelled_by_user
  public: public
  recurring: {from: recurring_status, values: {stand_alone: alone, in_sync: series}, otherwise: reject}
""",
}


def recorded(name):
    return json.loads((RECORDED / name).read_text())


def answer(request):
    """As the vendor answered: the recorded first page, 403 behind the end, one and the same 401 for every wrong token."""
    if request.headers.get("authorization") != "Bearer recorded-key":
        return Answer(401, NOT_AUTHENTICATED, {"WWW-Authenticate": "Bearer"})
    if request.headers.get("accept") != "application/vnd.api+json":
        return Answer(406, {"detail": "Could not satisfy the request Accept header."})
    pages = {"/api/class_sessions": (RECORDED / "class_sessions.json").read_bytes(), "/api/locations": (RECORDED / "locations.json").read_bytes(),
             # Recorded as a single object; a list of one as the vendor's lists are.
             "/api/users": {"data": [recorded("users_one.json")["data"]], "included": [], "links": None, "meta": {"pagination": {"count": 1, "pages": 1, "page": 1, "per_page": 10}}}}
    if request.query.get("page", "1") != "1" or request.path not in pages:
        return Answer(403, NO_SUCH_PAGE)
    return Answer(200, pages[request.path], {"Content-Type": "application/vnd.api+json"})


class RecordedAnswers(unittest.TestCase):
    def test_every_cell_is_what_the_vendor_sent(self):
        with Postgres() as postgres, ScriptedVendor(answer) as vendor, tempfile.TemporaryDirectory(prefix="syncline-recorded-") as folder:
            url = postgres.create_database()
            database = Database(url)
            database.execute(TABLES)
            for name, text in PROJECT.items():
                file = Path(folder) / name
                file.parent.mkdir(exist_ok=True)
                file.write_text(text.lstrip())
            (Path(folder) / ".env").write_text(f"DATABASE_URL={url}\nMT_API_KEY=recorded-key\nMT_BASE_URL={vendor.url}\n")
            for command in ("lint", "migrate"):
                ended = syncline.run(command, project=folder)
                self.assertEqual(ended.code, 0, str(ended))
            ended = syncline.run("sync", "--json", project=folder)

            # The recordings are first pages: 10 of 11 sessions, 2 of 31 locations. Less than declared is never a success.
            self.assertEqual(ended.code, 11, str(ended))
            self.check_counts(ended)
            self.check_people(database)
            self.check_sites(database)
            self.check_sessions(database)

            again = syncline.run("sync", "--json", project=folder)
            self.assertEqual([(entity["inserted"], entity["updated"]) for entity in again.document["entities"]], [(0, 0)] * 3, str(again))

    def check_counts(self, ended):
        sessions, sites, people = (ended.entity(name) for name in ("sessions", "sites", "people"))
        self.assertEqual((sessions["fetched"], sessions["inserted"], sessions["complete"]), (10, 10, False))
        self.assertIn("declared 11", sessions["note"])
        # Both recorded locations have one id.
        self.assertEqual((sites["fetched"], sites["inserted"], sites["duplicate"], sites["complete"]), (2, 1, 1, False))
        self.assertEqual((people["fetched"], people["inserted"], people["complete"]), (1, 1, True))

    def check_people(self, database):
        source = recorded("users_one.json")["data"]
        rows = list(database.rows("select mt_user_id, given_name, family_name, email, born, balance, waiver_signed at time zone 'UTC', wants_mail, postal_code, home from people"))
        self.assertEqual(rows, [[source["id"], "first name", "last name", "email@address", None, "0.00", "2001-01-01 08:20:00", "t", "99999", "11111"]])

    def check_sites(self, database):
        self.assertEqual(list(database.rows("select mt_location_id, title, tz, latitude from sites")), [["11111", "Name", "US/Eastern", "11.010000"]])

    def check_sessions(self, database):
        page = recorded("class_sessions.json")
        types = {one["id"]: one["attributes"] for one in page["included"] if one["type"] == "class_session_types"}
        columns = ("label, minutes, starts at time zone 'UTC', local_start, local_day, seats, free_spots, prices, first_coach, cancelled_at, cancelled_by, public, recurring")
        rows = {row[0]: row[1:] for row in database.rows(f"select mt_class_id, {columns} from sessions")}
        self.assertEqual(set(rows), {one["id"] for one in page["data"]})
        for one in page["data"]:
            attributes, relations = one["attributes"], one["relationships"]
            type_ = types[relations["class_session_type"]["data"]["id"]]
            row = rows[one["id"]]
            self.assertEqual(row[:2], [type_["name"], str(type_["duration"])])
            self.assertEqual(row[2].replace(" ", "T") + "Z", attributes["start_datetime"])
            # The recording's own local time and day say whether our zone arithmetic is right.
            self.assertEqual(row[3:5], [attributes["start_time"], attributes["start_date"]])
            self.assertEqual(row[5], str(attributes["capacity"]))
            self.assertEqual(json.loads(row[6]), attributes["available_spots"])
            self.assertEqual(json.loads(row[7]), attributes["slot_price"])
            coaches = relations["instructors"]["data"]
            self.assertEqual(row[8], coaches[0]["id"] if coaches else None)
            self.assertEqual(row[9:11], [attributes["cancellation_datetime"], None])
            self.assertEqual(row[11], "t" if attributes["public"] else "f")
            self.assertEqual(row[12], {"stand_alone": "alone", "in_sync": "series"}[attributes["recurring_status"]])


if __name__ == "__main__":
    if not RECORDED.is_dir():
        print(f"SKIPPED: the vendor's recorded answers are not here ({RECORDED.name}/ beside the project)", flush=True)
        sys.exit(77)
    unittest.main()
