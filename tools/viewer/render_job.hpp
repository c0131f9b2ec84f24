// `nightfog render` in the background: a child process that yields to the window, with progress, that can be called
// off. What comes out is what the command line would have written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nightfog::viewer {

struct RenderOrder {
  std::filesystem::path scenario;  ///< file to render
  /// Written to `scenario` first and removed afterwards: a text that is not saved. nullopt: the file as it is.
  std::optional<std::string> text = {};
  std::filesystem::path out;
  bool labelsOnly = false;
  std::optional<uint64_t> seed = {};
  std::optional<uint32_t> runs = {};
  std::optional<std::pair<uint32_t, uint32_t>> frames = {};  ///< of the reference sensor, both included
  std::string device = "auto";
  unsigned threads = 0;
};

/// Quoted where a shell wants it.
std::string shellWord(const std::string& word);
/// What a shell needs to do the same.
std::string commandText(const RenderOrder& order);

/// @code
///   RenderJob job({file, std::nullopt, "out"});
///   while (job.state().isRunning) show(job.state().fraction);
/// @endcode
class RenderJob {
 public:
  /// `program` is this program, unless a test says otherwise. Throws IoError when the child cannot be started.
  explicit RenderJob(RenderOrder order, const std::filesystem::path& program = "/proc/self/exe");
  /// Ends the child.
  ~RenderJob();
  RenderJob(const RenderJob&) = delete;
  RenderJob& operator=(const RenderJob&) = delete;

  struct State {
    bool isRunning = true;
    bool isCancelled = false;
    double fraction = 0;                ///< done
    std::string episode;                ///< "dartout/r0000-56160cd83684", the last that was begun
    std::vector<std::string> finished;  ///< likewise
    int exitCode = 0;                   ///< as the command line's
    std::string complaint;              ///< last of what it said on stderr
  };
  State state() const;
  const RenderOrder& order() const;
  void cancel();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::viewer
