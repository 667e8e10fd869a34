// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "extract/answer_path.hpp"
#include "extract/paginate/paginator.hpp"

namespace syncline::extract {

/// Each page names the next one by a word of the source's own. The list ends when it names none (absent, null or ""), or when the source
/// says that nothing follows.
class CursorPaginator final : public Paginator {
 public:
  static base::Spec spec();
  static base::Result<std::unique_ptr<Paginator>> make(const config::Options& options);

  [[nodiscard]] std::string first() const override { return ""; }
  [[nodiscard]] Parameters parameters(std::string_view word) const override;
  base::Result<Following> after(const PageSeen& page) override;
  [[nodiscard]] std::string name_of(std::string_view word) const override;
  [[nodiscard]] bool may_be_beyond_the_end(std::string_view) const override { return false; }

 private:
  CursorPaginator() = default;
  base::Result<void> remember(const std::string& cursor);

  AnswerPath from_, more_, count_;
  std::string param_, size_param_, size_;
  bool until_empty_page_ = false;
  // A circle of cursors is found by comparing with one kept cursor, replaced after 1, 2, 4, 8 … pages: no memory that grows with the list.
  std::string kept_;
  int64_t pages_ = 0, kept_until_ = 1;
};

}  // namespace syncline::extract
