// Why a return exists, or why a beam has none. One enum for points and beams: a beam's outcome is the cause of its primary return, or
// the reason there is none. Values are stored in records: never renumber.
#ifndef NIGHTFOG_SHARED_CAUSE_H
#define NIGHTFOG_SHARED_CAUSE_H
#include "engine/shared/language.h"
NF_SHARED_BEGIN

NF_CONST uint kCauseNone = 0u;  ///< not yet decided; never in a record
// There is a return.
NF_CONST uint kCauseSurface = 1u;
NF_CONST uint kCauseGhost = 2u;
NF_CONST uint kCauseFog = 3u;
NF_CONST uint kCauseRain = 4u;
NF_CONST uint kCauseSnow = 5u;
NF_CONST uint kCauseSpray = 6u;
NF_CONST uint kCauseDust = 7u;
NF_CONST uint kCauseNoise = 8u;
NF_CONST uint kCauseSun = 9u;
NF_CONST uint kCauseCrosstalk = 10u;
NF_CONST uint kCauseBloom = 11u;
// There is none.
NF_CONST uint kCauseOutOfRange = 64u;      ///< nothing within the sensor's range window
NF_CONST uint kCauseBelowThreshold = 65u;  ///< a surface was met, too weak to detect
NF_CONST uint kCauseSpecularAway = 66u;    ///< mirrored or transmitted away, met nothing that came back
NF_CONST uint kCauseBlocked = 67u;         ///< a sensor fault blocked the beam
NF_CONST uint kCauseLostPacket = 68u;      ///< its packet did not arrive
NF_CONST uint kCauseLostReturn = 64u;      ///< first value that means "no return"

NF_FN bool isReturn(uint cause) { return cause != kCauseNone && cause < kCauseLostReturn; }

NF_SHARED_END
#endif
