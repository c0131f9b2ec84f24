#include "tests/sensing/conformance.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <map>

namespace nightfog::sensing {
namespace {

template <class T>
void append(std::string& bytes, const T* values, size_t count) {
  bytes.append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

std::string bytesOf(const record::LidarSweep& sweep) {
  std::string bytes = sweep.sensor;
  append(bytes, &sweep.frame, 1);
  append(bytes, &sweep.start.ns, 1);
  append(bytes, &sweep.end.ns, 1);
  append(bytes, &sweep.reference.ns, 1);
  append(bytes, &sweep.ringCount, 1);
  append(bytes, &sweep.columnCount, 1);
  for (const RigidTransform* pose : {&sweep.worldFromSensor, &sweep.worldFromVehicle}) {
    append(bytes, &pose->rotation.x, 4);
    append(bytes, &pose->translation.x, 3);
  }
  append(bytes, sweep.points.data(), sweep.points.size());
  append(bytes, sweep.beamOutcomes.data(), sweep.beamOutcomes.size());
  for (const record::LidarObjectVisibility& v : sweep.visibility) {
    const uint32_t words[6] = {v.object.value, v.hits, v.possibleHits, v.occluder.value, v.occludedBeams, v.clearHits};
    append(bytes, words, 6);
  }
  return bytes;
}

/// Device, scene, tracer and sensor of one run.
class Run {
 public:
  Run(const ConformanceCase& test, const gpu::DeviceOptions& options, trace::TracerKind kind, unsigned threads)
      : test_(test),
        device_(options),
        jobs_(threads),
        scene_(device_, test.content),
        tracer_(trace::makeTracer(kind, scene_, jobs_)),
        stream_(device_),
        services_{device_, scene_, *tracer_, jobs_, 42, 7},
        sensor_(test.makeSensor(services_)) {
    tracer_->build();
  }
  std::string capture(uint32_t frame) {
    const Exposure exposure = sensor_->exposure(frame);
    const content::SceneSnapshot snapshot = test_.snapshot(exposure.start, exposure.end);
    scene_.setFrame(snapshot, sensor_->frameOrigin(snapshot, frame));
    tracer_->update();
    return sensing::bytesOf(sensor_->capture(snapshot, frame, stream_));
  }
  uint64_t allocatedBytes() const { return device_.allocatedBytes(); }
  const Sensor& sensor() const { return *sensor_; }

 private:
  const ConformanceCase& test_;
  gpu::Device device_;
  Jobs jobs_;
  trace::SceneBuffers scene_;
  std::unique_ptr<trace::Tracer> tracer_;
  gpu::Stream stream_;
  CaptureServices services_;
  std::unique_ptr<Sensor> sensor_;
};

}  // namespace

std::string bytesOf(const Reading& reading) {
  return std::visit([](const auto& r) { return bytesOf(r); }, reading);
}

void checkConformance(const ConformanceCase& test) {
  const gpu::DeviceOptions validated{.name = "auto", .validation = true};
  Run reference(test, validated, trace::TracerKind::kAuto, 2);
  std::map<uint32_t, std::string> expected;
  for (uint32_t frame : {0u, 1u, 2u, 3u}) expected[frame] = reference.capture(frame);
  CHECK_MESSAGE(expected[0] != expected[1], "frames differ");
  CHECK_MESSAGE(expected[0].size() > 1000, "there is something to see");

  for (uint32_t frame : {3u, 0u, 0u, 2u})
    CHECK_MESSAGE(reference.capture(frame) == expected[frame], "again and out of order, frame ", frame);
  const uint64_t allocated = reference.allocatedBytes();
  for (uint32_t frame : {1u, 2u}) CHECK(reference.capture(frame) == expected[frame]);
  CHECK_MESSAGE(reference.allocatedBytes() == allocated, "a capture leaves no device memory behind");

  Run oneThread(test, validated, trace::TracerKind::kAuto, 1);
  CHECK_MESSAGE(oneThread.capture(2) == expected[2], "one thread");

  // The same tracer where the host cannot see device memory, as on a discrete device.
  Run mapped(test, validated, trace::TracerKind::kComputeBvh, 2);
  Run unmapped(test, {.name = "auto", .validation = true, .unmappedDeviceMemory = true}, trace::TracerKind::kComputeBvh,
               2);
  CHECK_MESSAGE(unmapped.capture(1) == mapped.capture(1), "through staging buffers");

  for (uint32_t frame : {0u, 1u, 9u, 100'000u}) {
    const Exposure exposure = reference.sensor().exposure(frame);
    CHECK(exposure.start < exposure.end);
    CHECK(exposure.reference() >= exposure.start);
    CHECK(exposure.reference() <= exposure.end);
    CHECK(reference.sensor().exposure(frame + 1).start >= exposure.start);
  }
}

}  // namespace nightfog::sensing
