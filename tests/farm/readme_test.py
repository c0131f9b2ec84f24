"""The ten commands of tools/farm/README.md, but for the clone, as they stand there, on a Slurm of our own.

Usage: readme_test.py NIGHTFOG SOURCE_DIR
"""
import os
import re
import subprocess
import sys
import unittest

import farm_test
import private_slurm
from farm_test import SOURCE, Fixture, text_of


class Readme(Fixture):
    def test_the_ten_commands_lead_to_a_merged_data_set(self):
        block = re.search(r"```sh\n(.*?)```", text_of(os.path.join(SOURCE, "tools/farm/README.md")), re.S).group(1)
        commands = block.splitlines()
        self.assertEqual(len(commands), 10)
        os.makedirs(self.at("tools"))
        os.symlink(os.path.abspath(farm_test.NIGHTFOG), self.at("tools/nightfog"))
        os.symlink(os.path.join(SOURCE, "scenarios"), self.at("scenarios"))
        with private_slurm.PrivateSlurm() as slurm:
            for command in commands[1:]:
                result = subprocess.run(["bash", "-c", command], cwd=self.folder, env=slurm.env, capture_output=True,
                                        text=True, timeout=600)
                self.assertEqual(result.returncode, 0, f"{command}\n{result.stdout}{result.stderr}")
                print(f"$ {command}\n{result.stdout[-400:]}{result.stderr[-400:]}")


if __name__ == "__main__":
    why = private_slurm.missing()
    if why:
        print(f"skipped: {why}")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
