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
Resource employees();
Resource employee_public_profiles();
Resource memberships();
Resource membership_instances();
Resource membership_transactions();
Resource credits();
Resource packages();
Resource credit_transactions();
Resource orders();
Resource order_lines();
Resource user_tags();
Resource reservation_tags();

}  // namespace syncline::simulators::marianatek
