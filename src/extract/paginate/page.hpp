// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "extract/answer_path.hpp"
#include "extract/paginate/paginator.hpp"

namespace syncline::extract {

/// Pages by number. The list ends when as many records were read as the source declares, or with an empty page. A short page ends nothing:
/// vendors silently serve smaller pages than were asked for.
class PagePaginator final : public Paginator {
 public:
  static base::Spec spec();
  static base::Result<std::unique_ptr<Paginator>> make(const config::Options& options);

  [[nodiscard]] std::string first() const override { return std::to_string(first_); }
  [[nodiscard]] Parameters parameters(std::string_view word) const override;
  base::Result<Following> after(const PageSeen& page) override;
  [[nodiscard]] std::string name_of(std::string_view word) const override { return "page " + std::string(word); }
  [[nodiscard]] bool may_be_beyond_the_end(std::string_view word) const override { return word != first(); }

 private:
  PagePaginator() = default;

  std::string param_, size_param_, size_;
  AnswerPath count_, pages_;
  int64_t first_ = 1;
};

}  // namespace syncline::extract
