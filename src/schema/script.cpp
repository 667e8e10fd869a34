// SPDX-License-Identifier: Apache-2.0
#include "schema/script.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace syncline::schema {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0; }

size_t end_of(std::string_view script, size_t from, std::string_view mark) {
  const size_t at = script.find(mark, from);
  return at == std::string_view::npos ? script.size() : at + mark.size();
}

/// Behind a comment of this kind; they nest on PostgreSQL, and one that does not close is the database's to refuse.
size_t end_of_comment(std::string_view script, size_t at) {
  int depth = 0;
  do {
    const std::string_view two = script.substr(at, 2);
    depth += two == "/*" ? 1 : two == "*/" ? -1 : 0;
    at += two == "/*" || two == "*/" ? 2 : 1;
  } while (depth > 0 && at < script.size());
  return std::min(at, script.size());
}

/// Behind a text or name in quotes. A doubled quote begins another one, which comes to the same; E'…' knows \'.
size_t end_of_quotes(std::string_view script, size_t at, bool backslashes) {
  const char quote = script[at++];
  while (at < script.size() && script[at] != quote) at += backslashes && script[at] == '\\' ? 2 : 1;
  return std::min(at + 1, script.size());
}

/// Behind $tag$ … $tag$, or behind the $ when it begins no such thing.
size_t end_of_dollars(std::string_view script, size_t at) {
  size_t tag = at + 1;
  while (tag < script.size() && is_word(script[tag])) ++tag;
  if (tag >= script.size() || script[tag] != '$') return at + 1;
  return end_of(script, tag + 1, script.substr(at, tag + 1 - at));
}

/// Behind whatever is neither a word nor the end of a statement.
size_t skip(std::string_view script, size_t at, std::string_view word_before) {
  const std::string_view two = script.substr(at, 2);
  if (two == "--") return end_of(script, at, "\n");
  if (two == "/*") return end_of_comment(script, at);
  if (script[at] == '\'' || script[at] == '"') return end_of_quotes(script, at, script[at] == '\'' && base::lower(word_before) == "e");
  if (script[at] == '$') return end_of_dollars(script, at);
  return at + 1;
}

/// What has been read of one statement.
struct Statement {
  size_t begin = 0;
  std::vector<std::string> words;  ///< the first few, in small letters
  bool has_body = false;           ///< CREATE TRIGGER, FUNCTION or PROCEDURE: may hold BEGIN … END
  bool in_body = false;
  int cases = 0;  ///< CASE … without its END yet

  void add(std::string word, size_t at);
};

constexpr size_t WordsKept = 5;  // CREATE OR REPLACE CONSTRAINT TRIGGER

/// Within a body a semicolon ends no statement of ours, and the END that closes the body is none either.
void Statement::add(std::string word, size_t at) {
  if (words.empty()) begin = at;
  if (words.size() < WordsKept) {
    words.push_back(word);
    has_body = has_body || (words[0] == "create" && (word == "trigger" || word == "function" || word == "procedure"));
  }
  if (!has_body) return;
  if (word == "case") ++cases;
  if (word == "begin") in_body = true;
  if (word != "end") return;
  if (cases > 0) {
    --cases;
  } else {
    in_body = false;
  }
}

bool is_of_transactions(const std::vector<std::string>& words) {
  if (words.empty()) return false;
  const std::string& first = words[0];
  if (first == "rollback") {
    // ROLLBACK [WORK | TRANSACTION] TO [SAVEPOINT] name
    for (size_t i = 1; i < words.size() && i <= 2; ++i) {
      if (words[i] == "to") return false;
    }
    return true;
  }
  const std::string_view second = words.size() > 1 ? std::string_view(words[1]) : std::string_view();
  return first == "begin" || first == "commit" || first == "abort" || first == "end" ||
         ((first == "start" || first == "prepare") && second == "transaction");
}

}  // namespace

std::string transaction_statement(std::string_view script) {
  Statement statement;
  std::string_view word;
  for (size_t at = 0; at <= script.size();) {
    if (at == script.size() || (script[at] == ';' && !statement.in_body)) {
      if (is_of_transactions(statement.words)) return std::string(base::trim(script.substr(statement.begin, at - statement.begin)));
      statement = {};
      word = {};
      ++at;
    } else if (is_word(script[at])) {
      const bool qualified = at > 0 && script[at - 1] == '.';  // NEW.end is a column
      size_t end = at;
      while (end < script.size() && is_word(script[end])) ++end;
      word = script.substr(at, end - at);
      if (!qualified) statement.add(base::lower(word), at);
      at = end;
    } else {
      at = skip(script, at, at > 0 && is_word(script[at - 1]) ? word : std::string_view());
    }
  }
  return "";
}

}  // namespace syncline::schema
