// A camera as a datasheet and a calibration give it.
#pragma once

#include <cstdint>
#include <string>

namespace nightfog::scenario {

/// Which ground truth is written beside the image. Boxes and visibility always are.
struct TruthPlanes {
  bool depth = true;     ///< planar (optical z), m, float32
  bool semantic = true;  ///< class id, 16 bit
  bool instance = true;  ///< object id, 32 bit
  bool normals = false;  ///< world axes, octahedral 16 + 16 bit
  bool flow = false;     ///< to the next frame, px, float32 x 2, with a mask of what is hidden there
};

enum class ImageEncoding { kPng, kJpeg };

enum class ExposureMode {
  kFixed,    ///< exposureTime_s and iso as they stand
  kMetered,  ///< chosen from what the frames before saw; exposureTime_s and maxIso are the limits
};

/// Pinhole camera with Brown-Conrady distortion; pixel coordinates are OpenCV's (0, 0 is the centre of the first
/// pixel).
struct CameraSpec {
  uint32_t width = 1920;
  uint32_t height = 1080;
  double fx = 1000, fy = 1000;    ///< px
  double cx = 959.5, cy = 539.5;  ///< px
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0, k3 = 0;
  double frameRate_hz = 10;
  double readoutTime_s = 0;  ///< from the first row to one past the last; 0: global shutter
  ExposureMode exposure = ExposureMode::kMetered;
  double exposureTime_s = 0.010;  ///< fixed, or the longest
  double fNumber = 1.8;
  double iso = 100;  ///< fixed, or the base
  double maxIso = 6400;
  double exposureBias_ev = 0;  ///< metered: brighter (+) or darker (-)
  double vignetting = 0.35;    ///< 0: none, 1: the fourth power of the cosine
  double softness = 0.42;      ///< share of a pixel's light that the lens spreads over its eight neighbours
  double glare = 0.03;         ///< share of all light that the lens scatters widely
  uint32_t samplesPerPixel = 1;
  bool noise = true;
  bool filterIndirect = true;  ///< false: no filter on indirect light, each pixel its own bounce ray
  ImageEncoding encoding = ImageEncoding::kPng;
  int jpegQuality = 92;
  TruthPlanes truth;
};

}  // namespace nightfog::scenario
