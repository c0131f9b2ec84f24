// A small analytic street, seen by a rotating scanner: planes, boxes and cylinders met by closed forms. It fills every
// member of a frame with plausible values, and needs no part of the engine.
#pragma once

#include "engine/record/episode.hpp"

namespace nightfog::record::test {

struct StreetOptions {
  uint32_t rings = 64;
  uint32_t columns = 1024;
  double fogExtinction_1pm = 0;  ///< 0: clear air
};

EpisodeInfo streetEpisode(const StreetOptions& options);
/// Frames are 100 ms apart; the ego drives at 8 m/s, a person crosses.
LidarFrame streetFrame(const StreetOptions& options, uint32_t frame);
EgoState streetEgo(uint32_t frame);

}  // namespace nightfog::record::test
