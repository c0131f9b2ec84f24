"""The clouds of sensors/lidar/README.md: renders scenarios/clouds and draws each scene by intensity and by cause.

    /usr/bin/python3 tools/lab/clouds.py build/release/bin/nightfog . out/clouds [NAME…]
"""
import glob
import os
import subprocess
import sys

SCENES = ["clear", "fog_bank", "night_fog", "wet_road", "mirror_facade", "retro_sign", "mud"]
VIEW = ["--view", "behind", "--reach", "40", "--width", "900"]


def main(program, source, out, *names):
    pictures = os.path.join(source, "sensors", "lidar", "pictures")
    os.makedirs(pictures, exist_ok=True)
    for name in names or SCENES:
        scenario = os.path.join(source, "scenarios", "clouds", f"{name}.scn.yaml")
        subprocess.run([program, "render", scenario, "-o", os.path.join(out, name), "--progress", "none"], check=True)
        record = max(glob.glob(os.path.join(out, name, "*", "*", "record.mcap")), key=os.path.getmtime)
        for colour in ("intensity", "cause"):
            picture = os.path.join(pictures, f"{name}_{colour}.png")
            subprocess.run([program, "preview", record, *VIEW, "--colour", colour, "-o", picture], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
