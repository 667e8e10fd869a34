// SPDX-License-Identifier: Apache-2.0
#include "extract/stored.hpp"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <set>

#include "extract/answer_path.hpp"
#include "extract/decode/json.hpp"
#include "extract/decode/json_api.hpp"
#include "extract/decode/tree.hpp"

namespace syncline::extract {

using record::Value;

namespace {

record::RecordBatch decoded(Decoder& decoder, std::string_view body, std::string_view payload) {
  auto answer = decoder.decode(std::vector<char>(body.begin(), body.end()), "application/json");
  if (answer && answer->batch.fetched() == 1) return std::move(answer->batch);
  record::RecordBatch batch;
  batch.undecodable.push_back(
      {batch.arena.copy(payload),
       answer ? fmt::format("the stored payload holds {} records, not one", answer->batch.fetched()) : answer.error().message});
  return batch;
}

/// Plain JSON: all of a record stands in it.
class StoredJson final : public StoredRecords {
 public:
  std::string payload(const record::RecordBatch&, std::string_view source) override { return std::string(source); }
  void forget() override {}
  record::RecordBatch decode(std::string_view payload) override { return decoded(*decoder_, fmt::format("[{}]", payload), payload); }

 private:
  const std::unique_ptr<Decoder> decoder_ = JsonDecoder::make({});
};

/// JSON:API: a record's relations lead into what its answer included. The payload is then a document of its own: the record as `data`, and
/// of `included` what can be reached from it.
class StoredJsonApi final : public StoredRecords {
 public:
  std::string payload(const record::RecordBatch& page, std::string_view source) override {
    look_at(page);
    if (included_.empty()) return std::string(source);
    std::string included;
    std::set<Identity> seen;
    std::deque<Identity> ahead;
    Document record;
    add_relations(record.parse(parser_, {source.begin(), source.end()}), seen, ahead);
    for (; !ahead.empty() && included.size() < IncludedBytesMax; ahead.pop_front()) {
      const auto found = included_.find(ahead.front());
      if (found == included_.end()) continue;
      included.append(included.empty() ? "" : ",").append(found->second.text());
      add_relations(found->second, seen, ahead);
    }
    return included.empty() ? std::string(source) : fmt::format(R"({{"data":{},"included":[{}]}})", source, included);
  }

  void forget() override {
    looked_at_ = nullptr;
    included_.clear();
    page_ = {};
  }

  record::RecordBatch decode(std::string_view payload) override {
    Document document;
    const Value root = document.parse(parser_, {payload.begin(), payload.end()});
    const bool whole = !member(root.fields(), "data").absent() && member(root.fields(), "type").absent();
    return decoded(*decoder_, whole ? std::string(payload) : fmt::format(R"({{"data":[{}]}})", payload), payload);
  }

 private:
  /// A well-connected page would come along whole with each of its records; the nearest are the ones a mapping names.
  static constexpr size_t IncludedBytesMax = size_t{256} << 10;

  using Identity = std::pair<std::string, std::string>;

  /// A JSON text and its values.
  struct Document {
    std::vector<char> text;
    base::Arena arena, shapes;

    /// Absent if it is none.
    Value parse(TreeParser& parser, std::vector<char> json) {
      text = std::move(json);
      auto tree = parser.parse(text, arena, shapes);
      return tree ? tree->root : Value();
    }
  };

  /// The page was decoded and then mapped; its tree is gone, its text is not.
  void look_at(const record::RecordBatch& page) {
    if (looked_at_ == page.page.data()) return;
    forget();
    looked_at_ = page.page.data();
    const Value root = page_.parse(parser_, page.page);
    for (const Value& item : member(root.fields(), "included").elements()) included_[identity_of(item)] = item;
  }

  static Identity identity_of(const Value& resource) {
    return {std::string(member(resource.fields(), "type").text()), std::string(member(resource.fields(), "id").text())};
  }

  static void add_relations(const Value& resource, std::set<Identity>& seen, std::deque<Identity>& ahead) {
    const auto add = [&](const Value& linkage) {
      if (const auto [at, is_new] = seen.insert(identity_of(linkage)); is_new) ahead.push_back(*at);
    };
    for (const record::Field& relation : member(resource.fields(), "relationships").fields()) {
      const Value data = member(relation.value.fields(), "data");
      if (data.is(Value::Type::Object)) add(data);
      for (const Value& linkage : data.elements()) add(linkage);
    }
  }

  TreeParser parser_;
  const std::unique_ptr<Decoder> decoder_ = JsonApiDecoder::make({});
  const char* looked_at_ = nullptr;
  Document page_;
  std::map<Identity, Value> included_;  ///< of that page
};

}  // namespace

std::unique_ptr<StoredRecords> make_stored_records(const config::Stream& stream) {
  if (stream.records.name == "json_api") return std::make_unique<StoredJsonApi>();
  return std::make_unique<StoredJson>();
}

}  // namespace syncline::extract
