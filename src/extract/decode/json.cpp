// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/json.hpp"

#include "extract/decode/answer.hpp"

namespace syncline::extract {

using record::Value;

base::Spec JsonDecoder::spec() {
  return {"json",
          "A list of JSON objects.",
          {{"list", base::OptionSpec::Kind::Path, false, "", "Where the list is in the answer; left out: the answer is the list.", {}}}};
}

std::unique_ptr<Decoder> JsonDecoder::make(const config::Options& options) {
  return std::unique_ptr<Decoder>(new JsonDecoder(AnswerPath(options.text("list"))));
}

base::Result<Decoded> JsonDecoder::decode(std::vector<char> body, std::string_view content_type) {
  Answer answer = TRY(open_answer(parser_, std::move(body), content_type, list_));
  // A last page may say null where the others have a list.
  if (!answer.list.is(Value::Type::List) && !(answer.list.is(Value::Type::Null) && !list_.empty())) {
    return base::fail(wrong_list(list_, answer.list, "a list", content_type));
  }
  record::RecordBatch& batch = answer.batch;
  batch.records.reserve(answer.list.elements().size());
  for (const Value& item : answer.list.elements()) {
    if (!item.is(Value::Type::Object)) {
      batch.undecodable.push_back(
          undecodable(item, "the list holds " + std::string(record::name_of(item.type())) + " where an object belongs", batch.arena));
    } else if (const Flaw* flaw = answer.tree.flaw_in(item.text())) {
      batch.undecodable.push_back(undecodable(item, flaw->reason, batch.arena));
    } else {
      batch.records.push_back({item.fields(), item.text()});
    }
  }
  return Decoded{std::move(answer.batch), answer.tree.root, std::move(answer.tree.repeated)};
}

}  // namespace syncline::extract
