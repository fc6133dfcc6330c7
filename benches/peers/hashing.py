"""How fast stored results are hashed: a run with nothing to do, with one file of 2 GiB in the cache.

    cargo build --release && python3 benches/peers/hashing.py target/release/ketascreen

A small synthetic study runs; then one file that no stage reads is replaced by 2 GiB of random bytes and its record by one that
says so. Printed: minimum, median and maximum of the wall time and of the processor's, the commands taking turns, and how many
bytes per second of the median that is. The file is in memory (the page cache): no disk is measured.
"""
import hashlib, json, os, pathlib, resource, shutil, statistics, subprocess, sys, tempfile, time

program = str(pathlib.Path(sys.argv[1]).resolve())
size = int(float(sys.argv[2]) * 2**30) if len(sys.argv) > 2 else 2 * 2**30
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-hashing-"))
(folder / "data").mkdir()
rows = "".join(f"P{n:02},{30 + n}\n" for n in range(12))
(folder / "data/participants.csv").write_text("id,age\n" + rows)
(folder / "pipeline.yaml").write_text("""
study: {title: synthetic, seed: 1, synthetic: true}
stages:
  ingest:
    participants: {file: participants.csv, id: id, columns: {age: {kind: number, unit: years, range: [18, 90]}}}
  report: {formats: [html]}
""")


def run(*arguments):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([program, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


run("run")
entry = (folder / "outputs/qc").resolve()
large, record = entry / "decisions.csv", entry / "record.json"
told = json.loads(record.read_text())
large.unlink()
digest = hashlib.sha256()
with large.open("wb") as file:
    for _ in range(size >> 20):
        part = os.urandom(1 << 20)
        digest.update(part)
        file.write(part)
for output in told["outputs"]:
    if output["path"] == "decisions.csv":
        output.update(sha256=digest.hexdigest(), bytes=size)
record.unlink()
record.write_text(json.dumps(told))
time.sleep(3)
run("run", "--trust-mtime")

commands = {"run": ["run"], "run --trust-mtime": ["run", "--trust-mtime"], "status": ["status", "--exit-code"],
            "status --trust-mtime": ["status", "--exit-code", "--trust-mtime"], "verify": ["verify"]}
taken = {name: [] for name in commands}
for _ in range(rounds):
    for name, arguments in commands.items():
        taken[name].append(run(*arguments))
shutil.rmtree(folder)
print(f"{'ms, ' + str(size >> 20) + ' MiB':<24} {'min':>8} {'median':>8} {'max':>8} {'cpu':>8} {'GB/s':>8} {'per cpu':>8}")
for name, times in taken.items():
    wall, cpu = sorted(wall for wall, _ in times), statistics.median(cpu for _, cpu in times)
    median = statistics.median(wall)
    print(f"{name:<24} {1e3 * wall[0]:>8.0f} {1e3 * median:>8.0f} {1e3 * wall[-1]:>8.0f} {1e3 * cpu:>8.0f}"
          f" {size / median / 1e9:>8.2f} {size / max(cpu, 1e-3) / 1e9:>8.2f}")
