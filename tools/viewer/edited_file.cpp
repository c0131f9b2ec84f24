#include "tools/viewer/edited_file.hpp"

#include <fstream>

#include "engine/config/document.hpp"
#include "engine/core/error.hpp"
#include "engine/core/files.hpp"

namespace nightfog::viewer {
namespace {
constexpr size_t kMostStates = 500;
}

EditedFile::EditedFile(std::filesystem::path path)
    : path_(std::move(path)), saved_(readFile(path_, config::kMaxFileBytes)) {
  states_.push_back({saved_, "", 0});
}

void EditedFile::edit(std::string text, std::string name, uint64_t gesture) {
  if (text == this->text()) return;
  states_.resize(at_ + 1);
  const bool continues = gesture != 0 && at_ > 0 && states_[at_].gesture == gesture && states_[at_].name == name;
  if (continues) {
    states_[at_].text = std::move(text);
    if (states_[at_].text == states_[at_ - 1].text) {  // back where the gesture began: nothing to undo
      states_.pop_back();
      --at_;
    }
  } else {
    states_.push_back({std::move(text), std::move(name), gesture});
    if (states_.size() > kMostStates) states_.erase(states_.begin());
    at_ = states_.size() - 1;
  }
  ++revision_;
}

void EditedFile::goTo(size_t state) {
  at_ = state;
  ++revision_;
}

void EditedFile::undo() {
  if (canUndo()) goTo(at_ - 1);
}

void EditedFile::redo() {
  if (canRedo()) goTo(at_ + 1);
}

void EditedFile::save() {
  if (isDirty()) {
    writeFileAtomically(path_, text());
    saved_ = text();
  }
  forgetLeftBehind();
}

EditedFile::Disk EditedFile::lookAtDisk() {
  std::string now;
  try {
    now = readFile(path_, config::kMaxFileBytes);
  } catch (const Error&) {
    return Disk::kSame;  // being replaced, or gone: what is here is the text now
  }
  if (now == saved_ || (refused_ && now == *refused_)) return Disk::kSame;
  if (isDirty()) {
    refused_ = std::move(now);
    return Disk::kConflict;
  }
  saved_ = now;
  edit(std::move(now), "change on disk");
  return Disk::kReloaded;
}

void EditedFile::reload() {
  saved_ = readFile(path_, config::kMaxFileBytes);
  refused_.reset();
  edit(saved_, "take the file's text");
}

std::filesystem::path EditedFile::autosavePath() const {
  return path_.parent_path() / ("." + path_.filename().string() + ".nightfog-autosave");
}

void EditedFile::autosave() {
  if (!isDirty()) {
    if (copied_) forgetLeftBehind();
    copied_.reset();
    return;
  }
  if (copied_ == revision_) return;
  // Whole or not at all under the final name, and not synced: it is to outlive this process, and the window must not
  // wait for a disk.
  const std::filesystem::path part = autosavePath().string() + ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(text().data(), static_cast<std::streamsize>(text().size()));
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(part, autosavePath(), error);
  if (out && !error) copied_ = revision_;
}

std::optional<std::string> EditedFile::leftBehind() const {
  std::error_code error;
  if (!std::filesystem::exists(autosavePath(), error)) return std::nullopt;
  try {
    std::string text = readFile(autosavePath(), config::kMaxFileBytes);
    if (text != saved_) return text;
  } catch (const Error&) {
    return std::nullopt;
  }
  return std::nullopt;
}

void EditedFile::forgetLeftBehind() const {
  std::error_code error;
  std::filesystem::remove(autosavePath(), error);
}

}  // namespace nightfog::viewer
