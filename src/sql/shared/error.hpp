// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace syncline::sql {

/// SQLSTATEs we make ourselves, or decide by.
namespace sqlstate {
constexpr std::string_view CannotConnect = "08001", ConnectionLost = "08006", NotConnected = "08003", ProtocolMisuse = "08P01";
constexpr std::string_view ValueTooLong = "22001", OutOfRange = "22003", TimeOutOfRange = "22008", BadCharacter = "22021",
                           WrongType = "22P02";
constexpr std::string_view NoTransaction = "25P01", AlreadyInTransaction = "25001", BrokenTransaction = "25P02";
constexpr std::string_view NotNull = "23502", ForeignKey = "23503", Unique = "23505", Check = "23514", Raised = "P0001";
constexpr std::string_view StatementLost = "26000", ReadOnly = "25006", NoDatabase = "XX002", StatementExists = "42P05",
                           SyntaxError = "42601", NotSupported = "0A000", NoRight = "42501";
}  // namespace sqlstate

/// What an SQLSTATE asks its receiver to do.
[[nodiscard]] base::ErrorKind kind_of_sqlstate(std::string_view code);

/// An error on the database's side, its kind taken from the SQLSTATE.
[[nodiscard]] base::Error database_error(std::string_view code, std::string message, std::string subject = {});

/// Names the line of a script that an error speaks of, unless the script has only one.
[[nodiscard]] base::Error at_line(base::Error error, std::string_view script, size_t offset_bytes);

/// A call that breaks the door's rules (a parameter missing, two statements where one is allowed): our own side, Fatal.
[[nodiscard]] base::Error misuse(std::string_view code, std::string message);

}  // namespace syncline::sql
