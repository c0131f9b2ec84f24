// camera_combine.h as a kernel.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_kernel.glsl"
#include "sensors/camera/camera_combine.h"

layout(local_size_x = 64) in;
void main() {
  if (globalIndex() < push.count) cameraCombine(globalIndex(), kVariant != 0u);
}
