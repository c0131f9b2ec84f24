#include "tools/viewer/script.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"

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
