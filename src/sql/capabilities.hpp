// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace syncline::sql {

/// What not every server that speaks a dialect has: the one place that says so. Where something is missing its users take the way beside
/// it, which is slower and does the same.
struct Capabilities {
  bool row_versions = true;    ///< a row shows the transaction that wrote it (xmin); without: every row is compared as a whole
  bool copy = true;            ///< COPY … FROM STDIN (FORMAT binary); without: INSERT from arrays
  bool advisory_locks = true;  ///< without: of two migrators at once the second fails, looks again, and sees what the first one did

  bool session_tables = true;  ///< a temporary table is there in the next transaction, too; not behind a pooler that shares servers

  friend Capabilities operator&(const Capabilities& a, const Capabilities& b) {
    return {a.row_versions && b.row_versions, a.copy && b.copy, a.advisory_locks && b.advisory_locks, a.session_tables && b.session_tables};
  }
};

}  // namespace syncline::sql
