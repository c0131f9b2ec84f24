// camera_aim.h as a kernel.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_kernel.glsl"
#include "sensors/camera/camera_aim.h"

layout(local_size_x = 64) in;
void main() {
  if (globalIndex() < push.count) cameraAim(globalIndex());
}
