// Each plane of ground truth against a second way of computing it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/shared/camera.h"
#include "lab.hpp"
#include "sensors/camera/lens.hpp"

using namespace nightfog;
using namespace nightfog::cameralab;
using record::FlowState;

namespace {

/// Ray of a pixel's centre in the sensor's axes, in doubles, no distortion.
glm::dvec3 pixelRay(const scenario::CameraSpec& spec, double u, double v) {
  return glm::normalize(glm::dvec3(1, -(u - spec.cx) / spec.fx, -(v - spec.cy) / spec.fy));
}

}  // namespace

TEST_CASE("Depth is along the optical axis: constant on a plate that faces the camera, closed form on a slanted one") {
  Lab lab;
  lab.scenery(lab.plate(40, 40, lab.material({0.5f, 0.5f, 0.5f})), at(17.25, 0, 0));
  record::CameraImage image = lab.capture();
  for (const float depth : image.depth_m) CHECK(std::abs(depth - 17.25f) < 17.25f * 1e-6f);

  Lab slanted;
  const double yaw = 0.5;
  slanted.scenery(slanted.plate(200, 200, slanted.material({0.5f, 0.5f, 0.5f})),
                  RigidTransform::fromYawPitchRoll({12, 0, 0}, yaw));
  image = slanted.capture();
  const glm::dvec3 normal(std::cos(yaw), std::sin(yaw), 0);
  double worst = 0;
  for (uint32_t y = 0; y < image.height; ++y) {
    for (uint32_t x = 0; x < image.width; ++x) {
      const glm::dvec3 ray = pixelRay(slanted.spec, x, y);
      const double exact = 12 * normal.x / glm::dot(ray, normal) * ray.x;
      worst = std::max(worst, std::abs(image.depth_m[y * image.width + x] / exact - 1));
    }
  }
  CHECK(worst < 1e-5);
}

TEST_CASE("Normals and depth of a sphere are the sphere's") {
  Lab lab;
  const double radius = 2;
  const ObjectId ball = lab.object("ball", lab.sphere(radius, 160, lab.material({0.5f, 0.5f, 0.5f})),
                                   glm::dvec3(2 * radius), still(at(9, 0.4, -0.2)));
  const record::CameraImage image = lab.capture();
  const glm::dvec3 centre(9, 0.4, -0.2);
  int counted = 0;
  for (uint32_t y = 0; y < image.height; ++y) {
    for (uint32_t x = 0; x < image.width; ++x) {
      const size_t i = y * image.width + x;
      const glm::dvec3 ray = pixelRay(lab.spec, x, y);
      const double along = glm::dot(ray, centre);
      const double under = radius * radius - (glm::dot(centre, centre) - along * along);
      if (under < 0.15) {
        if (under < -0.01) CHECK(image.instance[i] == 0);
        continue;  // the silhouette of the polyhedron
      }
      ++counted;
      CHECK(image.instance[i] == ball.value);
      CHECK(image.semantic[i] == classes::kLabTarget.value);
      const double t = along - std::sqrt(under);
      // 160 rings: chords lie within r (1 - cos(pi / 320)) = 0.1 mm, more along a slanted ray.
      CHECK(std::abs(image.depth_m[i] - t * ray.x) < 0.003);
      const glm::dvec3 normal = (ray * t - centre) / radius;
      CHECK(glm::dot(normal, glm::dvec3(shared::decodeOctahedral(image.normals[i]))) > std::cos(0.02));
    }
  }
  CHECK(counted > 5000);
}

