// What any sensing::Sensor must keep: capture() is a function of specification, seed, run, frame and snapshot alone.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/content/scene.hpp"
#include "engine/sensing/sensor.hpp"

namespace nightfog::sensing {

/// How to make the sensor and the world that it looks at.
struct ConformanceCase {
  const content::SceneContent& content;
  std::function<content::SceneSnapshot(SimTime start, SimTime end)> snapshot;
  std::function<std::unique_ptr<Sensor>(CaptureServices& services)> makeSensor;
};

/// The bytes of a reading, for comparing.
std::string bytesOf(const Reading& reading);

/// Runs the suite in the test case that calls it.
void checkConformance(const ConformanceCase& test);

}  // namespace nightfog::sensing
