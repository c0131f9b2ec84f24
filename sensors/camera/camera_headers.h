// The shared headers that the camera's stages stand on.
#ifndef NIGHTFOG_CAMERA_HEADERS_H
#define NIGHTFOG_CAMERA_HEADERS_H
#include "engine/shared/brdf.h"
#include "engine/shared/camera_data.h"
#include "engine/shared/camera_detail.h"
#include "engine/shared/fog_image.h"
#include "engine/shared/philox.h"
#include "engine/shared/pose.h"
#include "engine/shared/shape.h"
#include "engine/shared/texel.h"
#include "engine/shared/wet_ground.h"
#endif
