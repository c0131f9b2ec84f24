"""A Slurm of one node in a folder of its own: munged, slurmctld and slurmd, started and ended with a `with`."""
import os
import shutil
import socket
import subprocess
import tempfile
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel")
CONF = """\
ClusterName=nightfog
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
ReturnToService=2
KillWait=5
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0
PropagateResourceLimits=NONE
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def tool(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def missing():
    """Why it cannot run here; empty: it can."""
    absent = [name for name in PROGRAMS if tool(name) is None]
    if absent:
        return f"not installed: {', '.join(absent)} (tools/setup test)"
    return "" if os.geteuid() == 0 else "slurmd wants to be root"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class PrivateSlurm:
    def __init__(self, cpus=2):
        self.cpus = cpus
        self.daemons = []

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="nightfog_slurm_")
        os.chmod(self.folder, 0o755)
        for name in ("state", "spool"):
            os.mkdir(os.path.join(self.folder, name))
        key = os.path.join(self.folder, "munge.key")
        with open(key, "wb") as file:
            file.write(os.urandom(1024))
        os.chmod(key, 0o400)
        with open(os.path.join(self.folder, "slurm.conf"), "w") as file:
            file.write(CONF.format(host=socket.gethostname().split(".")[0], folder=self.folder, controller=free_port(),
                                   node=free_port(), user="root", cpus=self.cpus))
        self.env = {**os.environ, "SLURM_CONF": os.path.join(self.folder, "slurm.conf")}
        at = lambda name: os.path.join(self.folder, name)
        self.start("munged", "--force", "--foreground", "--key-file=" + key, "--socket=" + at("munge.sock"),
                   "--pid-file=" + at("munged.pid"), "--log-file=" + at("munged.log"), "--seed-file=" + at("munge.seed"))
        self.wait_for(lambda: os.path.exists(at("munge.sock")), "munged")
        self.start("slurmctld", "-D", "-c")
        self.start("slurmd", "-D", "-c")
        self.wait_for(lambda: "idle" in self.ask("sinfo", "-h", "-o", "%T"), "a node that is idle")
        return self

    def __exit__(self, *_):
        self.ask("scancel", "--user=root")
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, name, *arguments):
        with open(os.path.join(self.folder, name + ".out"), "w") as out:
            self.daemons.append(subprocess.Popen([tool(name), *arguments], env=self.env, stdout=out, stderr=out))

    def wait_for(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError(f"waited {seconds} s in vain for {what}\n" + self.logs())
            time.sleep(0.1)

    def logs(self):
        text = ""
        for name in sorted(os.listdir(self.folder)):
            if name.endswith((".out", ".log")):
                with open(os.path.join(self.folder, name), errors="replace") as file:
                    text += f"--- {name}\n" + "".join(file.readlines()[-20:])
        return text

    def ask(self, name, *arguments):
        return subprocess.run([tool(name), *arguments], env=self.env, capture_output=True, text=True).stdout.strip()

    def tasks(self, job):
        """State of each task of an array that has not ended: {"3": "RUNNING"}."""
        lines = self.ask("squeue", "-h", "-r", "-j", job, "-o", "%K %T").splitlines()
        return dict(line.split() for line in lines if line and not line.startswith("N/A"))
