// Maps, and who plays.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/diagnostics.hpp"
#include "engine/core/error.hpp"
#include "engine/openscenario/importer.hpp"
#include "engine/record/taxonomy.hpp"
#include "engine/road/opendrive.hpp"

namespace nightfog::openscenario {
namespace fs = std::filesystem;

namespace {

constexpr size_t kMostEntities = 1000;

/// Classes of the catalogue that may stand for a category, nearest first.
std::vector<std::string> classesFor(const std::string& type, const std::string& category) {
  if (type == "pedestrian") return {"person.adult"};
  if (category == "truck" || category == "semitrailer" || category == "trailer") return {"vehicle.truck"};
  if (category == "bus" || category == "tram" || category == "train") return {"vehicle.bus"};
  if (category == "van") return {"vehicle.van"};
  if (category == "bicycle" || category == "motorbike") return {"person.cyclist"};
  if (type == "miscellaneous") return {"lab.target"};
  return {"vehicle.car"};
}

}  // namespace

void Importer::takeMap() {
  const Element network = source_.root().child("RoadNetwork");
  const Element file = network.child("LogicFile");
  if (!file) return;
  std::string name = file.text("filepath");
  std::replace(name.begin(), name.end(), '\\', '/');
  std::error_code error;
  fs::path path = source_.folder() / name;
  if (!fs::is_regular_file(path, error)) {
    file.refused(fmt::format("the map '{}' is not there", name));
    return;
  }
  try {
    map_ = road::loadOpenDrive(path);
  } catch (const Error& problem) {
    const std::string what = problem.what();
    file.refused(fmt::format("the map cannot be read: {}", what.substr(0, what.find('\n'))));
    return;
  }
  made_.map = path;
  mapName_ = path.filename().string();
  file.supported();
}

void Importer::takeEntities() {
  for (const Element& object : source_.root().child("Entities").children()) {
    if (entities_.size() >= kMostEntities) {
      object.refused(fmt::format("more than {} entities", kMostEntities));
      return;
    }
    if (object.name() == "ScenarioObject")
      takeEntity(object);
    else
      object.refused("groups of entities are not read; name each in `Actors`");
  }
  coupleTrailers();
}

void Importer::takeEntity(const Element& object) {
  Entity entity;
  entity.name = object.text("name");
  entity.element = object;
  for (const Element& part : object.children("ObjectController")) {
    const Element controller = source_.childOrReference(part, "Controller");
    const std::string which = controller ? controller.text("name") : "of the catalog";
    if (controller.path({"Properties", "File"})) {
      object.approximated(fmt::format(
          "'{}' stands for traffic that controller '{}' brings from another program; none comes", entity.name, which));
      return;
    }
    part.approximated(
        fmt::format("controller '{}' is not carried over; the storyboard alone moves '{}'", which, entity.name));
  }
  entity.id = identifier(entity.name, "actor");
  Element definition;
  for (const char* kind : {"Vehicle", "Pedestrian", "MiscObject", "ExternalObjectReference"}) {
    if (const Element found = object.child(kind)) definition = found.within(source_.declare(found, found.scope()));
  }
  if (!definition) definition = source_.childOrReference(object, "Vehicle");
  if (!definition) {
    if (!object.child("CatalogReference")) object.refused("it is neither vehicle, pedestrian nor object");
    return;
  }
  chooseAsset(entity, definition);
  entities_.push_back(std::move(entity));
  takeTrailer(Entity(entities_.back()), definition, 0);
}

void Importer::chooseAsset(Entity& entity, const Element& definition) {
  const std::string kind = definition.name();
  entity.type = kind == "Pedestrian" ? "pedestrian" : kind == "MiscObject" ? "miscellaneous" : "vehicle";
  const std::string category = definition.text("vehicleCategory");
  const Element size = definition.path({"BoundingBox", "Dimensions"}),
                centre = definition.path({"BoundingBox", "Center"});
  const glm::dvec3 box(size.number("length", 1), size.number("width", 1), size.number("height", 1));
  entity.front_m = centre.number("x") + 0.5 * box.x;
  entity.rear_m = 0.5 * box.x - centre.number("x");
  entity.halfWidth_m = 0.5 * box.y;
  const catalog::AssetInfo* best = nullptr;
  double nearest = 1e9;
  for (const std::string& wanted : classesFor(entity.type, category)) {
    for (const auto& [id, asset] : catalog_.all()) {
      if (classInfo(asset.semantic).name != wanted || asset.mesh) continue;
      const glm::dvec3 off = asset.boxSize - box;
      const double distance = std::abs(off.x) + std::abs(off.y) + std::abs(off.z);
      if (distance < nearest) nearest = distance, best = &asset;
    }
    if (best != nullptr) break;
  }
  if (best == nullptr) {
    definition.refused("the catalogue has no asset of this kind");
    return;
  }
  entity.asset = best->id;
  const bool isAlike = nearest < 0.05;
  entity.assetNote = fmt::format("{} '{}', {} x {} x {} m", kind, definition.text("name"), numberText(box.x),
                                 numberText(box.y), numberText(box.z));
  if (isAlike)
    definition.supported();
  else
    definition.approximated(
        fmt::format("'{}' is played by {} of {:.2f} x {:.2f} x {:.2f} m instead of {:.2f} x {:.2f} x {:.2f} m; "
                    "distances in conditions count with the latter",
                    entity.name, best->id, best->boxSize.x, best->boxSize.y, best->boxSize.z, box.x, box.y, box.z));
  const auto capable = [&](const char* attribute) {
    const double value = definition.child("Performance").number(attribute, 0);
    return value > 0 ? value : 1e9;
  };
  entity.fastestUp_mps2 = capable("maxAcceleration");
  entity.fastestDown_mps2 = capable("maxDeceleration");
  const auto along = [&](const char* part) {
    const Element at = definition.child(part);
    return at ? std::optional<double>(at.number("dx")) : std::nullopt;
  };
  entity.hitch_m = along("TrailerHitch");
  entity.coupler_m = along("TrailerCoupler");
  if (const Element coupled = definition.path({"Trailer", "TrailerRef"})) entity.tows = coupled.text("entityRef");
}

/// A trailer within its vehicle's definition is an actor of its own.
void Importer::takeTrailer(const Entity& leader, const Element& definition, int before) {
  constexpr int kLongestTrain = 10;  // a catalogue's trailer may pull itself
  const Element holder = definition.path({"Trailer", "Trailer"});
  if (!holder) return;
  if (before >= kLongestTrain || entities_.size() >= kMostEntities) {
    holder.refused(fmt::format("more than {} trailers, or {} entities", kLongestTrain, kMostEntities));
    return;
  }
  const Element inner = source_.childOrReference(holder, "Vehicle");
  if (!inner) return;
  Entity trailer;
  trailer.name = leader.name + "+";
  trailer.id = identifier(leader.id + "_trailer", "trailer");
  trailer.element = leader.element;
  chooseAsset(trailer, inner);
  if (!leader.hitch_m || !trailer.coupler_m || !(*trailer.coupler_m > 0)) {
    holder.refused(fmt::format("the trailer of '{}' has no hitch or coupler that it hangs on", leader.name));
    return;
  }
  trailer.towedBy = leader.id;
  holder.supported();
  entities_.push_back(std::move(trailer));
  takeTrailer(Entity(entities_.back()), inner, before + 1);
}

/// Trailers that are entities of their own.
void Importer::coupleTrailers() {
  for (const Entity& leader : entities_) {
    if (leader.tows.empty()) continue;
    Entity* trailer = entity(leader.element, leader.tows);
    if (trailer == nullptr) continue;
    bool isCircle = trailer->id == leader.id;
    for (const Entity* next = &leader; next != nullptr && !isCircle;) {
      const auto up = std::find_if(entities_.begin(), entities_.end(),
                                   [&](const Entity& other) { return other.id == next->towedBy; });
      next = up == entities_.end() ? nullptr : &*up;
      isCircle = next != nullptr && next->id == trailer->id;
    }
    if (!leader.hitch_m || !trailer->coupler_m || !(*trailer->coupler_m > 0) || isCircle || !trailer->towedBy.empty()) {
      leader.element.refused(fmt::format("'{}' cannot pull '{}': a hitch, a coupler or an end of the train is missing",
                                         leader.name, trailer->name));
      continue;
    }
    trailer->towedBy = leader.id;
  }
}

/// Trailers stand straight behind who pulls them.
RigidTransform Importer::startOf(const Entity& entity) const {
  const auto by =
      std::find_if(entities_.begin(), entities_.end(), [&](const Entity& other) { return other.id == entity.towedBy; });
  if (entity.towedBy.empty() || by == entities_.end()) return entity.start.value_or(Spot{}).pose;
  RigidTransform pose = startOf(*by);
  pose.translation = pose * glm::dvec3(*by->hitch_m - *entity.coupler_m, 0, 0);
  if (!map_.isEmpty()) pose.translation.z = map_.height_m(pose.translation);
  return pose;
}

Entity* Importer::entity(const Element& at, const std::string& name) {
  for (Entity& known : entities_) {
    if (known.name == name) return &known;
  }
  at.refused(fmt::format("there is no entity '{}'", name));
  return nullptr;
}

}  // namespace nightfog::openscenario
