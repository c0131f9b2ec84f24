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
        add(id, *sensor, place, prefix);
      } else {
        useRig(std::get<RigUse>(entry), place, imports, prefix, "sensors/" + id + "/");
      }
    }
  }

  std::vector<FoundSensor> found;

 private:
  void add(const std::string& id, const SensorFile& sensor, const Place& place, const std::string& prefix) {
    const auto same = std::find_if(found.begin(), found.end(), [&](const FoundSensor& f) { return f.id == id; });
    if (same != found.end()) {
      diagnostics_.error("E0411", place, fmt::format("there is a sensor '{}' already", id))
          .withRelated(same->place, "the other")
          .withHelp("sensors of all rigs share one space of ids");
      return;
    }
    found.push_back({id, sensor, place});
    nameLayers(found.back().sensor, 0, prefix);
  }

  /// Layers from `first` on stand in the file whose draws have this prefix.
  static void nameLayers(SensorFile& sensor, size_t first, const std::string& prefix) {
    if (!sensor.profileOverride) return;
    auto& layers = sensor.profileOverride->layers;
    for (size_t i = first; i < layers.size(); ++i) layers[i].prefix = prefix;
  }

  /// `asker`: prefix of the draws of the file that uses the rig.
  void useRig(const RigUse& use, const Place& place, const Imports& imports, const std::string& asker,
              const std::string& name) {
    const std::string prefix = asker + name;
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
    draws_.enterImport(asker);
    applyOverrides(use, first, asker);
    draws_.enterImport({});
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
        if (rig->kind == "rig") names.push_back(name + "." + rig->id);
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

  void applyOverrides(const RigUse& use, size_t first, const std::string& prefix) {
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
      ReadContext context{diagnostics_, &draws_};
      sensor->overrides.push_back(change.node);
      if (sensor->camera) {
        CameraFile camera = cameraOf(*sensor);
        if (cameraOverrideDescriptor().read(*change.node, camera, context)) setCamera(*sensor, std::move(camera));
      } else {
        const size_t layers = sensor->profileOverride ? sensor->profileOverride->layers.size() : 0;
        lidarOverrideDescriptor().read(*change.node, *sensor, context);
        nameLayers(*sensor, layers, prefix);
      }
    }
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
