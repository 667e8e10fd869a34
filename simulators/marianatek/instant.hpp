// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

/// Time as the vendor writes it, and the few zones its locations are in. Written a second time here, on purpose: the product's own reading
/// of time is one of the things the simulator is to check.
namespace syncline::simulators::marianatek {

using base::Timestamp;

/// "2024-10-29T15:34:28.278681Z"; no fraction when it is zero.
void append_instant(std::string& out, Timestamp instant);
/// "2024-10-29".
void append_day(std::string& out, Timestamp instant);
/// "16:30:00".
void append_time_of_day(std::string& out, Timestamp instant);
/// "Mon, 02 Mar 2026 12:00:00 GMT".
[[nodiscard]] std::string http_date(Timestamp instant);

/// A date, or a date with time ('T' or a blank between, fraction, "Z" or ±hh:mm; none means UTC).
[[nodiscard]] std::optional<Timestamp> read_instant(std::string_view text);

/// The instant's wall time in a zone, as if it were UTC. Knows the United States' and the United Kingdom's rules of today.
[[nodiscard]] Timestamp wall_time(std::string_view zone, Timestamp instant);

}  // namespace syncline::simulators::marianatek
