#include "engine/world/collision_log.hpp"

#include <algorithm>

namespace nightfog::world {
namespace {

/// Apart for less than this is the same contact: what scrapes or rattles is one collision.
constexpr SimTime kSameContact = SimTime::fromMs(100);

}  // namespace

void CollisionLog::startWith(const std::vector<Touch>& touches) {
  for (const Touch& touch : touches) lastTouch_[{touch.a, touch.b, touch.on}] = SimTime();
}

void CollisionLog::add(SimTime at, const std::vector<Touch>& touches) {
  for (const Touch& touch : touches) {
    const Pair pair{touch.a, touch.b, touch.on};
    const auto [last, isFirst] = lastTouch_.try_emplace(pair, at);
    const bool begins = isFirst || at - last->second > kSameContact;
    last->second = at;
    if (begins) {
      beginning_[pair] = Collision{at, touch.a, touch.b, touch.point, touch.impulse_Ns};
    } else if (const auto begun = beginning_.find(pair); begun != beginning_.end()) {
      begun->second.impulse_Ns += touch.impulse_Ns;
    }
  }
}

void CollisionLog::closeStep() {
  const size_t first = collisions_.size();
  for (const auto& [pair, collision] : beginning_) collisions_.push_back(collision);
  beginning_.clear();
  std::stable_sort(collisions_.begin() + static_cast<std::ptrdiff_t>(first), collisions_.end(),
                   [](const Collision& a, const Collision& b) { return a.at < b.at; });
}

}  // namespace nightfog::world
