// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/spec.hpp"
#include "config/options.hpp"
#include "record/value.hpp"

namespace syncline::extract {

/// What a paginator is told of a page.
struct PageSeen {
  std::string word;     ///< the paginator's own word that asked for it
  int64_t records = 0;  ///< on it, undecodable ones counted in
  int64_t read = 0;     ///< of the whole sweep, this page counted in
  record::Value envelope;
};

/// What it makes of it.
struct Following {
  std::string next;  ///< its word for the page that follows; meaningless after the last
  bool last = false;
  std::optional<int64_t> declared;  ///< how many records the source says the whole list has
};

/// How a list is cut into pages: the family behind a stream's `paginate:`. A page's word is plain text that says which page is meant, so
/// that a reading can be resumed. Belongs to one thread.
class Paginator {
 public:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  virtual ~Paginator() = default;
  /// The word of the first page.
  [[nodiscard]] virtual std::string first() const = 0;
  /// The query parameters that ask for a page.
  [[nodiscard]] virtual Parameters parameters(std::string_view word) const = 0;
  /// Called once for each page, in order. ContractDrift when the page cannot be placed: a count or cursor that is missing or no such thing.
  virtual base::Result<Following> after(const PageSeen& page) = 0;
  /// How messages call a page.
  [[nodiscard]] virtual std::string name_of(std::string_view word) const = 0;
  /// Whether 403 or 404 for this page means that the list has ended before it.
  [[nodiscard]] virtual bool may_be_beyond_the_end(std::string_view word) const = 0;
};

/// The member that `options.name` chooses; BadConfig for options with which a reading could not be proven to end.
base::Result<std::unique_ptr<Paginator>> make_paginator(const config::Options& options);

[[nodiscard]] std::vector<base::Spec> paginator_specs();

}  // namespace syncline::extract
