"""A run with nothing to do: ketascreen beside DVC and Snakemake, in one run, taking turns.

    python3 -m venv venv && venv/bin/pip install dvc snakemake
    cargo build --release && python3 benches/peers/runners.py target/release/ketascreen venv/bin

Each has the study's five input files in data/ and a chain of five stages; DVC's and Snakemake's stages copy a file, since
nothing of a stage runs here. ketascreen has its own seven stages and the default study. The first run of each makes
everything and is not counted. Printed: minimum, median and maximum of the wall time, and the ratio of medians.
"""
import os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

program, venv = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 15
root = pathlib.Path(__file__).resolve().parents[2]
stages = ["ingest", "qc", "normalize", "screen", "report"]
files = ["participants", "madrs", "metabolites", "samples", "panel"]
environment = {**os.environ, "PATH": f"{venv}:{os.environ['PATH']}", "DVC_NO_ANALYTICS": "1"}


def study(name):
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"bench-{name}-"))
    shutil.copytree(root / "data", folder / "data")
    shutil.copy(root / "pipeline.yaml", folder)
    return folder


def chain():
    """Each stage with what it reads and what it makes."""
    before = [f"data/{file}.csv" for file in files]
    for stage in stages:
        yield stage, before, f"{stage}.out"
        before = [f"{stage}.out"]


def dvc():
    folder = study("dvc")
    text = "stages:\n"
    for stage, reads, makes in chain():
        text += f"  {stage}:\n    cmd: cat {' '.join(reads)} > {makes}\n    deps: [{', '.join(reads)}]\n    outs: [{makes}]\n"
    (folder / "dvc.yaml").write_text(text)
    subprocess.run(["dvc", "init", "--no-scm", "-q"], cwd=folder, env=environment, check=True)
    return folder, ["dvc", "repro", "-q"]


def snakemake():
    folder = study("snakemake")
    text = "rule all:\n    input: 'report.out'\n"
    for stage, reads, makes in chain():
        text += f"rule {stage}:\n    input: {reads}\n    output: '{makes}'\n    shell: 'cat {{input}} > {{output}}'\n"
    (folder / "Snakefile").write_text(text)
    return folder, ["snakemake", "-q", "all", "-c", "1"]


def ketascreen():
    return study("ketascreen"), [program, "run", "-q"]


def once(folder, command):
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)


peers = {"ketascreen": ketascreen(), "DVC": dvc(), "Snakemake": snakemake()}
for peer in peers.values():
    once(*peer)
times = {name: [] for name in peers}
for _ in range(runs):
    for name, peer in peers.items():
        times[name].append(once(*peer))
for name, peer in peers.items():
    shutil.rmtree(peer[0])
own = statistics.median(times["ketascreen"])
print(f"{'nothing to do, wall time in ms':<32} {'min':>8} {'median':>8} {'max':>8} {'ratio':>8}")
for name, taken in times.items():
    median = statistics.median(taken)
    print(f"{name:<32} {min(taken):>8.1f} {median:>8.1f} {max(taken):>8.1f} {median / own:>8.1f}")
