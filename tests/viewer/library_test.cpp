// For every scenario of the library: what a drag changes, and that undoing it leaves nothing.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "tools/viewer/actor_drag.hpp"
#include "tools/viewer/edited_file.hpp"
#include "tools/viewer/form.hpp"
#include "tools/viewer/source_edit.hpp"

using namespace nightfog;
using namespace nightfog::viewer;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> filesBelow(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending)) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    out.back() += c;
    if (c == '\n') out.emplace_back();
  }
  return out;
}

/// A folder of the test's own, gone afterwards.
struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("nightfog_viewer_{}", static_cast<const void*>(this));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("In every scenario of the library a drag changes the lines concerned, and undoing it nothing") {
  const Folder folder;
  size_t dragged = 0;
  for (const fs::path& file : filesBelow(fs::path(NIGHTFOG_SOURCE_DIR) / "scenarios", ".scn.yaml")) {
    const std::string original = readFile(file);
    const auto document = parseSource(original);
    REQUIRE_MESSAGE(document != nullptr, file.string());
    const config::Node* actors = document->root().find("actors");
    if (actors == nullptr) continue;
    for (const config::Node* actor : actors->children) {
      CAPTURE(file.string());
      CAPTURE(actor->key);
      std::string moved;
      try {
        moved = moveActor(original, actor->key, 1.25, 0.1, {});
      } catch (const Error&) {
        continue;  // drawn as a whole, or refers to a parameter: said, not done
      }
      const auto before = linesOf(original), after = linesOf(moved);
      const config::TextRange extent = extentOf(*findNode(*actor, "place"));
      const size_t first = document->source().lineOf(extent.begin), last = document->source().lineOf(extent.end - 1);
      const size_t added = after.size() - before.size();
      CHECK(added <= 1);
      for (size_t i = 0; i < before.size(); ++i) {
        if (i < first) CHECK(before[i] == after[i]);
        if (i > last) CHECK(before[i] == after[i + added]);
      }
      const fs::path copy = folder.path / "copy.scn.yaml";
      writeFileAtomically(copy, original);
      EditedFile edited(copy);
      edited.edit(moved, "move");
      edited.save();
      CHECK(readFile(copy) == moved);
      edited.save();
      CHECK(readFile(copy) == moved);
      edited.undo();
      edited.save();
      CHECK(readFile(copy) == original);
      ++dragged;
    }
  }
  CHECK(dragged > 40);
}

TEST_CASE("Whatever a fuzzer found, editing it throws or edits, and never crashes") {
  size_t files = 0;
  for (const fs::path& file : filesBelow(fs::path(NIGHTFOG_SOURCE_DIR) / "tests/fuzz/corpus/scenario", "")) {
    const std::string text = readFile(file);
    ++files;
    const auto attempt = [&](auto&& edit) {
      try {
        edit();
      } catch (const Error&) {
        return;
      }
    };
    const auto document = parseSource(text);
    if (document == nullptr) {
      CHECK_THROWS_AS(setValue(text, "id", "x"), Error);
      continue;
    }
    const config::Node* actors = document->root().find("actors");
    for (size_t i = 0; actors != nullptr && i < actors->children.size(); ++i) {
      const std::string& id = actors->children[i]->key;
      attempt([&] { moveActor(text, id, 1, 1, {}); });
      attempt([&] { turnActor(text, id, 1, {}); });
      attempt([&] { removeEntry(text, "actors/" + id); });
      attempt([&] { formFor(*document, "actors/" + id); });
    }
    attempt([&] { addEntry(text, "actors", "one_more", {"{asset: vehicle.sedan}"}); });
    attempt([&] { addElement(text, "weather", {"at: 1 s"}); });
    attempt([&] { putValue(text, "world/duration", "3 s"); });
    attempt([&] { formFor(*document, "world"); });
  }
  CHECK(files > 10);
}
