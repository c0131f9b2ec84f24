#include "tools/viewer/render_job.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"

namespace nightfog::viewer {
namespace {

constexpr int kNice = 5;  ///< input is answered first, and yet it is done one day on a busy machine
constexpr size_t kMostComplaint = 4000;

std::vector<std::string> argumentsOf(const RenderOrder& order) {
  std::vector<std::string> out{"render", order.scenario.string(), "-o", order.out.string()};
  const auto add = [&](const char* option, const std::string& value) {
    out.emplace_back(option);
    out.push_back(value);
  };
  if (order.labelsOnly) out.emplace_back("--labels-only");
  if (order.seed) add("--seed", std::to_string(*order.seed));
  if (order.runs) add("--runs", std::to_string(*order.runs));
  if (order.frames) add("--frames", fmt::format("{}..{}", order.frames->first, order.frames->second));
  if (order.device != "auto") add("--device", order.device);
  return out;
}

}  // namespace

std::string shellWord(const std::string& word) {
  const bool isPlain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_-./=:,@%+") == std::string::npos;
  if (isPlain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string commandText(const RenderOrder& order) {
  std::string out = "nightfog";
  for (const std::string& word : argumentsOf(order)) out += " " + shellWord(word);
  return out;
}

struct RenderJob::Impl {
  RenderOrder order;
  mutable std::mutex mutex;
  State state;
  pid_t pid = -1;
  int output = -1;
  std::thread thread;

  void start(const std::filesystem::path& program);
  void listen();
  void line(const std::string& text);
};

void RenderJob::Impl::start(const std::filesystem::path& program) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw IoError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  std::vector<std::string> words = argumentsOf(order);
  words.insert(words.begin(), "nightfog");
  for (const char* word : {"--progress", "json"}) words.emplace_back(word);
  if (order.threads > 0) {
    words.emplace_back("--threads");
    words.push_back(std::to_string(order.threads));
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink(program, error);
  const std::string name = error ? program.string() : self.string();
  const int failed = posix_spawn(&pid, name.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failed != 0) {
    ::close(ends[0]);
    throw IoError(fmt::format("cannot start {}: {}", name, std::strerror(failed)));
  }
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(pid), kNice);
  output = ends[0];
  thread = std::thread([this] { listen(); });
}

void RenderJob::Impl::line(const std::string& text) {
  const std::lock_guard lock(mutex);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    if (state.complaint.size() < kMostComplaint) state.complaint += text + "\n";
    return;
  }
  const std::string event = json.value("event", std::string());
  const std::string episode = json.value("episode", std::string());
  if (event == "frame") {
    state.fraction = json.value("fraction", state.fraction);
    state.episode = episode;
  } else if (event == "finished" || event == "skipped") {
    state.finished.push_back(episode);
  }
}

void RenderJob::Impl::listen() {
  std::string pending;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(output, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    pending.append(buffer.data(), static_cast<size_t>(count));
    for (size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      line(pending.substr(0, end));
      pending.erase(0, end + 1);
    }
  }
  ::close(output);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  std::error_code ignored;
  if (order.text) std::filesystem::remove(order.scenario, ignored);
  const std::lock_guard lock(mutex);
  pid = -1;
  state.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  state.isRunning = false;
  if (!state.isCancelled) state.fraction = 1;
}

RenderJob::RenderJob(RenderOrder order, const std::filesystem::path& program) : impl_(std::make_unique<Impl>()) {
  impl_->order = std::move(order);
  if (impl_->order.text) writeFileAtomically(impl_->order.scenario, *impl_->order.text);
  impl_->start(program);
}

RenderJob::~RenderJob() {
  cancel();
  if (impl_->thread.joinable()) impl_->thread.join();
}

RenderJob::State RenderJob::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

const RenderOrder& RenderJob::order() const {
  return impl_->order;
}

void RenderJob::cancel() {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->pid <= 0 || !impl_->state.isRunning) return;
  impl_->state.isCancelled = true;
  ::kill(impl_->pid, SIGKILL);  // an unfinished episode is resumed, or never looked at
}

}  // namespace nightfog::viewer
