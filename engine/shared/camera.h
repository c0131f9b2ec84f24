// The camera's geometry: OpenCV's pinhole with Brown-Conrady distortion, both ways, and the time at which a row looks.
//
// Optical frame: x right, y down, z forward. Pixel coordinates are OpenCV's: (0, 0) is the CENTRE of the first pixel,
// so a centred principal point is ((width - 1) / 2, (height - 1) / 2) and the first pixel covers -0.5 … 0.5.
//
//   x = X / Z, y = Y / Z, r2 = x^2 + y^2, radial = 1 + k1 r2 + k2 r2^2 + k3 r2^3
//   xd = x radial + 2 p1 x y + p2 (r2 + 2 x^2),  yd = y radial + p1 (r2 + 2 y^2) + 2 p2 x y
//   u = fx xd + cx,  v = fy yd + cy                                    [OpenCV, calib3d; Brown 1966; Conrady 1919]
#ifndef NIGHTFOG_SHARED_CAMERA_H
#define NIGHTFOG_SHARED_CAMERA_H
#include "engine/shared/language.h"
NF_SHARED_BEGIN

struct CameraLens {
  float fx;
  float fy;
  float cx;
  float cy;
  float k1;
  float k2;
  float p1;
  float p2;
  float k3;
  float maxRadius2;  ///< squared undistorted radius x^2 + y^2 up to which the distortion is one to one; beyond it
                     ///< nothing is projected
};

/// From undistorted to distorted image-plane coordinates.
NF_FN vec2 distortPoint(CameraLens lens, vec2 p) {
  NF_PRECISE float r2 = p.x * p.x + p.y * p.y;
  NF_PRECISE float radial = 1.0f + r2 * (lens.k1 + r2 * (lens.k2 + r2 * lens.k3));
  NF_PRECISE float x = p.x * radial + 2.0f * lens.p1 * p.x * p.y + lens.p2 * (r2 + 2.0f * p.x * p.x);
  NF_PRECISE float y = p.y * radial + lens.p1 * (r2 + 2.0f * p.y * p.y) + 2.0f * lens.p2 * p.x * p.y;
  return vec2(x, y);
}

NF_CONST int kUndistortIterations = 12;

/// From distorted to undistorted, by Newton's method on both coordinates with the exact Jacobian, kept inside the
/// lens's one-to-one disk.
NF_FN vec2 undistortPoint(CameraLens lens, vec2 d) {
  if (lens.k1 == 0.0f && lens.k2 == 0.0f && lens.k3 == 0.0f && lens.p1 == 0.0f && lens.p2 == 0.0f) return d;
  NF_PRECISE float x = d.x;
  NF_PRECISE float y = d.y;
  for (int i = 0; i < kUndistortIterations; ++i) {
    NF_PRECISE float r2 = x * x + y * y;
    if (r2 > lens.maxRadius2) {  // a step too far: back onto the disk
      NF_PRECISE float shrink = 0.999f * sqrt(lens.maxRadius2 / r2);
      x = x * shrink;
      y = y * shrink;
      r2 = x * x + y * y;
    }
    NF_PRECISE float radial = 1.0f + r2 * (lens.k1 + r2 * (lens.k2 + r2 * lens.k3));
    NF_PRECISE float slope = 2.0f * (lens.k1 + r2 * (2.0f * lens.k2 + r2 * 3.0f * lens.k3));  // (d radial / d r2) * 2
    NF_PRECISE float ex = x * radial + 2.0f * lens.p1 * x * y + lens.p2 * (r2 + 2.0f * x * x) - d.x;
    NF_PRECISE float ey = y * radial + lens.p1 * (r2 + 2.0f * y * y) + 2.0f * lens.p2 * x * y - d.y;
    NF_PRECISE float jxx = radial + slope * x * x + 2.0f * lens.p1 * y + 6.0f * lens.p2 * x;
    NF_PRECISE float jxy = slope * x * y + 2.0f * lens.p1 * x + 2.0f * lens.p2 * y;
    NF_PRECISE float jyy = radial + slope * y * y + 6.0f * lens.p1 * y + 2.0f * lens.p2 * x;
    NF_PRECISE float det = jxx * jyy - jxy * jxy;
    if (abs(det) < 1e-6f || abs(ex) + abs(ey) < 3e-8f) break;  // a few hundred-thousandths of a pixel
    x = x - (jyy * ex - jxy * ey) / det;
    y = y - (jxx * ey - jxy * ex) / det;
  }
  return vec2(x, y);
}

