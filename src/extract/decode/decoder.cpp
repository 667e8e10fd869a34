// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/decoder.hpp"

#include "extract/decode/json.hpp"
#include "extract/decode/json_api.hpp"

namespace syncline::extract {
namespace {

struct Member {
  base::Spec (*spec)();
  std::unique_ptr<Decoder> (*make)(const config::Options&);
};

constexpr Member Members[] = {
    {JsonApiDecoder::spec, JsonApiDecoder::make},
    {JsonDecoder::spec, JsonDecoder::make},
};

}  // namespace

base::Result<std::unique_ptr<Decoder>> make_decoder(const config::Options& options) {
  for (const Member& member : Members) {
    if (member.spec().name == options.name) return member.make(options);
  }
  return base::fail({base::ErrorKind::BadConfig, base::Side::Files, "no decoder is called `" + options.name + "`"});
}

std::vector<base::Spec> decoder_specs() {
  std::vector<base::Spec> specs;
  for (const Member& member : Members) specs.push_back(member.spec());
  return specs;
}

}  // namespace syncline::extract
