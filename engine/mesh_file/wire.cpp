#include "engine/mesh_file/wire.hpp"

#include <fmt/format.h>

#include <cstring>
#include <type_traits>

namespace nightfog::mesh_file {
namespace {

constexpr std::string_view kBegin = "nightfog mesh 2\n";
constexpr std::string_view kEnd = "\nend of mesh\n";
static_assert(sizeof(BoneWeight) == 8 && sizeof(VectorKey) == 32 && sizeof(RotationKey) == 40);
static_assert(sizeof(glm::vec3) == 12 && sizeof(glm::vec2) == 8 && sizeof(glm::uvec3) == 12);

[[noreturn]] void refuse(const std::string& why) {
  throw MeshFileError(fmt::format("the mesh reader's answer makes no sense: {}", why),
                      "The file may be made to mislead; export it again from the program it was made with.");
}

class Writer {
 public:
  std::string bytes{kBegin};

  template <class T>
  void value(const T& v) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes.append(reinterpret_cast<const char*>(&v), sizeof(T));
  }
  void flag(bool v) { value(static_cast<uint8_t>(v)); }
  void text(std::string_view s) {
    value(static_cast<uint64_t>(s.size()));
    bytes.append(s);
  }
  template <class T>
  void array(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    value(static_cast<uint64_t>(values.size()));
    if (!values.empty()) bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  template <class T>
  void list(const std::vector<T>& values) {
    value(static_cast<uint64_t>(values.size()));
    for (const T& v : values) fields(*this, v, static_cast<T*>(nullptr));
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) { mark(kBegin); }

  void mark(std::string_view expected) {
    if (take(expected.size()) != expected) refuse("a mark is missing");
  }
  template <class T>
  void value(T& v) {
    std::memcpy(&v, take(sizeof(T)).data(), sizeof(T));
  }
  void flag(bool& v) {
    uint8_t byte = 0;
    value(byte);
    v = byte != 0;
  }
  void text(std::string& s) { s = std::string(take(count(1))); }
  template <class T>
  void array(std::vector<T>& values) {
    const size_t n = count(sizeof(T));
    values.resize(n);
    const std::string_view from = take(n * sizeof(T));
    if (n != 0) std::memcpy(values.data(), from.data(), from.size());
  }
  template <class T>
  void list(std::vector<T>& values) {
    values.resize(count(16));  // each has at least two counts or as many numbers
    for (T& v : values) fields(*this, v, static_cast<T*>(nullptr));
  }
  /// How many of something follow, each of at least `leastBytes`.
  size_t count(size_t leastBytes) {
    uint64_t n = 0;
    value(n);
    if (n > bytes_.size() / leastBytes) refuse("a count exceeds what follows");
    return static_cast<size_t>(n);
  }
  bool isAtEnd() const { return bytes_.empty(); }

 private:
  std::string_view take(size_t n) {
    if (n > bytes_.size()) refuse("it ends too early");
    const std::string_view taken = bytes_.substr(0, n);
    bytes_.remove_prefix(n);
    return taken;
  }
  std::string_view bytes_;
};

// One function per struct serves both directions, so that they cannot drift apart.
template <class Stream, class T>
void fields(Stream& s, T& m, FileMaterial*) {
  s.text(m.name);
  s.text(m.texture);
  s.value(m.baseColour);
  s.value(m.opacity);
  s.value(m.metallic);
  s.value(m.roughness);
  s.value(m.shininess);
  s.value(m.emission);
  s.value(m.alphaMode);
  s.value(m.alphaCutoff);
  s.value(m.baseImage);
  s.flag(m.isTwoSided);
}
template <class Stream, class T>
void fields(Stream& s, T& m, FileMesh*) {
  s.text(m.name);
  s.value(m.material);
  s.array(m.positions);
  s.array(m.normals);
  s.array(m.uvs);
  s.array(m.triangles);
  s.list(m.bones);
}
template <class Stream, class T>
void fields(Stream& s, T& b, FileBone*) {
  s.value(b.node);
  s.value(b.boneFromMesh);
  s.array(b.weights);
}
template <class Stream, class T>
void fields(Stream& s, T& c, FileChannel*) {
  s.value(c.node);
  s.array(c.translations);
  s.array(c.rotations);
  s.array(c.scales);
}
template <class Stream, class T>
void fields(Stream& s, T& c, FileClip*) {
  s.text(c.name);
  s.value(c.duration_s);
  s.list(c.channels);
}
template <class Stream, class T>
void fields(Stream& s, T& n, FileNode*) {
  s.text(n.name);
  s.value(n.parent);
  s.value(n.parentFromNode);
  s.array(n.meshes);
}
template <class Stream, class T>
void fields(Stream& s, T& i, Image*) {
  s.text(i.name);
  s.value(i.width);
  s.value(i.height);
  s.array(i.texels);
}

void writeTexts(Writer& writer, const std::vector<std::string>& texts) {
  writer.value(static_cast<uint64_t>(texts.size()));
  for (const std::string& text : texts) writer.text(text);
}
void readTexts(Reader& reader, std::vector<std::string>& texts) {
  texts.resize(reader.count(8));
  for (std::string& text : texts) reader.text(text);
}

void checkMesh(const FileMesh& mesh, size_t materials, size_t nodes) {
  const size_t vertices = mesh.positions.size();
  if (mesh.material >= materials) refuse("a mesh names a material that is not there");
  if (mesh.normals.size() != vertices) refuse("normals do not match positions");
  if (!mesh.uvs.empty() && mesh.uvs.size() != vertices) refuse("texture coordinates do not match positions");
  for (const glm::uvec3& t : mesh.triangles) {
    if (t.x >= vertices || t.y >= vertices || t.z >= vertices) refuse("a triangle names a vertex that is not there");
  }
  for (const FileBone& bone : mesh.bones) {
    if (bone.node >= nodes) refuse("a bone names a node that is not there");
    for (const BoneWeight& weight : bone.weights) {
      if (weight.vertex >= vertices) refuse("a bone names a vertex that is not there");
    }
  }
}

void check(const MeshFile& file, const Limits& limits) {
  if (file.nodes.size() > limits.nodes) refuse("too many nodes");
  if (file.images.size() > limits.images) refuse("too many images");
  if (file.triangleCount() > limits.triangles) refuse("too many triangles");
  for (const FileMesh& mesh : file.meshes) checkMesh(mesh, file.materials.size(), file.nodes.size());
  for (size_t i = 0; i < file.nodes.size(); ++i) {
    const FileNode& node = file.nodes[i];
    if (i != 0 && node.parent >= i) refuse("a node comes before its parent");
    for (const uint32_t mesh : node.meshes) {
      if (mesh >= file.meshes.size()) refuse("a node names a mesh that is not there");
    }
  }
  for (const FileMaterial& material : file.materials) {
    if (material.baseImage != kNoImage && material.baseImage >= file.images.size()) refuse("an image is not there");
    if (material.alphaMode > AlphaMode::kUnknown) refuse("an alpha mode that does not exist");
  }
  for (const FileClip& clip : file.clips) {
    for (const FileChannel& channel : clip.channels) {
      if (channel.node >= file.nodes.size()) refuse("a clip moves a node that is not there");
    }
  }
  for (const Image& image : file.images) {
    if (image.width == 0 || image.height == 0 || image.width > limits.imageSize || image.height > limits.imageSize ||
        image.texels.size() != size_t{image.width} * image.height) {
      refuse("an image's size");
    }
  }
}

}  // namespace

size_t MeshFile::triangleCount() const {
  size_t count = 0;
  for (const FileMesh& mesh : meshes) count += mesh.triangles.size();
  return count;
}

std::string encode(const MeshFile& file) {
  Writer writer;
  writer.text(file.format);
  writer.list(file.nodes);
  writer.list(file.meshes);
  writer.list(file.materials);
  writer.list(file.images);
  writer.list(file.clips);
  writeTexts(writer, file.missingTextures);
  writeTexts(writer, file.warnings);
  writer.bytes += kEnd;
  return std::move(writer.bytes);
}

MeshFile decode(std::string_view bytes, const Limits& limits) {
  Reader reader(bytes);
  MeshFile file;
  reader.text(file.format);
  reader.list(file.nodes);
  reader.list(file.meshes);
  reader.list(file.materials);
  reader.list(file.images);
  reader.list(file.clips);
  readTexts(reader, file.missingTextures);
  readTexts(reader, file.warnings);
  reader.mark(kEnd);
  if (!reader.isAtEnd()) refuse("something follows its end");
  check(file, limits);
  return file;
}

}  // namespace nightfog::mesh_file
