// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/composite_key.hpp"

#include <fmt/format.h>

namespace syncline::transform {
namespace {

using config::KeyPart;
using record::Value;

void append_part(std::string& key, std::string_view part) {
  if (!key.empty()) key += ':';
  for (char c : part) {
    if (c == ':' || c == '\\') key += '\\';
    key += c;
  }
}

bool is_collection(const Value& value) { return value.is(Value::Type::List) || value.is(Value::Type::Object); }

}  // namespace

CompositeKey::CompositeKey(const std::vector<KeyPart>& parts, size_t& hints) {
  for (const KeyPart& part : parts) {
    parts_.push_back({part.kind, Lookup(part.from, hints)});
    counts_ = counts_ || part.kind == KeyPart::Kind::Occurrence;
  }
}

tl::expected<std::string_view, FieldMaker::Failure> CompositeKey::make(Work& work) const {
  std::string others;
  std::vector<std::string_view> texts;
  for (const Part& part : parts_) {
    if (part.kind == KeyPart::Kind::Occurrence) continue;
    const Value value = part.source.find(work.record, work.hints);
    if (auto good = check(part, value); !good) return tl::unexpected(std::move(good).error());
    texts.push_back(value.text());
    append_part(others, value.text());
  }
  if (!counts_) return work.arena.copy(others);

  const std::string occurrence = std::to_string(++work.occurrences[others]);
  std::string key;
  auto text = texts.begin();
  for (const Part& part : parts_) append_part(key, part.kind == KeyPart::Kind::Occurrence ? std::string_view(occurrence) : *text++);
  return work.arena.copy(key);
}

tl::expected<void, FieldMaker::Failure> CompositeKey::check(const Part& part, const Value& value) {
  if (says_nothing(value)) {
    const std::string_view found = value.is(Value::Type::Text) ? "blank" : record::name_of(value.type());
    return tl::unexpected(
        FieldMaker::Failure{{"missing_key", fmt::format(" is the key, and its part {} is {}", part.source.names(), found)}, value});
  }
  if (is_collection(value)) {
    return tl::unexpected(FieldMaker::Failure{
        {"not_text", fmt::format(" is the key, and its part {} is {}, not text", part.source.names(), record::name_of(value.type()))},
        value});
  }
  return {};
}

std::string CompositeKey::known(Work& work) const {
  std::string key;
  for (const Part& part : parts_) {
    if (part.kind == KeyPart::Kind::Occurrence) continue;
    const Value value = part.source.find(work.record, work.hints);
    if (!says_nothing(value) && !is_collection(value)) append_part(key, value.text());
  }
  return key;
}

}  // namespace syncline::transform
