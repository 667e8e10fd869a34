// SPDX-License-Identifier: Apache-2.0
// Both decoders on any bytes: no crash, and every text that comes out is UTF-8.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/text.hpp"
#include "extract/decode/decoder.hpp"
#include "extract/decode/json_text.hpp"

namespace {

using syncline::record::Value;

/// References may lead in circles, so only a few hops are followed.
void prove(const Value& value, int hops) {
  if (value.is(Value::Type::Text) && syncline::base::invalid_utf8_at(value.text()) != std::string_view::npos) std::abort();
  if (value.is(Value::Type::Number) && !syncline::extract::is_json_number(value.text())) std::abort();
  for (const Value& element : value.elements()) prove(element, hops);
  if (value.is(Value::Type::Reference) && hops-- == 0) return;
  for (const auto& field : value.fields()) {
    if (syncline::base::invalid_utf8_at(field.name) != std::string_view::npos) std::abort();
    prove(field.value, hops);
  }
}

std::unique_ptr<syncline::extract::Decoder> decoder(const char* name) {
  syncline::config::Options options;
  options.name = name;
  return *syncline::extract::make_decoder(options);
}

void decode(syncline::extract::Decoder& decoder, const uint8_t* data, size_t size) {
  const auto result = decoder.decode(std::vector<char>(data, data + size), "application/json");
  if (!result) return;
  prove(result->envelope, 0);
  for (const auto& record : result->batch.records) {
    if (record.source.empty()) std::abort();
    for (const auto& field : record.fields) prove(field.value, 2);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Kept from input to input, as from page to page: what a broken page leaves behind must not harm the next one.
  static const auto json = decoder("json"), json_api = decoder("json_api");
  decode(*json, data, size);
  decode(*json_api, data, size);
  return 0;
}
