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
  if (const Element trailer = definition.path({"Trailer", "Trailer"}))
    trailer.approximated(fmt::format("the trailer of '{}' is left out", entity.name));
  else if (const Element reference = definition.path({"Trailer", "CatalogReference"}))
    reference.approximated(fmt::format("the trailer of '{}' is left out", entity.name));
  else if (const Element coupled = definition.path({"Trailer", "TrailerRef"});
           coupled && !coupled.text("entityRef").empty())
    coupled.approximated(
        fmt::format("'{}' does not pull '{}', which stands where it is put", entity.name, coupled.text("entityRef")));
}

Entity* Importer::entity(const Element& at, const std::string& name) {
  for (Entity& known : entities_) {
    if (known.name == name) return &known;
  }
  at.refused(fmt::format("there is no entity '{}'", name));
  return nullptr;
}

}  // namespace nightfog::openscenario
