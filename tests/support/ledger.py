# SPDX-License-Identifier: Apache-2.0
"""What sync_log must say whatever happened to the runs."""

OUTCOMES = ("inserted", "updated", "unchanged", "adopted", "unmatched", "stale", "duplicate", "rejected", "waiting")
KEYS = {"customers": ("customers", "mt_user_id"), "locations": ("locations", "mt_location_id"), "class_types": ("class_types", "mt_class_type_id"), "classes": ("classes", "mt_class_id"),
        "reservations": ("bookings", "mt_reservation_id")}


def own(database, table):
    """The name of a table of ours in this database."""
    return table if database.is_sqlite else f"syncline.{table}"


def committed(database, entity):
    """How many records of this entity all runs have fetched and committed."""
    return int(database.value(f"select coalesce(sum(fetched), 0) from {own(database, 'sync_log')} where entity = '{entity}'"))


def assert_rows_are_counted(test, database):
    """Each row was inserted exactly once, by all runs together, and no key is there twice: rows and the ledger that counts them come and go together."""
    one = ("select '{entity}', (select coalesce(sum(inserted), 0) from {log} where entity = '{entity}'), (select count({key}) from {table}), (select count(distinct {key}) from {table})")
    queries = [one.format(entity=entity, log=own(database, "sync_log"), table=table, key=key) for entity, (table, key) in KEYS.items()]
    for entity, *counts in database.rows(" union all ".join(queries)):
        test.assertEqual(len(set(map(int, counts))), 1, f"{entity}: {counts} inserted, there, different")


def assert_exact(test, database):
    """Each log row adds up, no run is left open, and rows are as counted. Only for tables nothing was deleted from."""
    for row in database.rows(f"select fetched, mapped, filtered, undecodable, rows_made, {', '.join(OUTCOMES)} from {own(database, 'sync_log')}"):
        fetched, mapped, filtered, undecodable, rows, *outcomes = map(int, row)
        test.assertEqual(fetched, mapped + filtered + undecodable)
        test.assertEqual(rows, sum(outcomes))
    assert_rows_are_counted(test, database)
    test.assertEqual(int(database.value(f"select count(*) from {own(database, 'sync_log')} where status = 'running'")), 0)
