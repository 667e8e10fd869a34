// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace syncline::base {

/// Memory handed out by moving a pointer and given back all at once: what a batch's values live in. Moves keep every address valid.
/// Holds trivially destructible things only. Owned by one thread at a time.
class Arena {
 public:
  /// An uninitialised run of `count` Ts.
  template <class T>
  std::span<T> allocate(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    return {reinterpret_cast<T*>(take(count * sizeof(T), alignof(T))), count};
  }
  template <class T>
  T* create(const T& value) {
    return new (take(sizeof(T), alignof(T))) T(value);
  }
  /// A copy of the text that lives as long as the arena.
  std::string_view copy(std::string_view text) {
    if (text.empty()) return "";
    char* to = static_cast<char*>(take(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }
  /// Bytes of memory held.
  [[nodiscard]] size_t bytes() const { return bytes_; }

 private:
  /// A page with one escaped text must not cost much, and one of many not many blocks: each block is as large as all before it.
  static constexpr size_t FirstBlockBytes = 8 << 10, BlockBytesMax = 256 << 10;

  void* take(size_t size, size_t alignment) {
    size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (blocks_.empty() || at + size > capacity_) {
      capacity_ = std::max(size, std::clamp(bytes_, FirstBlockBytes, BlockBytesMax));
      blocks_.emplace_back(new std::byte[capacity_]);
      bytes_ += capacity_;
      at = 0;  // operator new aligns for every fundamental type
    }
    used_ = at + size;
    return blocks_.back().get() + at;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  size_t used_ = 0, capacity_ = 0, bytes_ = 0;
};

}  // namespace syncline::base
