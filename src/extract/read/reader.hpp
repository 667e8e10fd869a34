// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include "extract/answer_path.hpp"
#include "extract/decode/decoder.hpp"
#include "extract/extract.hpp"
#include "extract/paginate/paginator.hpp"
#include "extract/read/asked_window.hpp"

namespace syncline::extract {

/// A stream's pages by HTTP: ask, decode, place, prove.
class PageReader final : public StreamReader {
 public:
  PageReader(const config::Account& account, const config::Stream& stream, const ReadOptions& options, http::Client& client,
             Authenticator& authenticator, std::unique_ptr<Decoder> decoder, std::unique_ptr<Paginator> paginator);

  base::Result<std::optional<Page>> next(std::stop_token stop) override;

 private:
  base::Result<std::optional<Page>> read(const std::stop_token& stop);
  base::Result<std::optional<Page>> take_up(const std::stop_token& stop);
  /// nullopt: the page is beyond the end of the list.
  base::Result<std::optional<Decoded>> fetch(const std::string& word, const std::stop_token& stop);
  base::Result<http::Response> authorized_answer(const std::string& word, const std::stop_token& stop);
  base::Result<Page> placed(Decoded decoded);
  Page beyond_the_end();
  [[nodiscard]] http::Request request_for(const std::string& word) const;
  [[nodiscard]] bool speaks_of_credential(const http::Response& response, const std::string& word) const;
  [[nodiscard]] base::Error error_of_status(const http::Response& response) const;

  const config::Account& account_;
  const config::Stream& stream_;
  ReadOptions options_;
  http::Client& client_;
  Authenticator& authenticator_;
  const std::unique_ptr<Decoder> decoder_;
  const std::unique_ptr<Paginator> paginator_;
  const AnswerPath key_;
  const AskedWindow asked_;

  std::string word_;  ///< of the page to read next
  Position position_;
  std::optional<int64_t> declared_;
  bool finished_ = false;
};

}  // namespace syncline::extract
