// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "simulators/marianatek/journal.hpp"
#include "simulators/marianatek/world.hpp"

namespace syncline::simulators::marianatek {

/// Changes a tenant's data as people at the vendor's would: {"op":"cancel","count":3},
/// {"op":"edit_user","id":"34501","email":"a@b.example"}. With an id that record is changed; without, `count` (1) suitable ones are chosen
/// at random, fewer when there are no more. A reservation's updated_datetime moves to `now` unless "silent" is true. The same `seed`
/// chooses the same. An error is a sentence for the caller.
[[nodiscard]] tl::expected<std::vector<RecordChange>, std::string> mutate(Tenant& tenant, const nlohmann::json& order, Timestamp now,
                                                                          uint64_t seed);

}  // namespace syncline::simulators::marianatek
