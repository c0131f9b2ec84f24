#include "engine/scenario/rigs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/config/suggest.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

class Expander {
 public:
  Expander(Draws& draws, Diagnostics& diagnostics) : draws_(draws), diagnostics_(diagnostics) {}

  /// `asker`: where the scenario asks for these; nullptr: the entries are the scenario's own.
  void expand(const Named<SensorEntry>& entries, const Node* node, const Place* asker, const Imports& imports,
              const std::string& prefix) {
    for (const auto& [id, entry] : entries) {
      const Place place = asker != nullptr ? *asker : node->find(id)->keyPlace();
      if (const auto* sensor = std::get_if<SensorFile>(&entry)) {
        add(id, *sensor, place);
      } else {
        useRig(std::get<RigUse>(entry), place, imports, prefix + "sensors/" + id + "/");
      }
    }
  }

  std::vector<FoundSensor> found;

 private:
  void add(const std::string& id, const SensorFile& sensor, const Place& place) {
    const auto same = std::find_if(found.begin(), found.end(), [&](const FoundSensor& f) { return f.id == id; });
    if (same != found.end()) {
      diagnostics_.error("E0411", place, fmt::format("there is a sensor '{}' already", id))
          .withRelated(same->place, "the other")
          .withHelp("sensors of all rigs share one space of ids");
      return;
    }
    found.push_back({id, sensor, place});
  }

  void useRig(const RigUse& use, const Place& place, const Imports& imports, const std::string& prefix) {
    const ImportedFile* rig = findRig(use.use, imports);
    if (rig == nullptr) return;
    RigFile file;
    draws_.enterImport(prefix);
    ReadContext context{diagnostics_, &draws_};
    const bool ok = rigDescriptor().read(rig->document->root(), file, context);
    draws_.enterImport({});
    if (!ok || !hasNoCarrier(file)) return;
    const size_t first = found.size();
    expand(file.sensors, rig->document->root().find("sensors"), &place, rig->imports, prefix);
    for (size_t i = first; i < found.size(); ++i) found[i].sensor.mount.actor = use.mount;
    applyOverrides(use, first);
  }

  /// A rig does not know whom it will sit on.
  bool hasNoCarrier(const RigFile& file) {
    bool ok = true;
    for (const auto& [id, entry] : file.sensors) {
      const auto* sensor = std::get_if<SensorFile>(&entry);
      const Node* carrier = sensor != nullptr ? sensor->mount.actor.node : std::get<RigUse>(entry).mount.node;
      if (carrier == nullptr) continue;
      diagnostics_.error("E0214", carrier->keyPlace(), "a rig does not name its carrier")
          .withHelp("remove it; the scenario says `{use: …, mount: ego}`");
      ok = false;
    }
    return ok;
  }

  const ImportedFile* findRig(const Reference& use, const Imports& imports) {
    const size_t dot = use.value.find('.');
    const std::string alias = use.value.substr(0, dot);
    const std::string id = dot == std::string::npos ? std::string() : use.value.substr(dot + 1);
    const auto at = imports.find(alias);
    if (at == imports.end()) {
      std::vector<std::string> names;
      for (const auto& [name, rig] : imports) {
        if (rig->kind != "library") names.push_back(name + "." + rig->id);
      }
      diagnostics_.error("E0405", use.node->place(), fmt::format("no import '{}' that could be used", alias))
          .withHelp(names.empty() ? "add it: `imports: {rigs: ../rigs/….rig.yaml}`" : suggestionHelp(use.value, names));
      return nullptr;
    }
    if (at->second->id == id) return at->second.get();
    diagnostics_.error("E0405", use.node->place(), fmt::format("import '{}' holds no rig '{}'", alias, id))
        .withHelp(fmt::format("did you mean '{}.{}'?", alias, at->second->id));
    return nullptr;
  }

  void applyOverrides(const RigUse& use, size_t first) {
    for (const auto& [id, change] : use.overrides) {
      std::vector<std::string> ids;
      SensorFile* sensor = nullptr;
      for (size_t i = first; i < found.size(); ++i) {
        ids.push_back(found[i].id);
        if (found[i].id == id) sensor = &found[i].sensor;
      }
      if (sensor == nullptr) {
        diagnostics_.error("E0405", change.node->keyPlace(), fmt::format("the rig has no sensor '{}'", id))
            .withHelp(suggestionHelp(id, ids));
        continue;
      }
      if (change.value.rate_hz) sensor->rate_hz = change.value.rate_hz;
      if (change.value.noise) sensor->noise = *change.value.noise;
      if (change.value.threshold) sensor->threshold = *change.value.threshold;
      overrideCamera(change.value, *sensor, change.node->keyPlace());
    }
  }

  void overrideCamera(const SensorOverride& change, SensorFile& sensor, const Place& place) {
    if (!change.exposure_s && !change.iso) return;
    if (!sensor.camera) {
      diagnostics_.error("E0214", place, "'exposure' and 'iso' belong to cameras, and this sensor is none")
          .withHelp("remove it");
      return;
    }
    if (change.exposure_s) sensor.camera->shutter.exposure_s = *change.exposure_s;
    if (change.iso) sensor.camera->shutter.iso = *change.iso;
  }

  Draws& draws_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<FoundSensor> expandSensors(const Named<SensorEntry>& entries, const Node* node, const Imports& imports,
                                       Draws& draws, Diagnostics& diagnostics) {
  Expander expander(draws, diagnostics);
  if (node != nullptr) expander.expand(entries, node, nullptr, imports, {});
  return std::move(expander.found);
}

}  // namespace nightfog::scenario
