#include "engine/scenario/constraints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/expression/source_place.hpp"

namespace nightfog::scenario {

using expression::Interval;

namespace {

config::Dimension dimensionOfLeft(const expression::Expression& e, uint32_t comparison) {
  const auto& left = e.nodes[e.nodes[comparison].operands.front()];
  return expression::dimensionOf(left.type.measure).value_or(config::Dimension::kNumber);
}

/// "55.2 m": four digits are enough to see what is missing.
std::string shown(double si, config::Dimension dimension) {
  return config::formatQuantity(std::stod(fmt::format("{:.4g}", si)), dimension);
}

/// The values of everything on the left of comparisons, over all draws: "gap(ego, van) can only be 53.65 m to 55.15 m".
std::string possibleRange(const expression::Expression& unbound, const DrawnBounds& bounds) {
  for (uint32_t i = 0; i < unbound.nodes.size(); ++i) {
    const auto op = unbound.nodes[i].op;
    if (op < expression::Op::kLess || op > expression::Op::kIn) continue;
    const uint32_t left = unbound.nodes[i].operands.front();
    const auto range = expression::bounds(unbound, left, bounds);
    if (!range || unbound.nodes[left].op == expression::Op::kLiteral) continue;
    const auto& text = unbound.nodes[left].range;
    const auto dimension = dimensionOfLeft(unbound, i);
    return fmt::format("{} can only be {} to {}", unbound.text.substr(text.begin, text.end - text.begin),
                       shown(range->low, dimension), shown(range->high, dimension));
  }
  return {};
}

}  // namespace

PlacedWorld::PlacedWorld(const std::vector<Actor>& actors, const catalog::Catalog& catalog,
                         const std::map<std::string, glm::dvec3>& points, const LaneMap& lanes)
    : points_(points), lanes_(lanes) {
  for (const Actor& actor : actors) {
    const catalog::AssetInfo& asset = *catalog.find(actor.asset);
    boxes_.emplace_back(actor.id, PlacedBox{actor.worldFromActor, asset.boxCentre, asset.boxSize});
  }
}

const PlacedBox* PlacedWorld::box(std::string_view id) const {
  for (const auto& [known, box] : boxes_) {
    if (known == id) return &box;
  }
  return nullptr;
}

expression::Value PlacedWorld::name(std::string_view) const {
  return {};  // parameters are literals by now
}

expression::Value PlacedWorld::call(std::string_view function, std::span<const expression::Argument> arguments) const {
  const PlacedBox* a = arguments.empty() ? nullptr : box(arguments[0].name);
  if (a == nullptr || arguments.size() < 2) return {};
  const auto flat = [](const glm::dvec3& from, const glm::dvec3& to) {
    return std::hypot(to.x - from.x, to.y - from.y);
  };
  if (function == "distance_to") {
    const auto point = points_.find(std::string(arguments[1].name));
    return point == points_.end() ? expression::Value() : expression::Value(flat(middleOf(*a), point->second));
  }
  if (function == "in_lane") {
    const auto lane = lanes_.find(std::string(arguments[1].name));
    return lane ? expression::Value(lanes_.isInLane(middleOf(*a), *lane)) : expression::Value();
  }
  const PlacedBox* b = box(arguments[1].name);
  if (b == nullptr) return {};
  if (function == "distance") return flat(middleOf(*a), middleOf(*b));
  if (function == "gap") return gapAlong(*a, *b, 0);
  if (function == "lateral_gap") return gapAlong(*a, *b, 1);
  if (function == "line_of_sight") {
    std::vector<PlacedBox> others;
    for (const auto& [id, other] : boxes_) {
      if (&other != a && &other != b) others.push_back(other);
    }
    return isAnyPartVisible(eyeOf(*a), *b, others);
  }
  return {};
}

DrawnBounds::DrawnBounds(const ScenarioFile& file, const catalog::Catalog& catalog, const LaneMap& lanes, Draws& draws)
    : file_(file), catalog_(catalog), lanes_(lanes), draws_(draws) {}

std::optional<Interval> DrawnBounds::name(std::string_view name) const {
  const Parameter* parameter = draws_.use(name);
  if (parameter == nullptr || !std::holds_alternative<config::Quantity>(parameter->value) || parameter->isUnbounded)
    return std::nullopt;
  return Interval{parameter->low, parameter->high};
}

std::optional<DrawnBounds::Reach> DrawnBounds::reach(std::string_view id) const {
  const auto actor =
      std::find_if(file_.actors.begin(), file_.actors.end(), [&](const auto& a) { return a.first == id; });
  if (actor == file_.actors.end() || !actor->second.isSound || !lanes_.hasRoad()) return std::nullopt;
  const auto* place = std::get_if<PlaceLane>(&actor->second.place);
  // Across or askew on its lane, the box reaches differently.
  const bool isAlong = place != nullptr && (std::holds_alternative<FacingLane>(place->facing) ||
                                            std::holds_alternative<FacingAgainst>(place->facing));
  if (!isAlong) return std::nullopt;
  const auto lane = lanes_.find(place->lane.value);
  // A lane that is drawn may be another one in the next run.
  if (!lane || !lanes_.isStraight(*lane) || draws_.claims(*place->lane.node)) return std::nullopt;
  Reach out;
  out.road = lane->road;
  const config::Node* s = place->lane.node->parent->find("s");
  out.middle_s = {place->s_m, place->s_m};
  if (s != nullptr && draws_.claims(*s)) {
    config::Diagnostics ignored;  // reported when the place was read
    const auto drawn = draws_.quantity(*s, config::Dimension::kLength, ignored);
    if (!drawn || drawn->isUnbounded) return std::nullopt;
    out.middle_s = {drawn->low, drawn->high};
  }
  bool isFirst = true;
  for (const auto& [asset, ignored] : draws_.possibleWords(*actor->second.asset.node)) {
    const catalog::AssetInfo* info = catalog_.find(asset);
    if (info == nullptr) return std::nullopt;
    const double half = 0.5 * info->boxSize.x;
    out.halfLength_m = isFirst ? Interval{half, half}
                               : Interval{std::min(out.halfLength_m.low, half), std::max(out.halfLength_m.high, half)};
    isFirst = false;
  }
  return isFirst ? std::nullopt : std::optional(out);
}

std::optional<Interval> DrawnBounds::call(std::string_view function, std::span<const std::string_view> things) const {
  if (function != "gap" || things.size() != 2) return std::nullopt;
  const auto a = reach(things[0]), b = reach(things[1]);
  if (!a || !b || a->road != b->road) return std::nullopt;
  // |s_b - s_a| less the two halves, at least 0.
  const Interval along{b->middle_s.low - a->middle_s.high, b->middle_s.high - a->middle_s.low};
  const double nearest = along.contains(0) ? 0 : std::min(std::abs(along.low), std::abs(along.high));
  const double furthest = std::max(std::abs(along.low), std::abs(along.high));
  constexpr double kRounding_m = 1e-9;  // places on the map are rounded
  return Interval{std::max(0.0, nearest - a->halfLength_m.high - b->halfLength_m.high - kRounding_m),
                  std::max(0.0, furthest - a->halfLength_m.low - b->halfLength_m.low + kRounding_m)};
}

void checkFeasible(const std::vector<Constraint>& constraints, const std::vector<expression::Expression>& unbound,
                   const DrawnBounds& bounds, config::Diagnostics& diagnostics) {
  for (size_t i = 0; i < constraints.size(); ++i) {
    if (unbound[i].isEmpty() || expression::possibilities(unbound[i], bounds).canBeTrue) continue;
    diagnostics.error("E0302", constraints[i].node->place(), "no draw can meet this constraint")
        .withNote(possibleRange(unbound[i], bounds))
        .withHelp("change the bounds, or the places and distributions they depend on");
  }
}

bool areMet(std::vector<Constraint>& constraints, const PlacedWorld& world, const Draws& draws) {
  bool all = true;
  for (Constraint& constraint : constraints) {
    const auto truth = expression::isTrue(constraint.condition, world);
    if (truth.value_or(false)) continue;
    all = false;
    ++constraint.rejected;
    if (!truth) ++constraint.undecided;
    for (const auto& comparison : expression::comparisons(constraint.condition, world)) {
      if (comparison.missing <= 0) continue;
      if (constraint.closest && constraint.closest->missing <= comparison.missing) continue;
      Constraint::Closest closest{
          comparison.missing, comparison.value, dimensionOfLeft(constraint.condition, comparison.node), {}};
      for (const auto& [name, parameter] : draws.parameters()) {
        const auto* word = std::get_if<std::string>(&parameter.value);
        if (word == nullptr || parameter.words.size() < 2) continue;
        closest.choices += fmt::format("{}{} = {}", closest.choices.empty() ? "" : ", ", name, *word);
      }
      constraint.closest = std::move(closest);
    }
  }
  return all;
}

void reportUnmet(const std::vector<Constraint>& constraints, const std::vector<expression::Expression>& unbound,
                 const DrawnBounds& bounds, uint32_t attempts, uint64_t seed, uint32_t run,
                 config::Diagnostics& diagnostics) {
  size_t worst = 0;
  for (size_t i = 1; i < constraints.size(); ++i) {
    if (constraints[i].rejected > constraints[worst].rejected) worst = i;
  }
  const auto label = [&](const Constraint& c) {
    std::string text = fmt::format("rejected {}/{}", c.rejected, attempts);
    if (c.undecided > 0) text += fmt::format(", {} of them not evaluable", c.undecided);
    if (!c.closest) return text;
    text += "; closest value " + shown(c.closest->value, c.closest->dimension);
    return c.closest->choices.empty() ? text : text + " (" + c.closest->choices + ")";
  };
  auto& d = diagnostics.error(
      "E0301", constraints[worst].node->place(),
      fmt::format("constraints satisfied in 0 of {} attempts (seed {}, run {})", attempts, seed, run));
  d.withLabel(label(constraints[worst]));
  for (size_t i = 0; i < constraints.size(); ++i) {
    if (i != worst) d.withRelated(constraints[i].node->place(), label(constraints[i]));
  }
  d.withNote(possibleRange(unbound[worst], bounds))
      .withHelp("widen what is drawn or loosen the constraint; `max_attempts` allows more draws");
}

}  // namespace nightfog::scenario
