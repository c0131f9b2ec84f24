// Embree as one would use it with nothing around it: what our tracers are measured against.
#pragma once

#include <memory>

#include "engine/trace/tracer.hpp"

namespace nightfog::bench {

/// A scene in Embree and the rays as packets of eight, packed beforehand.
class RawEmbree {
 public:
  enum class Layout {
    kFlat,      ///< every triangle of every instance at its first pose in one mesh, no alpha test
    kTwoLevel,  ///< standing instances as plain geometry, moving ones as Embree instances with quaternion motion; alpha
                ///< test by filter
  };
  RawEmbree(const trace::SceneBuffers& scene, const std::vector<shared::Ray>& rays, Layout layout);
  ~RawEmbree();

  double build_s() const;
  /// Traces all packets once.
  void trace(Jobs& jobs);
  /// t of the last trace(), infinite where nothing was hit.
  std::vector<float> distances() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::bench
