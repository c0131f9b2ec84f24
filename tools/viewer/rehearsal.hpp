// The thread that makes a text into an episode: checks it, samples a run, has the stage built, and plays the world. A
// newer text calls off an older one's playing, so that what is typed or dragged shows at once.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/diagnostics.hpp"
#include "tools/lang/library.hpp"
#include "tools/viewer/played_episode.hpp"
#include "tools/viewer/studio.hpp"

namespace nightfog::viewer {

struct Manuscript {
  std::string text;
  std::filesystem::path file;  ///< where imports start
  std::optional<uint64_t> seed;
  uint32_t run = 0;
  std::shared_ptr<scenario::SharedFiles> files = {};  ///< read before; none: those of the installation
};

/// What came of a text.
struct Rehearsed {
  uint64_t serial = 0;                           ///< of the text
  std::vector<config::Diagnostic> findings;      ///< what the language's checker says
  std::shared_ptr<const PlayedEpisode> episode;  ///< being played, or whole; of an older text where this one is wrong
  bool isCurrent = false;                        ///< the episode is this text's
  std::string error;                             ///< why it could not be built; empty: nothing wrong
  uint64_t runCount = 1;                         ///< of the sweep
  bool isSweep = false;
  /// What the text stands on, each as old as what was read of it may be; empty where the text is wrong.
  std::map<std::filesystem::path, std::filesystem::file_time_type> importedFiles;
};

class Rehearsal {
 public:
  /// Both outlive this.
  Rehearsal(Studio& studio, const lang::InstalledLibrary& library);
  ~Rehearsal();

  /// Returns the text's serial.
  uint64_t rehearse(Manuscript manuscript);
  Rehearsed state() const;
  /// True while a text is being checked, built or played.
  bool isBusy() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::viewer
