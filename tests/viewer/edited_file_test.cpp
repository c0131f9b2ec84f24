#include "tools/viewer/edited_file.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/core/files.hpp"

using namespace nightfog;
using namespace nightfog::viewer;
namespace fs = std::filesystem;

namespace {

struct TempFile {
  fs::path folder = fs::temp_directory_path() / fmt::format("nightfog_edit_{}", static_cast<const void*>(this));
  fs::path path = folder / "a.scn.yaml";
  explicit TempFile(const std::string& text) {
    fs::create_directories(folder);
    writeFileAtomically(path, text);
  }
  ~TempFile() { fs::remove_all(folder); }
};

}  // namespace

TEST_CASE("Undo goes back edit by edit, redo forth, and a new edit ends the future") {
  const TempFile temp("a");
  EditedFile file(temp.path);
  file.edit("b", "one");
  file.edit("c", "two");
  file.undo();
  CHECK(file.text() == "b");
  CHECK(file.redoName() == "two");
  file.undo();
  CHECK(file.text() == "a");
  CHECK_FALSE(file.isDirty());
  CHECK_FALSE(file.canUndo());
  file.redo();
  file.edit("d", "three");
  CHECK_FALSE(file.canRedo());
  file.undo();
  CHECK(file.text() == "b");
}

TEST_CASE("A gesture is one edit, and none when it ends where it began") {
  const TempFile temp("a");
  EditedFile file(temp.path);
  for (const char* text : {"b", "c", "d"}) file.edit(text, "drag", 7);
  file.undo();
  CHECK(file.text() == "a");
  file.edit("b", "drag", 8);
  file.edit("a", "drag", 8);
  CHECK_FALSE(file.canUndo());
}

TEST_CASE("Somebody else's change is taken where there is none of ours, and is a conflict, once, where there is") {
  const TempFile temp("a");
  EditedFile file(temp.path);
  CHECK(file.lookAtDisk() == EditedFile::Disk::kSame);
  writeFileAtomically(temp.path, "b");
  CHECK(file.lookAtDisk() == EditedFile::Disk::kReloaded);
  CHECK(file.text() == "b");
  file.edit("mine", "typing");
  writeFileAtomically(temp.path, "theirs");
  CHECK(file.lookAtDisk() == EditedFile::Disk::kConflict);
  CHECK(file.lookAtDisk() == EditedFile::Disk::kSame);
  CHECK(file.text() == "mine");
  file.reload();
  CHECK(file.text() == "theirs");
  CHECK_FALSE(file.isDirty());
  file.undo();
  CHECK(file.text() == "mine");
}

TEST_CASE("What was not saved is kept beside the file and offered to the next session") {
  const TempFile temp("a");
  {
    EditedFile file(temp.path);
    file.edit("unsaved", "typing");
    file.autosave();  // and then the process is killed
  }
  EditedFile next(temp.path);
  CHECK(next.text() == "a");
  REQUIRE(next.leftBehind());
  CHECK(*next.leftBehind() == "unsaved");
  next.edit(*next.leftBehind(), "take up");
  next.save();
  CHECK_FALSE(next.leftBehind());
  CHECK(readFile(temp.path) == "unsaved");
}
