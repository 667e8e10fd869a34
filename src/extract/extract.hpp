// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/spec.hpp"
#include "base/time.hpp"
#include "config/project.hpp"
#include "extract/repeated_names.hpp"
#include "http/client.hpp"
#include "record/record_batch.hpp"

namespace syncline::extract {

/// The window of time that is asked of a stream, half-open.
struct Window {
  std::optional<base::Timestamp> from, to;
  [[nodiscard]] bool bounded() const { return from || to; }
};

/// Where a stream's reading stands after a page: plain text, kept in sync_checkpoint.
struct Position {
  std::string next;       ///< the paginator's word for the next page ("12", a cursor, a URL); empty: from the start
  int64_t read = 0;       ///< records of this sweep up to here
  std::string last_page;  ///< fingerprint of the last page's keys: a resumed reading proves with it that nothing has shifted
  std::string last;       ///< the paginator's word for that last page
};

/// One page, decoded.
struct Page {
  record::RecordBatch records;
  Position after;
  std::optional<int64_t> declared;  ///< how many records the source says the whole list has
  bool last = false;                ///< the source said, or its paginator proved, that nothing follows
  RepeatedNames repeated;           ///< anywhere in the answer
};

/// The credentials of one account: its methods in order, each proven by the data endpoint itself. Belongs to one thread.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Adds the credential of the method in use to `request.credentials`; fetches a token first where the method needs one.
  /// Error Unauthorized when no method is left: its message says of each one why.
  virtual base::Result<void> sign(http::Request& request, std::stop_token stop) = 0;
  /// The data endpoint refused the last signed request (401, or 403 that speaks of the credential): refresh once, then take the next
  /// method. True if the same request is worth sending again.
  virtual bool refused(const http::Response& response) = 0;
  /// The method in use, e.g. "oauth_password"; "" before the first sign().
  [[nodiscard]] virtual std::string method() const = 0;
};

/// Reads one stream of one account, page by page. Belongs to one thread.
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  /// The next page; nullopt after the last one. A broken answer (HTML, truncated JSON, an error envelope with status 200) is fetched again
  /// within the client's attempts, then an error: Transient, Side::Source. A repeated page, an endless cursor, a list that is not where the
  /// connector says: ContractDrift. 403 or 404 on a page past the first of a page-numbered list ends the list, as vendors over-report their
  /// page count.
  virtual base::Result<std::optional<Page>> next(std::stop_token stop) = 0;
};

/// What a reader is made for.
struct ReadOptions {
  Window window;
  std::optional<Position>
      resume;  ///< where an unfinished sweep stopped. The last page is read again and compared: if its keys are not the
               ///< same, the list has shifted and reading starts over (see `StreamReader`'s pages: read begins at 0 again).
};

std::unique_ptr<Authenticator> make_authenticator(const config::Account& account, http::Client& client, base::Clock& clock);

/// References are kept: they must outlive the reader.
base::Result<std::unique_ptr<StreamReader>> make_reader(const config::Account& account, const config::Stream& stream,
                                                        const ReadOptions& options, http::Client& client, Authenticator& authenticator);

/// The families, for `config`'s vocabulary.
config::Vocabulary vocabulary();

}  // namespace syncline::extract
