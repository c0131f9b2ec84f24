#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>

#include "engine/record/cause.hpp"
#include "engine/record/taxonomy.hpp"

using namespace nightfog;

namespace {
/// Relative luminance of WCAG 2.1.
double luminance(uint32_t rgb) {
  const auto linear = [](uint32_t c) {
    const double v = (c & 0xff) / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
}
}  // namespace

TEST_CASE("Every class has one name, one colour, one id, and is found by both") {
  std::set<std::string> names;
  std::set<uint32_t> colours;
  for (const ClassInfo& info : taxonomy()) {
    CAPTURE(info.name);
    CHECK(names.insert(std::string(info.name)).second);
    CHECK((info.id == classes::kAirborne || colours.insert(info.colour_rgb).second));
    CHECK_FALSE(info.description.empty());
    CHECK(classInfo(info.id).name == info.name);
    CHECK(classByName(info.name) == info.id);
  }
  CHECK(classInfo(ClassId{9999}).id == classes::kUnlabelled);
  CHECK_FALSE(classByName("vehicle.spaceship").has_value());
}

TEST_CASE("Ids of the taxonomy are what they were when the first record was written") {
  // Published with the first record; a change here breaks every record that exists.
  CHECK(classByName("ground.road") == ClassId{1});
  CHECK(classByName("static.building") == ClassId{16});
  CHECK(classByName("vehicle.car") == ClassId{32});
  CHECK(classByName("person.child") == ClassId{49});
  CHECK(classByName("obstacle.tyre") == ClassId{64});
  CHECK(classByName("lab.target") == ClassId{96});
  CHECK(classByName("airborne") == ClassId{112});
  CHECK(taxonomy().size() == 36);
}

TEST_CASE("Class colours stand out from a dark background") {
  for (const ClassInfo& info : taxonomy()) {
    CAPTURE(info.name);
    // WCAG 2.1 asks a contrast of 3 for graphics; the background is the preview's panel.
    const double contrast = (luminance(info.colour_rgb) + 0.05) / (luminance(0x090c10) + 0.05);
    CHECK(contrast >= 2.5);
    if (info.isThing) CHECK(contrast >= 4.5);
  }
}

TEST_CASE("Every cause of the shared header has a name, and is a return or not as the header says") {
  size_t known = 0;
  for (uint32_t value = 0; value < 256; ++value) {
    const record::CauseInfo* info = record::findCause(static_cast<uint8_t>(value));
    if (info == nullptr) continue;
    ++known;
    CAPTURE(info->name);
    CHECK(info->value == value);
    CHECK(info->isReturn == shared::isReturn(value));
    CHECK(record::causeByName(info->name) == static_cast<uint8_t>(value));
  }
  CHECK(known == record::causes().size());
  CHECK(record::findCause(shared::kCauseNone) == nullptr);
  for (const uint32_t value :
       {shared::kCauseSurface, shared::kCauseBloom, shared::kCauseOutOfRange, shared::kCauseBlocked}) {
    CHECK(record::findCause(static_cast<uint8_t>(value)) != nullptr);
  }
}