TEST_CASE("Flow carries every visible pixel to the same surface point in the next frame") {
  // Frame k's points, from depth; moved by the object's own motion; projected by the next frame's camera: doubles
  // throughout.
  Lab lab;
  lab.spec.truth.flow = true;
  lab.spec.readoutTime_s = 0.02;
  lab.spec.exposureTime_s = 0.004;
  lab.scenery(lab.plate(60, 40, lab.material({0.3f, 0.3f, 0.3f})), at(25, 0, 0));
  // Straight, uniform motions: poses between keys are exact.
  lab.carrier = [](double t) { return RigidTransform::fromYawPitchRoll({8 * t, 0.5 * t, 0}, 0.0); };
  const glm::dvec3 velocity(3, -6, 0);
  const ObjectId box =
      lab.object("box", lab.box({2, 2, 2}, lab.material({0.5f, 0.2f, 0.2f})), glm::dvec3(2),
                 [&](double t) { return RigidTransform::fromTranslation(glm::dvec3(12, 1, 0) + velocity * t); });
  const record::CameraImage image = lab.capture(1);
  const double rate = lab.spec.frameRate_hz;
  const auto rowTime = [&](double frame, double row) {
    return frame / rate + row * lab.spec.readoutTime_s / image.height + 0.5 * lab.spec.exposureTime_s;
  };
  double worst = 0;
  int moved = 0;
  for (uint32_t y = 0; y < image.height; ++y) {
    for (uint32_t x = 0; x < image.width; ++x) {
      const size_t i = y * image.width + x;
      REQUIRE(image.depth_m[i] > 0);
      if (image.flowState[i] == FlowState::kNone) continue;
      const double now = rowTime(1, y);
      const glm::dvec3 ray = pixelRay(lab.spec, x, y);
      glm::dvec3 point = lab.carrier(now) * (ray * (image.depth_m[i] / ray.x));
      const bool isBox = image.instance[i] == box.value;
      moved += isBox ? 1 : 0;
      // Brute force for the row: bisection on v - row(v).
      double low = -2000;
      double high = 3000;
      glm::dvec2 place(0);
      for (int k = 0; k < 60; ++k) {
        const double row = 0.5 * (low + high);
        const double then = rowTime(2, std::clamp(row, 0.0, image.height - 1.0));
        const glm::dvec3 seen =
            lab.carrier(then).inverse() * (point + (isBox ? velocity * (then - now) : glm::dvec3(0)));
        place = {lab.spec.cx - lab.spec.fx * seen.y / seen.x, lab.spec.cy - lab.spec.fy * seen.z / seen.x};
        (place.y > row ? low : high) = row;
      }
      worst = std::max(worst, glm::length(glm::dvec2(image.flow_px[i]) - (place - glm::dvec2(x, y))));
    }
  }
  CHECK(moved > 500);
  // 1e-3 px from float projection; a few 1e-4 m of depth in float at 25 m are another 1e-3.
  CHECK(worst < 5e-3);
}

TEST_CASE("What moves by bending is seen, and flows, as what moves as a whole") {
  const glm::dvec3 velocity(3, -6, 0);
  const glm::dvec3 start(12, 1, 0);
  const auto prepare = [](Lab& lab) {
    lab.spec.truth.flow = true;
    lab.spec.truth.normals = true;
    lab.spec.readoutTime_s = 0.02;
    lab.spec.exposureTime_s = 0.02;
    lab.scenery(lab.plate(60, 40, lab.material({0.3f, 0.3f, 0.3f})), at(25, 0, 0));
  };
  Lab rigid;
  prepare(rigid);
  rigid.object("ball", rigid.sphere(1, 24, rigid.material({0.5f, 0.2f, 0.2f})), glm::dvec3(2),
               [&](double t) { return RigidTransform::fromTranslation(start + velocity * t); });
  Lab bent;
  prepare(bent);
  // Four shapes, each where the ball is 50 ms after the one before.
  const MaterialId red = bent.material({0.5f, 0.2f, 0.2f});
  MeshId first;
  for (uint32_t k = 0; k < 4; ++k) {
    const MeshId shape = bent.sphere(1, 24, red);
    if (k == 0) first = shape;
    content::Mesh& mesh = bent.content.meshes[shape.value];
    for (glm::vec3& p : mesh.positions) p += glm::vec3(velocity * (0.05 * k));
    mesh.nextShape = MeshId(first.value + (k + 1) % 4);
  }
  bent.bendingObject(
      "ball", first, 4, [](double t) { return t / 0.05; }, glm::dvec3(2),
      still(RigidTransform::fromTranslation(start)));

  const record::CameraImage expected = rigid.capture();
  for (const trace::TracerKind tracer : {trace::TracerKind::kAuto, trace::TracerKind::kComputeBvh}) {
    for (const camera::KernelPlace place : {camera::KernelPlace::kAuto, camera::KernelPlace::kDevice}) {
      bent.tracer = tracer;
      bent.place = place;
      const record::CameraImage got = bent.capture();
      size_t onBall = 0;
      size_t otherSurface = 0;
      size_t otherLight = 0;
      double worstDepth = 0;
      double worstFlow = 0;
      double worstNormal = 0;
      for (size_t i = 0; i < got.instance.size(); ++i) {
        if (got.instance[i] != expected.instance[i]) {
          ++otherSurface;  // a ray within a rounding of the outline
          continue;
        }
        for (size_t c = 0; c < 3; ++c) otherLight += std::abs(got.rgb[3 * i + c] - expected.rgb[3 * i + c]) > 2 ? 1 : 0;
        if (got.instance[i] == 0) continue;
        ++onBall;
        worstDepth = std::max(worstDepth, std::abs(double(got.depth_m[i]) - double(expected.depth_m[i])));
        worstFlow = std::max(worstFlow, glm::length(glm::dvec2(got.flow_px[i] - expected.flow_px[i])));
        worstNormal = std::max(worstNormal, double(glm::distance(shared::decodeOctahedral(got.normals[i]),
                                                                 shared::decodeOctahedral(expected.normals[i]))));
      }
      CHECK(onBall > 1500);
      CHECK(otherSurface <= 4);
      CHECK(otherLight <= got.rgb.size() / 1000);
      CHECK(worstDepth < 1e-4);  // floats at 12 m, met at a slant
      CHECK(worstFlow < 5e-3);   // as in the case above
      CHECK(worstNormal < 1e-3);
    }
  }
}

