// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tl/expected.hpp>

#include "base/error.hpp"

namespace syncline::base {

/// A value, or the Error that kept it from being.
template <class T>
using Result = tl::expected<T, Error>;

/// The failed Result of any type: `return fail({...})`.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// What TRY hands on: the value moved out, or nothing for a Result<void>.
template <class T>
T value_of(Result<T>&& result) {
  return *std::move(result);
}
inline void value_of(Result<void>&&) {}

}  // namespace syncline::base

/// The value of a Result, or return its error to the caller: `auto rows = TRY(connection.query(sql));`.
#define TRY(expression)                                                              \
  __extension__({                                                                    \
    auto try_result_ = (expression);                                                 \
    if (!try_result_) return ::syncline::base::fail(std::move(try_result_).error()); \
    ::syncline::base::value_of(std::move(try_result_));                              \
  })

/// As TRY, with one phrase of context in front of the error.
#define TRY_WITHIN(phrase, expression)                                                              \
  __extension__({                                                                                   \
    auto try_result_ = (expression);                                                                \
    if (!try_result_) return ::syncline::base::fail(std::move(try_result_).error().within(phrase)); \
    ::syncline::base::value_of(std::move(try_result_));                                             \
  })
