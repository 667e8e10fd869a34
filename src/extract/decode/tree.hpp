// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <vector>

#include "base/arena.hpp"
#include "base/result.hpp"
#include "extract/repeated_names.hpp"
#include "record/value.hpp"

namespace syncline::extract {

/// A place that is valid JSON and yet has no text: whoever owns it cannot be taken over as it is.
struct Flaw {
  const char* at = nullptr;  ///< inside the page
  std::string reason;
};

/// A whole JSON document as values, every byte of it validated. Points into the page and the arena it was parsed with.
struct Tree {
  record::Value root;
  std::vector<Flaw> flaws;  ///< in the page's order
  RepeatedNames repeated;
  /// The first flaw inside `source` (a part of the page), or nullptr.
  [[nodiscard]] const Flaw* flaw_in(std::string_view source) const;
};

/// Why a page is no JSON document.
struct NotJson {
  enum class Kind { Broken, TooDeep } kind = Kind::Broken;
  std::string reason;
};

/// Turns bytes into a Tree. Keeps its buffers between pages; belongs to one thread.
class TreeParser {
 public:
  static constexpr int DepthMax = 64;

  TreeParser();
  ~TreeParser();
  TreeParser(const TreeParser&) = delete;
  TreeParser& operator=(const TreeParser&) = delete;

  /// The root is an object or a list. A byte order mark is passed over; of an object's equal names the last one counts. `page` may grow to
  /// hold the parser's padding, and must outlive the tree.
  tl::expected<Tree, NotJson> parse(std::vector<char>& page, base::Arena& arena, base::Arena& shapes);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace syncline::extract
