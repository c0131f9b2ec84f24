#include "tools/cli/episode_loop.hpp"

#include <malloc.h>

#include <thread>

#include "tools/cli/episode_worker.hpp"

namespace nightfog::cli {
namespace {

/// Episodes have threads of their own, that come and go. Each would get a heap of its own, and over thousands of
/// episodes all heaps would grow to what the greatest task ever needed.
void shareHeaps(size_t workers) {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, static_cast<int>(2 * workers));
#endif
}

}  // namespace

AgendaResult renderEpisodes(const LoopContext& context, Agenda& agenda) {
  const std::vector<std::string> devices = deviceNames(context.device);
  shareHeaps(devices.size());
  Sampler sampler(context.plan, context.templates, context.digests);
  const lang::InstalledLibrary& library = sampler.library();
  simulation::ContentCache contents(library.catalog(), library.dataFolder() / "assets");
  const auto work = [&](size_t number) {
    try {
      EpisodeWorker({context.plan, context.store, agenda, sampler, contents, context.stop, context.device,
                     context.cacheBytes / devices.size(), context.memoryBytes, devices.size()},
                    number, devices[number])
          .run();
    } catch (...) {
      agenda.abandon(std::current_exception());
    }
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < devices.size(); ++i) others.emplace_back(work, i);
  work(0);
  for (std::thread& other : others) other.join();
  return agenda.result();
}

}  // namespace nightfog::cli
