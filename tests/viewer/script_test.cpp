#include "tools/viewer/script.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"
#include "tools/viewer/frame_meter.hpp"

using namespace nightfog;
using namespace nightfog::viewer;

TEST_CASE("A script is commands with their lines; comments and empty lines are none") {
  const auto commands = parseScript("# a tour\n\nwait_ready\n  drag van 1.5 -0.2\ntype a b  c\n");
  REQUIRE(commands.size() == 3);
  CHECK(commands[1].line == 4);
  CHECK(commands[1].words == std::vector<std::string>{"van", "1.5", "-0.2"});
  CHECK(commands[2].rest == "a b  c");
}

TEST_CASE("What is no command says so, with its line") {
  CHECK_THROWS_WITH_AS(parseScript("wait_ready\nfly away\n"), "script line 2: there is no command 'fly'", Error);
  CHECK_THROWS_AS(parseScript("drag van 1\n"), Error);
}

TEST_CASE("A window's answer waits for the frame before, but not for the time that a frame spends waiting for input") {
  FrameMeter meter(0);
  meter.polled(1, 0);
  meter.shown(1.010);
  meter.begin("moving", 1.010);
  // The next frame waited 200 ms for input, which would have been cut short, and took 20 ms.
  meter.polled(1.230, 0.200);
  meter.shown(1.250);
  // An input at 1.000 was taken at 1.030, 10 ms of work and 20 of rest later, and shown after 20 more.
  CHECK(meter.figures(1.250).longestAnswer_ms == doctest::Approx(50));
  meter.polled(1.260, 0);
  meter.pictureTaken(0.075, true);
  meter.shown(1.265);
  const FrameFigures figures = meter.figures(2.010);
  CHECK(figures.frames == 2);
  CHECK(figures.meanAnswer_ms == doctest::Approx(42.5));  // 50, and 30 between polls and 5 of work
  CHECK(figures.pictures == 1);
  CHECK(figures.longestPicture_ms == doctest::Approx(80));
  CHECK(figures.picturesPerSecond() == doctest::Approx(1));
  CHECK(meter.firstPicture_s() == doctest::Approx(1.265));
}

TEST_CASE("Chords are keys with what is held") {
  const Chord chord = parseChord("ctrl+shift+z");
  CHECK(chord.key == 'Z');
  CHECK(chord.isCtrl);
  CHECK(chord.isShift);
  CHECK(parseChord("space").key == 32);
  CHECK(parseChord("f5").key == 294);  // GLFW_KEY_F5
  CHECK_THROWS_AS(parseChord("ctrl"), Error);
  CHECK_THROWS_AS(parseChord("f99"), Error);
  CHECK(unescaped("a\\nb\\\\c") == "a\nb\\c");
}
