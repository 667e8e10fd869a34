// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <algorithm>
#include <array>

namespace syncline::base {

Error Error::within(std::string_view phrase) && {
  Error out = std::move(*this);
  out.message.insert(0, std::string(phrase) + ": ");
  return out;
}

namespace {

/// Kinds whose side does not matter first, then the side.
int exit_code_of_side(Side side) {
  switch (side) {
    case Side::Files:
      return exit_code::Usage;
    case Side::Source:
      return exit_code::Source;
    case Side::Database:
      return exit_code::Database;
    case Side::Us:
      return exit_code::OurBug;
  }
  return exit_code::OurBug;
}

}  // namespace

int exit_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::BadConfig:
      return exit_code::Usage;
    case ErrorKind::Unauthorized:
      return error.side == Side::Database ? exit_code::Database : exit_code::Unauthorized;
    case ErrorKind::ContractDrift:
      return exit_code::Drift;
    case ErrorKind::Guard:
      return exit_code::Guard;
    case ErrorKind::Busy:
      return exit_code::Busy;
    case ErrorKind::Cancelled:
    case ErrorKind::RateLimited:
      return exit_code::Incomplete;
    case ErrorKind::Transient:
    case ErrorKind::Fatal:
      return exit_code_of_side(error.side);
  }
  return exit_code::OurBug;
}

int worse_exit_code(int a, int b) {
  static constexpr std::array order{exit_code::OurBug,     exit_code::Usage,    exit_code::Database, exit_code::Unauthorized,
                                    exit_code::Source,     exit_code::Drift,    exit_code::Guard,    exit_code::Busy,
                                    exit_code::Incomplete, exit_code::Rejected, exit_code::Ok};
  return std::find(order.begin(), order.end(), a) <= std::find(order.begin(), order.end(), b) ? a : b;
}

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Transient:
      return "transient";
    case ErrorKind::RateLimited:
      return "rate_limited";
    case ErrorKind::Unauthorized:
      return "unauthorized";
    case ErrorKind::BadConfig:
      return "bad_config";
    case ErrorKind::ContractDrift:
      return "contract_drift";
    case ErrorKind::Guard:
      return "guard";
    case ErrorKind::Busy:
      return "busy";
    case ErrorKind::Cancelled:
      return "cancelled";
    case ErrorKind::Fatal:
      return "fatal";
  }
  return "fatal";
}

}  // namespace syncline::base
