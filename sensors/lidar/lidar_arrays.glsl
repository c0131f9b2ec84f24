// A LiDAR's arrays for its kernels, by address (shared/lidar_data.h).
#ifndef NIGHTFOG_LIDAR_ARRAYS_GLSL
#define NIGHTFOG_LIDAR_ARRAYS_GLSL
#include "engine/shared/lidar_data.h"

layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer RingArray { LidarRing at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer ColumnArray { LidarColumn at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer AimArray { LidarAim at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer SubRayArray { LidarSubRay at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer FogRowArray { LidarFogRow at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer OutcomeArray { uint at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer BloomArray { LidarBloom at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer FloatArray { float at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer DetourArray { LidarDetour at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer RaySink { Ray at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer SlotSink { LidarSlot at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer OutcomeSink { uint at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer AxisSink { LidarAxis at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer FogBankArray { FogBank at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer FrameConstants { LidarFrame value; };

#endif
