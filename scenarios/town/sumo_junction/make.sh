#!/usr/bin/env bash
# Makes the trace again, with SUMO 1.15: tools/setup test installs it. The file is committed as this wrote it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/tools/nightfog" sumo export "$root/scenarios/maps/signalled_junction.xodr" -o "$work"
cat >"$work/routes.rou.xml" <<'ROUTES'
<routes>
  <flow id="to_west" type="nightfog" begin="0" end="150" period="9" from="1.0" to="-3.0" departSpeed="max"/>
  <flow id="down" type="nightfog" begin="0" end="150" period="12" from="2.0" to="-4.0" departSpeed="max"/>
  <personFlow id="walks" begin="0" end="150" period="16"><walk edges="1.0"/></personFlow>
  <flow id="to_north" type="nightfog" begin="1" end="150" period="21" from="1.0" to="-2.0" departSpeed="max"/>
  <flow id="to_east" type="nightfog" begin="2" end="150" period="10" from="3.0" to="-1.0" departSpeed="max"/>
  <flow id="to_south" type="nightfog" begin="3" end="150" period="23" from="3.0" to="-4.0" departSpeed="max"/>
  <flow id="up" type="nightfog" begin="4" end="150" period="11" from="4.0" to="-2.0" departSpeed="max"/>
  <personFlow id="goes" begin="5" end="150" period="20"><walk edges="-4.0"/></personFlow>
  <flow id="left" type="nightfog" begin="6" end="150" period="19" from="4.0" to="-3.0" departSpeed="max"/>
</routes>
ROUTES
sumo -n "$work/signalled_junction.net.xml" -a "$work/nightfog.vtypes.xml" -r "$work/routes.rou.xml" --seed 7 \
  --step-length 0.5 --end 150 --no-step-log --xml-validation never --fcd-output "$work/trace.fcd.xml" --fcd-output.signals
python3 - "$work/trace.fcd.xml" "$here/junction.fcd.xml.gz" <<'PACK'
# Without the head, which says when it was made, and packed without a time: the same bytes every time.
import gzip, re, sys
text = re.sub(r"<!--.*?-->\s*", "", open(sys.argv[1]).read(), count=1, flags=re.S)
with open(sys.argv[2], "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as out:
    out.write(text.encode())
PACK
