// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simulators/marianatek/resource.hpp"

/// The descriptions, by noun; resources() collects them.
namespace syncline::simulators::marianatek {

Resource locations();
Resource regions();
Resource sites();
Resource users();
Resource class_session_types();
Resource class_sessions();
Resource reservations();

}  // namespace syncline::simulators::marianatek