TEST_CASE("Flow says which points the next frame hides and which leave the image") {
  Lab lab;
  lab.spec.truth.flow = true;
  lab.scenery(lab.plate(80, 60, lab.material({0.3f, 0.3f, 0.3f})), at(20, 0, 0));
  // A screen at 10 m that moves left by 1 m a frame (30 px): it comes to hide a strip of the wall.
  lab.object("screen", lab.plate(2, 2, lab.material({0.5f, 0.2f, 0.2f})), glm::dvec3(0.1, 2, 2),
             [](double t) { return at(10, -2 + 10 * t, 0); });
  const record::CameraImage image = lab.capture(0);
  uint32_t hidden = 0;
  for (uint32_t y = 0; y < image.height; ++y) {
    for (uint32_t x = 0; x < image.width; ++x) {
      const size_t i = y * image.width + x;
      // The wall does not move in the image; the screen covers 60 x 60 px around its centre, which moves from u = 219.5
      // to 189.5.
      const bool wasScreen = image.instance[i] != 0;
      const bool willBe = std::abs(x - 189.5) < 29.9 && std::abs(y - 119.5) < 29.9;
      const bool wontBe = std::abs(x - 189.5) > 30.1 || std::abs(y - 119.5) > 30.1;
      if (!wasScreen && willBe) CHECK(image.flowState[i] == FlowState::kOccluded);
      if (!wasScreen && wontBe) CHECK(image.flowState[i] == FlowState::kVisible);
      if (wasScreen) CHECK(image.flowState[i] == FlowState::kVisible);
      hidden += image.flowState[i] == FlowState::kOccluded ? 1 : 0;
    }
  }
  CHECK(std::abs(static_cast<int>(hidden) - 30 * 60) <= 62);
}

TEST_CASE("Boxes, visible and total pixels equal what removing the occluder shows") {
  Lab lab;
  lab.scenery(lab.plate(100, 100, lab.material({0.3f, 0.3f, 0.3f})), at(40, 0, 0));
  const ObjectId car =
      lab.object("car", lab.box({4, 2, 1.5}, lab.material({0.2f, 0.2f, 0.6f})), {4, 2, 1.5}, still(at(14, 0.3, -0.4)));
  const ObjectId van = lab.object("van", lab.box({3, 1.8, 2.4}, lab.material({0.7f, 0.7f, 0.7f})), {3, 1.8, 2.4},
                                  still(at(8, 1.1, -0.2)));
  const ObjectId gone = lab.object("hidden", lab.box({0.4, 0.4, 0.4}, lab.material({0.7f, 0.1f, 0.1f})),
                                   glm::dvec3(0.4), still(at(13, 1.9, -0.2)));
  const record::CameraImage with = lab.capture();
  lab.removeObject(van);
  lab.removeObject(gone);
  const record::CameraImage without = lab.capture();
  const auto boxOf = [](const record::CameraImage& image, ObjectId id, uint32_t& count) {
    record::PixelBox box{1e9f, 1e9f, -1e9f, -1e9f};
    count = 0;
    for (uint32_t i = 0; i < image.instance.size(); ++i) {
      if (image.instance[i] != id.value) continue;
      ++count;
      const auto x = static_cast<float>(i % image.width);
      const auto y = static_cast<float>(i / image.width);
      box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x + 1), std::max(box.bottom, y + 1)};
    }
    return box;
  };
  const auto find = [](const record::CameraImage& image, ObjectId id) -> const record::CameraObjectVisibility& {
    return *std::find_if(image.visibility.begin(), image.visibility.end(),
                         [&](const auto& v) { return v.object == id; });
  };
  uint32_t visible = 0;
  uint32_t total = 0;
  const record::PixelBox modal = boxOf(with, car, visible);
  const record::PixelBox amodal = boxOf(without, car, total);
  const record::CameraObjectVisibility& seen = find(with, car);
  CHECK(seen.visiblePixels == visible);
  CHECK(seen.totalPixels == total);
  CHECK(visible < total);
  CHECK(seen.occluder == van);
  CHECK(seen.occludedPixels == total - visible);
  for (const auto& [box, exact] : {std::pair{seen.modalBox, modal}, std::pair{seen.amodalBox, amodal}}) {
    CHECK(box.left == exact.left);
    CHECK(box.top == exact.top);
    CHECK(box.right == exact.right);
    CHECK(box.bottom == exact.bottom);
  }
  CHECK(seen.truncation == 0);
  CHECK(find(with, gone).visiblePixels == 0);
  CHECK(find(with, gone).totalPixels > 20);
  CHECK(find(with, gone).modalBox.isEmpty());
  // The projection of the 3D box encloses the silhouette within a pixel, and here its front face is the silhouette's
  // whole width.
  CHECK(std::abs(seen.projectedBox.left - amodal.left) <= 1.0f);
  CHECK(std::abs(seen.projectedBox.right - amodal.right) <= 1.0f);
}

