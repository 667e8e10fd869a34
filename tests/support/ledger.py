# SPDX-License-Identifier: Apache-2.0
"""What sync_log must say whatever happened to the runs."""

OUTCOMES = ("inserted", "updated", "unchanged", "adopted", "stale", "duplicate", "rejected", "waiting")
KEYS = {"customers": ("customers", "mt_user_id"), "locations": ("locations", "mt_location_id"), "class_types": ("class_types", "mt_class_type_id"), "classes": ("classes", "mt_class_id"),
        "reservations": ("bookings", "mt_reservation_id")}


def own(database, table):
    """The name of a table of ours in this database."""
    return table if database.is_sqlite else f"syncline.{table}"


def committed(database, entity):
    """How many records of this entity all runs have fetched and committed."""
    return int(database.value(f"select coalesce(sum(fetched), 0) from {own(database, 'sync_log')} where entity = '{entity}'"))


def assert_exact(test, database):
    """Each row adds up, over all runs each row was inserted exactly once, and no key is there twice. Only for tables nothing was deleted from."""
    for row in database.rows(f"select fetched, mapped, filtered, undecodable, rows_made, {', '.join(OUTCOMES)} from {own(database, 'sync_log')}"):
        fetched, mapped, filtered, undecodable, rows, *outcomes = map(int, row)
        test.assertEqual(fetched, mapped + filtered + undecodable)
        test.assertEqual(rows, sum(outcomes))
    for entity, (table, key) in KEYS.items():
        inserted = int(database.value(f"select coalesce(sum(inserted), 0) from {own(database, 'sync_log')} where entity = '{entity}'"))
        test.assertEqual(inserted, int(database.value(f"select count({key}) from {table}")), entity)
        test.assertEqual(inserted, int(database.value(f"select count(distinct {key}) from {table}")), entity)
    test.assertEqual(int(database.value(f"select count(*) from {own(database, 'sync_log')} where status = 'running'")), 0)
