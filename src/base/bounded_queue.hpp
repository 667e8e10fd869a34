// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "base/result.hpp"

namespace syncline::base {

/// A queue between two threads with a capacity, that ends with an outcome: the producer closes it (done, or an Error), or the consumer
/// abandons it. Thread-safe. Items may weigh differently (bytes, say): then the capacity is a weight, and one item always fits.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity) : capacity_(capacity) {}

  /// Waits for room. False if the consumer has abandoned the queue: the producer should end.
  bool push(T item, size_t weight = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return items_.empty() || weight_ + weight <= capacity_ || abandoned_; });
    if (abandoned_) return false;
    items_.emplace_back(std::move(item), weight);
    weight_ += weight;
    changed_.notify_all();
    return true;
  }

  /// No more items will come; those already pushed are still handed out.
  void close(Result<void> outcome) {
    std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    changed_.notify_all();
  }

  /// The consumer takes no more; a waiting push returns false.
  void abandon() {
    std::lock_guard lock(mutex_);
    abandoned_ = true;
    items_.clear();
    weight_ = 0;
    changed_.notify_all();
  }

  struct Ended {};
  struct TimedOut {};
  using Popped = std::variant<T, Ended, TimedOut>;

  /// The next item; Ended once the queue is closed and empty (then see `outcome`); TimedOut after `patience`.
  Popped pop(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return !items_.empty() || outcome_; })) return TimedOut{};
    if (items_.empty()) return Ended{};
    T item = std::move(items_.front().first);
    weight_ -= items_.front().second;
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  /// How the producer ended; only after pop() said Ended.
  [[nodiscard]] const Result<void>& outcome() const { return *outcome_; }

 private:
  const size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<T, size_t>> items_;
  size_t weight_ = 0;  ///< of the items that wait
  std::optional<Result<void>> outcome_;
  bool abandoned_ = false;
};

}  // namespace syncline::base
