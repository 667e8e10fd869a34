// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "extract/paginate/paginator.hpp"

namespace syncline::extract {

/// One answer is the whole list.
class NoPaginator final : public Paginator {
 public:
  static base::Spec spec() { return {"none", "One answer holds the whole list.", {}}; }
  static base::Result<std::unique_ptr<Paginator>> make(const config::Options&) { return std::make_unique<NoPaginator>(); }

  [[nodiscard]] std::string first() const override { return ""; }
  [[nodiscard]] Parameters parameters(std::string_view) const override { return {}; }
  base::Result<Following> after(const PageSeen&) override { return Following{"", true, std::nullopt}; }
  [[nodiscard]] std::string name_of(std::string_view) const override { return "the answer"; }
  [[nodiscard]] bool may_be_beyond_the_end(std::string_view) const override { return false; }
};

}  // namespace syncline::extract
