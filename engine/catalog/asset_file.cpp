#include "engine/catalog/asset_file.hpp"

namespace nightfog::catalog {
namespace {

using namespace config;

const Descriptor<BoxEntry>& boxDescriptor() {
  static const auto d =
      Descriptor<BoxEntry>("box", "The asset's bounds at rest, in its own frame.")
          .required("size", &BoxEntry::size, vec3(Dimension::kLength, {1e-4, 1e4}), "length, width, height")
          .required("centre", &BoxEntry::centre, vec3(Dimension::kLength, {-1e4, 1e4}),
                    "of the box, from the asset's origin");
  return d;
}

const Descriptor<WheelInfo>& wheelDescriptor() {
  static const auto d =
      Descriptor<WheelInfo>("wheel", "A wheel of a vehicle.")
          .required("part", &WheelInfo::part, identifier(true, "a part's name"), "the part that turns")
          .required("centre", &WheelInfo::centre, vec3(Dimension::kLength, {-100, 100}),
                    "of the axle, in the vehicle's frame")
          .required("radius", &WheelInfo::radius_m, quantity(Dimension::kLength, {0.01, 5}), "of the tyre")
          .optional("steered", &WheelInfo::isSteered, boolean(), "does it steer");
  return d;
}

const Descriptor<RootEntry>& rootDescriptor() {
  static const auto d = Descriptor<RootEntry>("root", "A folder outside the pack from which its meshes come.")
                            .required("folder", &RootEntry::folder, located(text()), "from the system's root")
                            .required("package", &RootEntry::package, text(), "the Debian package that brings it");
  return d;
}

Codec<FileAxis> fileAxis() {
  return choice<FileAxis>({{"+x", FileAxis::kPlusX},
                           {"-x", FileAxis::kMinusX},
                           {"+y", FileAxis::kPlusY},
                           {"-y", FileAxis::kMinusY},
                           {"+z", FileAxis::kPlusZ},
                           {"-z", FileAxis::kMinusZ}});
}

const Descriptor<AxesEntry>& axesDescriptor() {
  static const auto d = Descriptor<AxesEntry>("axes", "Which of the file's axes point where.")
                            .required("forward", &AxesEntry::forward, fileAxis(), "where the thing looks")
                            .required("up", &AxesEntry::up, fileAxis(), "away from the ground");
  return d;
}

const Descriptor<PartMatch>& partMatchDescriptor() {
  static const auto d =
      Descriptor<PartMatch>("part match", "Nodes of the file that belong to a part.")
          .required("match", &PartMatch::match, text(), "the node's name; * any text, ? any letter")
          .required("part", &PartMatch::part, identifier(true, "a part's name"), "one of the asset's parts");
  return d;
}

const Descriptor<MaterialMatch>& materialMatchDescriptor() {
  static const auto d = Descriptor<MaterialMatch>("material match", "Materials of the file that become one of ours.")
                            .required("match", &MaterialMatch::match, text(),
                                      "the material's name or its picture's; * any text, ? any letter")
                            .required("material", &MaterialMatch::material, identifier(true, "a material's name"),
                                      "of assets/materials.yaml");
  return d;
}

const Descriptor<WheelFill>& wheelFillDescriptor() {
  static const auto d =
      Descriptor<WheelFill>("wheel fill", "Wheels of ours where the file has none.")
          .required("width", &WheelFill::width_m, quantity(Dimension::kLength, {0.02, 2}), "of the tyre")
          .required("rim_radius", &WheelFill::rimRadius_m, quantity(Dimension::kLength, {0.02, 2}), "of the rim");
  return d;
}

const Descriptor<ClipSource>& clipDescriptor() {
  static const auto d =
      Descriptor<ClipSource>("animation", "A clip of the file that moves the asset over and over.")
          .optional("clip", &ClipSource::match, text(), "its name; * any text, ? any letter; absent: the first")
          .optional("samples", &ClipSource::samples, number<uint32_t>({2, 240}), "poses of the cycle that are kept")
          .optional("stride", &ClipSource::stride_m, quantity(Dimension::kLength, {0.01, 1000}),
                    "distance travelled in a cycle; absent: it plays by time");
  return d;
}

const Descriptor<MeshEntry>& meshDescriptor() {
  static const auto d =
      Descriptor<MeshEntry>("mesh", "A mesh file, and what makes its axes, size and materials ours.")
          .optional("root", &MeshEntry::root, located(identifier(false, "a root's name")),
                    "one of the file's `roots`; absent: this file's folder")
          .required("file", &MeshEntry::file, located(text()), "below the root")
          .required("axes", &MeshEntry::axes, object(axesDescriptor()), "which of the file's axes point where")
          .optional("scale", &MeshEntry::scale, number({1e-6, 1e6}), "metres in a unit of the file")
          .optional("true_length", &MeshEntry::trueLength_m, quantity(Dimension::kLength, {1e-3, 1e4}),
                    "along x of what is left in; instead of scale")
          .optional("offset", &MeshEntry::offset, vec3(Dimension::kLength, {-1e4, 1e4}),
                    "of the file's origin in the asset's frame; absent: the mesh is centred in the asset's box")
          .optional("ground_offset", &MeshEntry::groundOffset_m, quantity(Dimension::kLength, {-10, 100}),
                    "of the lowest point above the ground, without offset")
          .optional(
              "faces", &MeshEntry::faces,
              choice<FaceSides>(
                  {{"as_is", FaceSides::kAsIs}, {"flipped", FaceSides::kFlipped}, {"outward", FaceSides::kOutward}}),
              "outward: pieces seen from behind are turned")
          .optional("leave_out", &MeshEntry::leaveOut, listOf(text(), 0, 256), "nodes by name, with what hangs on them")
          .optional("parts", &MeshEntry::parts, listOf(object(partMatchDescriptor()), 0, 256),
                    "which nodes are which part; the rest is the body")
          .optional("materials", &MeshEntry::materials, listOf(object(materialMatchDescriptor()), 0, 256),
                    "which materials of the file become ours; the rest follows the rule of bands")
          .optional("wheels", &MeshEntry::wheels, object(wheelFillDescriptor()),
                    "wheels of ours for wheel parts that the file does not hold")
          .optional("animation", &MeshEntry::animation, object(clipDescriptor()),
                    "what moves it; absent: it stands as the file's nodes rest");
  return d;
}

/// A number in whatever unit the builder's parameter has.
Codec<double> anyQuantity() {
  return custom<double>(
      "a number with its unit",
      [](const Node& node, double& out, ReadContext& context) {
        const std::optional<Quantity> quantity = readAnyQuantity(node, context.diagnostics);
        if (quantity) out = quantity->si;
        return quantity.has_value();
      },
      [](const double& value) { return YamlValue::raw(formatNumber(value)); });
}

/// The entry's member as a member of what derives from it, which templates do not see by themselves.
template <class T, class M>
M T::*in(M AssetEntry::*member) {
  return member;
}

template <class T>
Descriptor<T>& addFields(Descriptor<T>& d) {
  return d.optional("title", in<T>(&AssetEntry::title), text(), "what people call it")
      .optional("class", in<T>(&AssetEntry::semantic), located(identifier(true, "a class of the taxonomy")),
                "its class in labels")
      .optional("builder", in<T>(&AssetEntry::builder), identifier(true, "a procedural builder"),
                "what makes its geometry")
      .optional("mesh", in<T>(&AssetEntry::mesh), located(object(meshDescriptor())), "a file that holds its geometry")
      .optional("box", in<T>(&AssetEntry::box), object(boxDescriptor()), "its bounds at rest")
      .optional("mass", in<T>(&AssetEntry::mass_kg), quantity(Dimension::kMass, {1e-3, 1e6}), "mass")
      .optional("friction", in<T>(&AssetEntry::friction), quantity(Dimension::kRatio, {0, 10}),
                "Coulomb friction of its surface")
      .optional("restitution", in<T>(&AssetEntry::restitution), quantity(Dimension::kRatio, {0, 1}),
                "how much it bounces")
      .optional("centre_of_mass", in<T>(&AssetEntry::centreOfMass), vec3(Dimension::kLength, {-100, 100}),
                "in its own frame; absent: the box's centre")
      .optional("wheels", in<T>(&AssetEntry::wheels), listOf(object(wheelDescriptor()), 0, 64), "those of a vehicle")
      .optional("parts", in<T>(&AssetEntry::parts), listOf(identifier(true, "a part's name"), 1, 256),
                "its rigid pieces; the first is the body")
      .optional("parameters", in<T>(&AssetEntry::parameters), dictOf(anyQuantity(), 64), "numbers for the builder")
      .optional("materials", in<T>(&AssetEntry::materials), dictOf(identifier(true, "a material's name"), 64),
                "materials for the builder's slots")
      .optional("licence", in<T>(&AssetEntry::licence), text(), "SPDX identifier")
      .optional("origin", in<T>(&AssetEntry::origin), text(), "who made it, from what");
}

const Descriptor<AssetEntry>& assetDescriptor() {
  static const auto d = [] {
    Descriptor<AssetEntry> entry("asset", "One asset; what it leaves out is its family's.");
    addFields(entry);
    return entry;
  }();
  return d;
}

}  // namespace

const Descriptor<AssetFamily>& assetFamilyDescriptor() {
  static const auto d = [] {
    Descriptor<AssetFamily> family("asset family", "Assets that share most of their values.");
    family.header("asset/1");
    addFields(family);
    family.optional("roots", &AssetFamily::roots, mapOf(object(rootDescriptor()), 16),
                    "folders outside this one that meshes come from");
    family.required("assets", &AssetFamily::assets, mapOf(located(object(assetDescriptor())), 1000),
                    "the assets by id, with what is their own");
    return family;
  }();
  return d;
}

}  // namespace nightfog::catalog