/// Direction of unit length, optical frame, of the light that arrives at a pixel coordinate.
NF_FN vec3 unprojectPixel(CameraLens lens, vec2 pixel) {
  NF_PRECISE float dx = (pixel.x - lens.cx) / lens.fx;
  NF_PRECISE float dy = (pixel.y - lens.cy) / lens.fy;
  vec2 p = undistortPoint(lens, vec2(dx, dy));
  NF_PRECISE float scale = 1.0f / sqrt(p.x * p.x + p.y * p.y + 1.0f);
  return vec3(p.x * scale, p.y * scale, scale);
}

/// Pixel coordinates of a point of the optical frame. False where the lens shows it nowhere: behind the camera, or
/// beyond the disk where the distortion is one to one.
NF_FN bool projectPoint(CameraLens lens, vec3 point, NF_OUT(vec2) pixel) {
  pixel = vec2(0.0f, 0.0f);
  if (!(point.z > 1e-4f)) return false;
  NF_PRECISE float x = point.x / point.z;
  NF_PRECISE float y = point.y / point.z;
  if (!(x * x + y * y <= lens.maxRadius2)) return false;
  vec2 d = distortPoint(lens, vec2(x, y));
  NF_PRECISE float u = lens.fx * d.x + lens.cx;
  NF_PRECISE float v = lens.fy * d.y + lens.cy;
  pixel = vec2(u, v);
  return true;
}

/// When the rows look. Row r is exposed on [start + r rowTime, + exposure].
struct CameraShutter {
  float start_s;    ///< opening of row 0 after the first pose key
  float rowTime_s;  ///< 0: global shutter
  float exposure_s;
};

/// Instant within the exposure of a row; `fraction` 0 … 1, 0.5 is the middle that labels speak of.
NF_FN float rowInstant(CameraShutter shutter, float row, float fraction) {
  NF_PRECISE float t = shutter.start_s + row * shutter.rowTime_s + fraction * shutter.exposure_s;
  return t;
}

NF_FN float signNotZero(float x) {
  return x >= 0.0f ? 1.0f : -1.0f;
}

/// Unit vector as two 16-bit numbers on the octahedron [Cigolle et al., "A survey of efficient representations for
/// independent unit vectors", JCGT 3(2), 2014]: x in the low half, error below 0.1 mrad. 0 is no unit vector's code;
/// truth planes use it for "no surface".
NF_FN uint encodeOctahedral(vec3 n) {
  NF_PRECISE float scale = 1.0f / (abs(n.x) + abs(n.y) + abs(n.z));
  NF_PRECISE float x = n.x * scale;
  NF_PRECISE float y = n.y * scale;
  if (n.z < 0.0f) {
    NF_PRECISE float foldedX = (1.0f - abs(y)) * signNotZero(x);
    NF_PRECISE float foldedY = (1.0f - abs(x)) * signNotZero(y);
    x = foldedX;
    y = foldedY;
  }
  uint qx = uint(clamp(floor((x * 0.5f + 0.5f) * 65534.0f + 0.5f), 0.0f, 65534.0f)) + 1u;
  uint qy = uint(clamp(floor((y * 0.5f + 0.5f) * 65534.0f + 0.5f), 0.0f, 65534.0f)) + 1u;
  return qx | (qy << 16u);
}

NF_FN vec3 decodeOctahedral(uint code) {
  NF_PRECISE float x = (float(code & 0xffffu) - 1.0f) / 65534.0f * 2.0f - 1.0f;
  NF_PRECISE float y = (float(code >> 16u) - 1.0f) / 65534.0f * 2.0f - 1.0f;
  NF_PRECISE float z = 1.0f - abs(x) - abs(y);
  if (z < 0.0f) {
    NF_PRECISE float unfoldedX = (1.0f - abs(y)) * signNotZero(x);
    NF_PRECISE float unfoldedY = (1.0f - abs(x)) * signNotZero(y);
    x = unfoldedX;
    y = unfoldedY;
  }
  NF_PRECISE float scale = 1.0f / sqrt(x * x + y * y + z * z);
  return vec3(x * scale, y * scale, z * scale);
}

NF_SHARED_END
#endif
