// Buffers for what does not outlive a step: shared by name, so that many users cost the memory of the largest.
#pragma once

#include <map>
#include <string>

#include "engine/gpu/device.hpp"

namespace nightfog::gpu {

/// @code
/// Scratch scratch(device);
/// const Buffer& rays = scratch.take("camera rays", bytes);  // at least so large; what lay in it is undefined
/// @endcode
/// A buffer stays where it is, but its memory is another once somebody takes more of the same name: ask for addresses
/// anew for each use, and finish all steps before the next user's turn. One thread.
class Scratch {
 public:
  explicit Scratch(Device& device) : device_(device) {}

  const Buffer& take(const std::string& name, size_t bytes);
  /// Of one buffer; 0: nobody took it.
  size_t sizeOf(const std::string& name) const;
  /// Of all buffers.
  size_t bytes() const;

 private:
  Device& device_;
  std::map<std::string, Buffer> buffers_;
};

}  // namespace nightfog::gpu