TEST_CASE("An object half outside the image is half truncated, one behind the camera not seen at all") {
  Lab lab;
  // At 10 m the image is 10.67 m wide: the plate's middle lies on the left edge.
  const double edge = 160.0 / 300 * 10;
  lab.object("half", lab.plate(2, 2, lab.material({0.5f, 0.5f, 0.5f})), glm::dvec3(0.001, 2, 2),
             still(at(10, edge, 0)));
  lab.object("behind", lab.plate(2, 2, lab.material({0.5f, 0.5f, 0.5f})), glm::dvec3(0.001, 2, 2),
             still(at(-10, 0, 0)));
  const record::CameraImage image = lab.capture();
  CHECK(image.visibility[0].truncation == doctest::Approx(0.5).epsilon(0.01));
  CHECK(image.visibility[0].totalPixels == 30 * 60);
  CHECK(image.visibility[1].totalPixels == 0);
  CHECK(image.visibility[1].truncation == 1);
  CHECK(image.visibility.size() == 2);  // not the carrier
}

TEST_CASE("Rolling shutter leans a passing pole by f v T / Z in the labels") {
  Lab lab;
  lab.spec.width = 400;
  lab.spec.height = 1208;
  lab.spec.fx = lab.spec.fy = 1000;
  lab.spec.cx = 100;
  lab.spec.cy = 603.5;
  lab.spec.readoutTime_s = 0.02285;
  lab.spec.exposureTime_s = 0.001;
  lab.labelsOnly = true;
  // 20 m/s to the right.
  const ObjectId pole = lab.object("pole", lab.plate(0.05, 20, lab.material({0.5f, 0.5f, 0.5f})),
                                   glm::dvec3(0.01, 0.05, 20), [](double t) { return at(10, -20 * t, 0); });
  const record::CameraImage image = lab.capture();
  CHECK(image.encoded.empty());
  const auto middleOf = [&](uint32_t row) {
    double sum = 0;
    int count = 0;
    for (uint32_t x = 0; x < image.width; ++x) {
      if (image.instance[size_t{row} * image.width + x] != pole.value) continue;
      sum += x;
      ++count;
    }
    REQUIRE(count > 0);
    return sum / count;
  };
  // Rows 0 and 1207 lie 1207 / 1208 of the readout apart; a middle is known to half a pixel.
  CHECK(std::abs(middleOf(1207) - middleOf(0) - 45.7 * 1207 / 1208) < 0.51);
}

TEST_CASE("Labels do not depend on whether images are made, on threads, or on the tracer") {
  Lab lab;
  lab.spec.readoutTime_s = 0.01;
  lab.carrier = [](double t) { return RigidTransform::fromYawPitchRoll({5 * t, 0, 0}, 0.3 * t); };
  lab.scenery(lab.plate(100, 100, lab.material({0.3f, 0.3f, 0.3f})), at(40, 0, 0));
  lab.object("ball", lab.sphere(1, 24, lab.material({0.5f, 0.5f, 0.5f})), glm::dvec3(2),
             [](double t) { return at(9, 4 * t, 0); });
  const record::CameraImage image = lab.capture(2);
  lab.labelsOnly = true;
  lab.threads = 1;
  const record::CameraImage labels = lab.capture(2);
  CHECK(image.depth_m == labels.depth_m);
  CHECK(image.instance == labels.instance);
  CHECK(image.semantic == labels.semantic);
  CHECK(image.normals == labels.normals);
  lab.tracer = trace::TracerKind::kComputeBvh;
  const record::CameraImage other = lab.capture(2);
  size_t different = 0;
  for (size_t i = 0; i < image.instance.size(); ++i) different += image.instance[i] != other.instance[i] ? 1 : 0;
  CHECK(different <= 4);  // a ray on a shared edge may fall to either side
}
