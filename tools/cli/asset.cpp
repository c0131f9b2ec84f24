// nightfog asset check|measure|view: what a mesh is, what is wrong with it, and how it looks.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/content/import/import_model.hpp"
#include "engine/content/import/mesh_check.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/core/files.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/turntable.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::cli {
namespace {

using Json = nlohmann::ordered_json;

/// An asset with its model and what importing it found out; procedural assets have an empty report.
struct Loaded {
  catalog::AssetInfo asset;
  content::SceneContent content;
  content::Model model;
  content::ImportReport report;
};

catalog::FileAxis axisFromName(const std::string& name) {
  constexpr std::string_view kNames[] = {"+x", "-x", "+y", "-y", "+z", "-z"};
  const auto found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) {
    throw Error(ExitCode::kUsage, fmt::format("'{}' is no axis", name), "Axes are +x, -x, +y, -y, +z and -z.");
  }
  return static_cast<catalog::FileAxis>(found - std::begin(kNames));
}

/// A bare mesh file, taken as the options say; its box is its own.
catalog::AssetInfo assetOfFile(const AssetArguments& arguments) {
  const std::filesystem::path file = std::filesystem::absolute(arguments.target);
  catalog::AssetInfo asset;
  asset.id = file.stem().string();
  asset.title = file.filename().string();
  asset.parts = {"body"};
  asset.boxSize = glm::dvec3(0);
  const auto semantic = classByName(arguments.semantic);
  if (!semantic) {
    throw Error(ExitCode::kUsage, fmt::format("there is no class '{}'", arguments.semantic),
                "`nightfog list classes` lists them.");
  }
  asset.semantic = *semantic;
  catalog::MeshSource mesh;
  mesh.root = file.parent_path();
  mesh.file = file.filename();
  mesh.forward = axisFromName(arguments.forward);
  mesh.up = axisFromName(arguments.up);
  if (glm::dot(direction(mesh.forward), direction(mesh.up)) != 0) {
    throw Error(ExitCode::kUsage, "forward and up are the same axis", "As in --forward +z --up +y.");
  }
  mesh.scale = arguments.scale;
  mesh.trueLength_m = arguments.length_m;
  if (!mesh.scale && !mesh.trueLength_m) mesh.scale = 1;
  asset.mesh = mesh;
  return asset;
}

Loaded load(const AssetArguments& arguments) {
  Loaded loaded;
  const std::filesystem::path assets = lang::dataFolder() / "assets";
  content::loadMaterials(assets / "materials.yaml", loaded.content);
  std::error_code error;
  const bool isFile = std::filesystem::is_regular_file(arguments.target, error);
  if (isFile) {
    loaded.asset = assetOfFile(arguments);
  } else {
    const std::filesystem::path folder = arguments.assets.empty() ? assets : arguments.assets;
    const catalog::Catalog catalog = catalog::loadCatalog(folder);
    const catalog::AssetInfo* found = catalog.find(arguments.target);
    if (found == nullptr) {
      throw Error(ExitCode::kDiagnostics, fmt::format("there is neither a file nor an asset '{}'", arguments.target),
                  "`nightfog list assets` lists the assets; --assets names a folder with asset files of your own.");
    }
    loaded.asset = *found;
  }
  if (loaded.asset.mesh) {
    loaded.model = content::importModel(loaded.asset, loaded.content, &loaded.report);
  } else {
    loaded.model = content::buildModel(loaded.asset, loaded.content);
  }
  if (isFile) {
    loaded.asset.boxSize = loaded.report.bounds.size();
    loaded.asset.boxCentre = loaded.report.bounds.centre();
  }
  return loaded;
}

std::vector<content::MeshFinding> findingsOf(const Loaded& loaded) {
  if (!loaded.asset.mesh) return {};
  return content::checkMesh(loaded.asset, loaded.model, loaded.content, loaded.report);
}

Json array(const glm::dvec3& v) {
  return {v.x, v.y, v.z};
}

Json toJson(const Loaded& loaded) {
  const content::ImportReport& r = loaded.report;
  const content::Bounds bounds = content::boundsOf(loaded.model, loaded.content);
  Json json{{"id", loaded.asset.id},
            {"class", classInfo(loaded.asset.semantic).name},
            {"licence", loaded.asset.licence},
            {"origin", loaded.asset.origin},
            {"triangles", content::triangleCount(loaded.model, loaded.content)},
            {"box", {{"size_m", array(bounds.size())}, {"centre_m", array(bounds.centre())}}}};
  Json parts = Json::array();
  for (const auto& part : loaded.model.parts) parts.push_back(part.name);
  json["parts"] = parts;
  if (!loaded.asset.mesh) return json;
  json["mesh"] = {{"file", (loaded.asset.mesh->root / loaded.asset.mesh->file).string()},
                  {"format", r.format},
                  {"size_in_file", array(r.fileSize)},
                  {"scale", r.scale},
                  {"degenerate", r.degenerate},
                  {"doubles", r.doubles},
                  {"edges", r.edges},
                  {"open_edges", r.openEdges},
                  {"crowded_edges", r.crowdedEdges},
                  {"contrary_edges", r.contraryEdges},
                  {"pieces", r.pieces},
                  {"turned_pieces", r.turnedPieces},
                  {"back_share_of_file", r.backShareOfFile},
                  {"back_share", r.backShare},
                  {"nodes", r.nodes},
                  {"moving_parts", r.movingParts},
                  {"bending_parts", r.bendingParts}};
  Json clips = Json::array();
  for (const auto& clip : r.clips) clips.push_back({{"name", clip.name}, {"duration_s", clip.duration_s}});
  json["clips"] = clips;
  Json materials = Json::array();
  for (const auto& m : r.materials) {
    materials.push_back({{"name", m.fileName},
                         {"picture", m.picture},
                         {"material", m.ours.empty() ? Json(nullptr) : Json(m.ours)},
                         {"kind", content::nameOf(m.kind)},
                         {"reflectance_r_g_b_905_1550", m.reflectance},
                         {"holes", m.hasHoles},
                         {"triangles", m.triangles}});
  }
  json["materials"] = materials;
  return json;
}

