// Assimp 5.2 composes a node of glTF 1 in the wrong order: rotation · scale · translation, where the format (glTF 1.0,
// "Transforms") wants translation · rotation · scale; nodes that state a matrix are right. Which nodes are which only
// the file's own JSON says.
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/mesh_file/reader/scene_reader.hpp"

namespace nightfog::mesh_file {
namespace {

nlohmann::json parse(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  constexpr size_t kBinaryHead = 20;  // magic, version, length, length and format of the JSON that follows
  if (text.starts_with("glTF") && text.size() > kBinaryHead) {
    const auto byte = [&text](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
    text = text.substr(kBinaryHead, byte(12) | byte(13) << 8 | byte(14) << 16 | byte(15) << 24);
  }
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace

void mendGltf1Nodes(const std::filesystem::path& file, MeshFile& out) {
  const nlohmann::json json = parse(file);
  if (!json.is_object() || !json.contains("nodes") || !json["nodes"].is_object()) return;
  for (FileNode& node : out.nodes) {
    const auto found = json["nodes"].find(node.name);
    if (found == json["nodes"].end() || !found->is_object() || found->contains("matrix")) continue;
    const glm::dmat3 linear(node.parentFromNode);
    if (std::abs(glm::determinant(linear)) < 1e-12) continue;
    node.parentFromNode[3] = glm::dvec4(glm::inverse(linear) * glm::dvec3(node.parentFromNode[3]), 1.0);
  }
}

}  // namespace nightfog::mesh_file
