// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace syncline::base {

/// What an error asks its receiver to do.
enum class ErrorKind {
  Transient,      ///< try the same thing again, with a delay
  RateLimited,    ///< wait for `retry_after`, then try again
  Unauthorized,   ///< refresh the credential once, then take the next method
  BadConfig,      ///< show the place in the file; nothing will change by itself
  ContractDrift,  ///< the source or a table is no longer as mapped: stop the stream
  Guard,          ///< a limit that protects the user was reached: refuse
  Busy,           ///< another run holds what this one needs
  Cancelled,      ///< the user or a deadline asked to stop; what is committed stays
  Fatal,          ///< no way on
};

/// Whose side of the line the error is on.
enum class Side { Files, Source, Database, Us };

/// An error is a value with advice: what failed, where, and what to do. Each floor adds one phrase of context, the floor that can act
/// decides.
struct Error {
  ErrorKind kind = ErrorKind::Fatal;
  Side side = Side::Us;
  std::string message;    ///< full sentence fragments, outermost context first; holds no secret
  std::string code{};     ///< a stable word for machines: an SQLSTATE on the database's side, e.g. "rate_limited" elsewhere; may be empty
  std::string subject{};  ///< the constraint, column or field the error speaks of; may be empty
  std::optional<std::chrono::milliseconds> retry_after{};  ///< what the other side asked us to wait

  /// The same error with one more phrase in front: "reading page 3: " + message.
  [[nodiscard]] Error within(std::string_view phrase) &&;
};

/// The process exit codes of the contract.
namespace exit_code {
constexpr int Ok = 0, Rejected = 10, Incomplete = 11, Usage = 20, Unauthorized = 21, Source = 22, Database = 23, Drift = 24, Guard = 25,
              Busy = 26, OurBug = 70;
}

/// The exit code that follows from an error alone.
[[nodiscard]] int exit_code_of(const Error& error);

/// The one to end with when several apply: the first of 70, 20, 23, 21, 22, 24, 25, 26, 11, 10, 0.
[[nodiscard]] int worse_exit_code(int a, int b);

[[nodiscard]] std::string_view name_of(ErrorKind kind);

}  // namespace syncline::base
