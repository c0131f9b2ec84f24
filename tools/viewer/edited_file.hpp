// A file being edited: its text with undo and redo, what is on the disk, and a copy beside it that outlives a crash.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nightfog::viewer {

/// @code
///   EditedFile file("night.scn.yaml");
///   file.edit(setValue(file.text(), "actors/van/place/s", "60 m"), "move van");
///   file.undo();
/// @endcode
class EditedFile {
 public:
  /// Reads it. Throws IoError.
  explicit EditedFile(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  const std::string& text() const { return states_[at_].text; }
  bool isDirty() const { return text() != saved_; }
  /// Counts changes of the text, whatever made them.
  uint64_t revision() const { return revision_; }

  /// Makes `text` the text. Edits with the same name and the same `gesture` (0: none) in a row are one for undo().
  void edit(std::string text, std::string name, uint64_t gesture = 0);
  bool canUndo() const { return at_ > 0; }
  bool canRedo() const { return at_ + 1 < states_.size(); }
  void undo();
  void redo();
  /// What undo() would take back, and redo() bring again.
  const std::string& undoName() const { return states_[at_].name; }
  const std::string& redoName() const { return states_[at_ + 1].name; }

  /// Writes it, whole or not at all; nothing where nothing changed. Throws IoError.
  void save();

  enum class Disk { kSame, kReloaded, kConflict };
  /// Looks whether somebody else has written the file: an unchanged text is replaced (and can be undone), a changed one
  /// is a conflict, once.
  Disk lookAtDisk();
  /// Takes the disk's text.
  void reload();

  /// Keeps a copy of a changed text beside the file, `.NAME.nightfog-autosave`, and removes it when there is nothing to
  /// keep; never one that was there before. Throws nothing: a folder that cannot be written has no copies.
  void autosave();
  std::filesystem::path autosavePath() const;
  /// What a session that ended badly left; none where it is the file's text.
  std::optional<std::string> leftBehind() const;
  void forgetLeftBehind() const;

 private:
  struct State {
    std::string text, name;
    uint64_t gesture = 0;
  };
  void goTo(size_t state);

  std::filesystem::path path_;
  std::string saved_;  ///< the disk's
  std::vector<State> states_;
  size_t at_ = 0;
  uint64_t revision_ = 0;
  std::optional<uint64_t> copied_;      ///< revision of this session's copy beside the file
  std::optional<std::string> refused_;  ///< a text of the disk that was in conflict
};

}  // namespace nightfog::viewer
