// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simulators/marianatek/world.hpp"

/// The ways attributes and relations come about that more than one resource uses, as rows of a description.
namespace syncline::simulators::marianatek {

[[nodiscard]] Attribute always(std::string_view name, Value constant);
[[nodiscard]] Attribute blank(std::string_view name);                               ///< always null
[[nodiscard]] Attribute chance(std::string_view name, int64_t percent);             ///< a boolean
[[nodiscard]] Attribute between(std::string_view name, int64_t low, int64_t high);  ///< an integer, both ends included
[[nodiscard]] Attribute drawn(std::string_view name, std::span<const std::string_view> words);
/// A word or, in so many of a hundred rows, null.
[[nodiscard]] Attribute drawn_or_null(std::string_view name, std::span<const std::string_view> words, int64_t null_percent);
/// The words in turn, by the row's index.
[[nodiscard]] Attribute in_turn(std::string_view name, std::span<const std::string_view> words);
[[nodiscard]] Attribute made(std::string_view name, MakeValue make);

[[nodiscard]] Relation no_one(std::string_view name, std::string_view type);   ///< to one, always null
[[nodiscard]] Relation no_many(std::string_view name, std::string_view type);  ///< to many, always empty
/// One row of another resource, in so many of a hundred rows.
[[nodiscard]] Relation one_of(std::string_view name, std::string_view type, int64_t percent);
/// An id of a resource that is not described, in so many of a hundred rows.
/// The same as a list of none or one.
[[nodiscard]] Relation some_of(std::string_view name, std::string_view type, int64_t percent);
/// The row of another resource with the same index, null where there is none.
[[nodiscard]] Relation same_place(std::string_view name, std::string_view type);
[[nodiscard]] Relation some_id(std::string_view name, std::string_view type, Relation::Arity arity, int64_t percent);
[[nodiscard]] Relation made(std::string_view name, std::string_view type, Relation::Arity arity, MakeIds make);

/// Marks that the row shows values of the other side.
[[nodiscard]] Relation shown(Relation relation);

[[nodiscard]] Step becomes(std::string_view member, Value constant);
[[nodiscard]] Step becomes(std::string_view member, Step::To to);
[[nodiscard]] Step becomes(std::string_view member, Value (*make)(const Row&, Timestamp now));

/// What a row was made with, whatever was changed since: what others remember of it.
[[nodiscard]] Value original(const Row& row, std::string_view attribute);
[[nodiscard]] Ids original_ids(const Row& row, std::string_view relation);

/// An amount as the vendor sends most of them: a text with two decimals.
[[nodiscard]] Value money(int64_t cents);
[[nodiscard]] Value day(Timestamp at);

/// A moment before the start that ascends with the row's index, within `reach` of the start. The same for the same row.
[[nodiscard]] Timestamp in_order(const Row& row, std::chrono::microseconds reach);

/// One of the words, the same for the same number.
[[nodiscard]] inline std::string_view nth(std::span<const std::string_view> words, uint64_t number) { return words[number % words.size()]; }

/// "name of a row": the nth word, with a number behind it from the second round on, so that names are unique.
[[nodiscard]] std::string numbered(std::span<const std::string_view> words, int64_t index);

}  // namespace syncline::simulators::marianatek