std::string sizeText(const content::Bounds& bounds) {
  return fmt::format("{:.3f} x {:.3f} x {:.3f} m", bounds.size().x, bounds.size().y, bounds.size().z);
}

}  // namespace

ExitCode assetCheck(const AssetArguments& arguments) {
  const Loaded loaded = load(arguments);
  const std::vector<content::MeshFinding> findings = findingsOf(loaded);
  const bool hasErrors = std::any_of(findings.begin(), findings.end(), [](const auto& f) { return f.isError; });
  if (arguments.json) {
    for (const auto& f : findings) {
      std::cout << Json{{"asset", loaded.asset.id},
                        {"severity", f.isError ? "error" : "warning"},
                        {"code", f.code},
                        {"message", f.message},
                        {"help", f.help}}
                       .dump()
                << '\n';
    }
  } else {
    for (const auto& f : findings) {
      fmt::print("{}[{}]: {}: {}\n", f.isError ? "error" : "warning", f.code, loaded.asset.id, f.message);
      if (!f.help.empty()) fmt::print("  help: {}\n", f.help);
    }
    if (!hasErrors) {
      fmt::print("{}: {}, {} triangles, fit for use\n", loaded.asset.id,
                 sizeText(content::boundsOf(loaded.model, loaded.content)),
                 content::triangleCount(loaded.model, loaded.content));
    }
  }
  return hasErrors ? ExitCode::kDiagnostics : ExitCode::kOk;
}

ExitCode assetMeasure(const AssetArguments& arguments) {
  const Loaded loaded = load(arguments);
  if (arguments.json) {
    std::cout << toJson(loaded).dump(2) << '\n';
    return ExitCode::kOk;
  }
  const content::Bounds bounds = content::boundsOf(loaded.model, loaded.content);
  const glm::dvec3 size = bounds.size();
  const glm::dvec3 centre = bounds.centre();
  fmt::print("{} ({}): {} triangles\n", loaded.asset.id, classInfo(loaded.asset.semantic).name,
             content::triangleCount(loaded.model, loaded.content));
  fmt::print("  box: {{size: [{:.3f} m, {:.3f} m, {:.3f} m], centre: [{:.3f} m, {:.3f} m, {:.3f} m]}}\n", size.x,
             size.y, size.z, centre.x, centre.y, centre.z);
  if (!loaded.asset.mesh) return ExitCode::kOk;
  const content::ImportReport& r = loaded.report;
  fmt::print("  file: {}, {:.4g} x {:.4g} x {:.4g} units of {:.6g} m, {} nodes\n", r.format, r.fileSize.x, r.fileSize.y,
             r.fileSize.z, r.scale, r.nodes.size());
  for (const std::string& node : r.nodes) fmt::print("  node {}\n", node);
  for (const auto& clip : r.clips) fmt::print("  clip {}, {:.3f} s\n", clip.name, clip.duration_s);
  for (const auto& m : r.materials) {
    fmt::print("  material {}{}: {}, {} triangles, reflects {:.2f} {:.2f} {:.2f} | {:.2f} {:.2f}{}\n", m.fileName,
               m.picture.empty() ? "" : " [" + m.picture + "]", m.ours.empty() ? content::nameOf(m.kind) : m.ours,
               m.triangles, m.reflectance[0], m.reflectance[1], m.reflectance[2], m.reflectance[3], m.reflectance[4],
               m.hasHoles ? ", with holes" : "");
  }
  return ExitCode::kOk;
}

ExitCode assetView(const AssetArguments& arguments) {
  Loaded loaded = load(arguments);
  const content::Bounds bounds = content::boundsOf(loaded.model, loaded.content);
  std::vector<std::string> text{loaded.asset.id,
                                std::string(classInfo(loaded.asset.semantic).name),
                                sizeText(bounds),
                                fmt::format("{} triangles", content::triangleCount(loaded.model, loaded.content)),
                                "floor: grid of 1 m, x red, y green",
                                ""};
  for (const auto& f : findingsOf(loaded)) text.push_back(fmt::format("{} {}", f.code, f.message).substr(0, 62));
  if (text.size() > 17) text.resize(17);
  Machine machine(arguments.device);
  const record::Image sheet =
      drawTurntable(machine, trace::tracerKindFromName(arguments.device.tracer), loaded.content, loaded.model, text);
  writeFileAtomically(arguments.out, record::encodePng(sheet));
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
