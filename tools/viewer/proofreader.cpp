#include "tools/viewer/proofreader.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/scenario/template.hpp"

namespace nightfog::viewer {

struct Proofreader::Impl {
  explicit Impl(const lang::InstalledLibrary& installed) : library(installed) {}

  const lang::InstalledLibrary& library;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::string text;
  std::filesystem::path file;
  bool isWanted = false, isStopping = false;
  std::optional<std::vector<config::Diagnostic>> findings;
  std::thread thread;

  void run();
};

void Proofreader::Impl::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    wake.wait(lock, [&] { return isStopping || isWanted; });
    if (isStopping) return;
    const std::string reading = text;
    const std::filesystem::path from = file;
    isWanted = false;
    lock.unlock();
    std::vector<config::Diagnostic> found;
    try {
      scenario::Library own = library.forFile(from);
      own.shared = {};  // that of the library is for one thread
      found = scenario::parseScenarioTemplate(reading, from, own).findings();
    } catch (const config::DiagnosticsError& error) {
      found = error.diagnostics();
    } catch (const std::exception&) {
      found.clear();  // no mistake of the text: whoever plays it says so
    }
    lock.lock();
    if (!isWanted) findings = std::move(found);
  }
}

Proofreader::Proofreader(const lang::InstalledLibrary& library) : impl_(std::make_unique<Impl>(library)) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Proofreader::~Proofreader() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->isStopping = true;
  }
  impl_->wake.notify_all();
  impl_->thread.join();
}

void Proofreader::read(const std::string& text, const std::filesystem::path& file) {
  const std::lock_guard lock(impl_->mutex);
  if (text == impl_->text && file == impl_->file) return;
  impl_->text = text;
  impl_->file = file;
  impl_->findings.reset();
  impl_->isWanted = true;
  impl_->wake.notify_all();
}

std::optional<std::vector<config::Diagnostic>> Proofreader::findings() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->findings;
}

}  // namespace nightfog::viewer
