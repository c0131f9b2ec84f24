#include <fmt/format.h>

#include <cmath>

#include "engine/config/descriptor.hpp"
#include "engine/core/transform.hpp"
#include "engine/scenario/language.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr double kDefaultRate_hz = 10;

const Descriptor<ImageFile>& imageDescriptor() {
  static const auto d =
      Descriptor<ImageFile>("image", "What a camera delivers.")
          .optional("width", &ImageFile::width, whole<uint32_t>(16, 8192), "pixels")
          .optional("height", &ImageFile::height, whole<uint32_t>(16, 8192), "pixels")
          .optional("samples", &ImageFile::samples, whole<uint32_t>(1, 4096), "rays a pixel")
          .optional("encoding", &ImageFile::encoding,
                    choice<ImageEncoding>({{"jpeg", ImageEncoding::kJpeg}, {"png", ImageEncoding::kPng}}),
                    "of the file")
          .optional("quality", &ImageFile::quality, whole<uint32_t>(1, 100), "of JPEG")
          .optional("filter", &ImageFile::filter, boolean(),
                    "false: indirect light is not smoothed, each pixel has its own bounce ray");
  return d;
}

const Descriptor<LensFile>& lensDescriptor() {
  const Codec<double> coefficient = number({-100, 100});
  static const auto d =
      Descriptor<LensFile>("lens",
                           "OpenCV's pinhole with Brown-Conrady distortion; (0, 0) is the first pixel's centre.")
          .optional("fov", &LensFile::fov_rad, quantity(Dimension::kAngle, {0.01, 3.0}),
                    "horizontal field of view of the undistorted image, in place of fx")
          .optional("fx", &LensFile::fx, number({1, 1e6}), "focal length, pixels")
          .optional("fy", &LensFile::fy, number({1, 1e6}), "none: fx")
          .optional("cx", &LensFile::cx, number({-8192, 16384}), "principal point, pixels; none: the middle")
          .optional("cy", &LensFile::cy, number({-8192, 16384}), "none: the middle")
          .optional("k1", &LensFile::k1, coefficient, "radial, of r^2")
          .optional("k2", &LensFile::k2, coefficient, "radial, of r^4")
          .optional("p1", &LensFile::p1, coefficient, "tangential")
          .optional("p2", &LensFile::p2, coefficient, "tangential")
          .optional("k3", &LensFile::k3, coefficient, "radial, of r^6")
          .optional("f_number", &LensFile::fNumber, number({0.5, 64}), "focal length over aperture")
          .optional("vignetting", &LensFile::vignetting, number({0, 1}), "0 none, 1 the fourth power of the cosine")
          .optional("softness", &LensFile::softness, number({0, 0.9}),
                    "share of a pixel's light spread over its neighbours")
          .optional("glare", &LensFile::glare, number({0, 0.5}), "share of all light scattered widely");
  return d;
}

Codec<double> exposureCodec() {
  return quantity(Dimension::kTime, {1e-6, 10});
}
Codec<double> isoCodec() {
  return number({1, 1e6});
}

const Descriptor<ShutterFile>& shutterDescriptor() {
  static const auto d =
      Descriptor<ShutterFile>("shutter", "When and how long the rows look.")
          .optional("mode", &ShutterFile::mode,
                    choice<ExposureMode>({{"metered", ExposureMode::kMetered}, {"fixed", ExposureMode::kFixed}}),
                    "metered: exposure and gain follow what the frames before saw")
          .optional("exposure", &ShutterFile::exposure_s, exposureCodec(), "fixed, or the longest")
          .optional("readout", &ShutterFile::readout_s, quantity(Dimension::kTime, {0, 10}),
                    "from the first row to one past the last; 0: global shutter")
          .optional("iso", &ShutterFile::iso, isoCodec(), "fixed, or the base")
          .optional("max_iso", &ShutterFile::maxIso, number({1, 1e6}), "the greatest that metering may choose")
          .optional("bias", &ShutterFile::bias_ev, number({-10, 10}), "stops brighter (+) than metered");
  return d;
}

const Descriptor<TruthPlanes>& truthDescriptor() {
  static const auto d =
      Descriptor<TruthPlanes>("truth", "Planes of ground truth beside the image; boxes and visibility always are.")
          .optional("depth", &TruthPlanes::depth, boolean(), "along the optical axis, m")
          .optional("semantic", &TruthPlanes::semantic, boolean(), "class ids")
          .optional("instance", &TruthPlanes::instance, boolean(), "object ids")
          .optional("normals", &TruthPlanes::normals, boolean(), "world axes")
          .optional("flow", &TruthPlanes::flow, boolean(), "to the next frame, with its occlusion");
  return d;
}

}  // namespace

const Descriptor<CameraFile>& cameraDescriptor() {
  static const auto d =
      Descriptor<CameraFile>("camera", "A camera.")
          .required("kind", &CameraFile::kind, choice<SensorKind>({{"camera", SensorKind::kCamera}}), "what it is")
          .required("mount", &CameraFile::mount, object(mountDescriptor()), "where it sits; it looks along its x axis")
          .optional("rate", &CameraFile::rate_hz, quantity(Dimension::kFrequency, {0.1, 1000}),
                    "frames per second; none: 10 Hz")
          .optional("noise", &CameraFile::noise, boolean(), "photon and read noise")
          .required("lens", &CameraFile::lens, object(lensDescriptor()), "its optics")
          .optional("image", &CameraFile::image, object(imageDescriptor()), "what it delivers")
          .optional("shutter", &CameraFile::shutter, object(shutterDescriptor()), "when it looks")
          .optional("truth", &CameraFile::truth, object(truthDescriptor()), "what is written beside the image");
  return d;
}

const Descriptor<CameraFile>& cameraOverrideDescriptor() {
  static const auto d = [] {
    auto fields = cameraDescriptor().partial("override of a camera", "What differs from the rig's camera.", {"kind"});
    fields.optional("exposure", &CameraFile::exposure_s, exposureCodec(), "short for the shutter's")
        .optional("iso", &CameraFile::iso, isoCodec(), "short for the shutter's")
        .check([](CameraFile& camera, const Node& node, ReadContext& context) {
          const Node* shutter = node.find("shutter");
          for (const char* key : {"exposure", "iso"}) {
            const Node* shortly = node.find(key);
            if (shortly == nullptr || shutter == nullptr || shutter->find(key) == nullptr) continue;
            context.diagnostics
                .error("E0214", shortly->keyPlace(), fmt::format("'{}' and the shutter's '{}' are the same", key, key))
                .withHelp("leave one of them out");
            return false;
          }
          if (camera.exposure_s) camera.shutter.exposure_s = *camera.exposure_s;
          if (camera.iso) camera.shutter.iso = *camera.iso;
          camera.exposure_s.reset();
          camera.iso.reset();
          // A field of view takes the focal lengths' place, and the other way round.
          const Node* lens = node.find("lens");
          const bool hasFov = lens != nullptr && lens->find("fov") != nullptr;
          const bool hasFx = lens != nullptr && lens->find("fx") != nullptr;
          if (hasFov && !hasFx) camera.lens.fx.reset(), camera.lens.fy.reset();
          if (hasFx && !hasFov) camera.lens.fov_rad.reset();
          return true;
        });
    return fields;
  }();
  return d;
}

namespace {

/// Under which key the exposure was given last.
const char* shutterKey(const SensorFile& file) {
  for (auto layer = file.overrides.rbegin(); layer != file.overrides.rend(); ++layer) {
    if ((*layer)->find("exposure") != nullptr) return "exposure";
    if ((*layer)->find("shutter") != nullptr) return "shutter";
  }
  return "shutter";
}

/// Focal lengths are in pixels: another image size alone is another field of view.
void warnOfResizing(const SensorFile& file, Diagnostics& diagnostics) {
  const CameraFile& camera = *file.camera;
  if (camera.lens.fov_rad) return;
  bool isLensGiven = false;
  for (auto layer = file.overrides.rbegin(); layer != file.overrides.rend(); ++layer) {
    isLensGiven = isLensGiven || (*layer)->find("lens") != nullptr;
    const Node* image = (*layer)->find("image");
    const Node* size = image == nullptr                  ? nullptr
                       : image->find("width") != nullptr ? image->find("width")
                                                         : image->find("height");
    if (size == nullptr || isLensGiven) continue;
    diagnostics.lint("L0211", size->keyPlace(), "the image has another size, and the lens its focal length in pixels")
        .withHelp("the field of view changes with it: override `lens: {fx: …}` or `lens: {fov: …}` too");
    return;
  }
}

}  // namespace

std::optional<CameraSpec> cameraSpec(const SensorFile& file, const Place& place, Diagnostics& diagnostics) {
  const CameraFile& camera = *file.camera;
  const auto refuse = [&](const char* group, const std::string& message, const std::string& help) {
    const Node* node = file.find(group);
    diagnostics.error("E0214", node != nullptr ? node->keyPlace() : place, message).withHelp(help);
    return std::nullopt;
  };
  warnOfResizing(file, diagnostics);
  if (camera.lens.fov_rad.has_value() == camera.lens.fx.has_value()) {
    return refuse("lens", "the lens needs one of `fov` and `fx`",
                  "write `fx: 1000` from a calibration, or `fov: 60 deg`");
  }
  CameraSpec spec;
  spec.width = camera.image.width;
  spec.height = camera.image.height;
  spec.samplesPerPixel = camera.image.samples;
  spec.encoding = camera.image.encoding;
  spec.jpegQuality = static_cast<int>(camera.image.quality);
  spec.filterIndirect = camera.image.filter;
  spec.fx = camera.lens.fx ? *camera.lens.fx : 0.5 * spec.width / std::tan(0.5 * *camera.lens.fov_rad);
  spec.fy = camera.lens.fy.value_or(spec.fx);
  spec.cx = camera.lens.cx.value_or(0.5 * (spec.width - 1.0));
  spec.cy = camera.lens.cy.value_or(0.5 * (spec.height - 1.0));
  spec.k1 = camera.lens.k1;
  spec.k2 = camera.lens.k2;
  spec.p1 = camera.lens.p1;
  spec.p2 = camera.lens.p2;
  spec.k3 = camera.lens.k3;
  spec.fNumber = camera.lens.fNumber;
  spec.vignetting = camera.lens.vignetting;
  spec.softness = camera.lens.softness;
  spec.glare = camera.lens.glare;
  spec.frameRate_hz = file.rate_hz.value_or(kDefaultRate_hz);
  spec.exposure = camera.shutter.mode;
  spec.exposureTime_s = camera.shutter.exposure_s;
  spec.readoutTime_s = camera.shutter.readout_s;
  spec.iso = camera.shutter.iso;
  spec.maxIso = camera.shutter.maxIso;
  spec.exposureBias_ev = camera.shutter.bias_ev;
  spec.noise = file.noise;
  spec.truth = camera.truth;
  if (spec.exposureTime_s + spec.readoutTime_s > 1 / spec.frameRate_hz) {
    return refuse(shutterKey(file),
                  fmt::format("exposure and readout take {} s, longer than a frame at {} Hz",
                              formatNumber(spec.exposureTime_s + spec.readoutTime_s), formatNumber(spec.frameRate_hz)),
                  "shorten them, or lower the rate");
  }
  return spec;
}

}  // namespace nightfog::scenario
