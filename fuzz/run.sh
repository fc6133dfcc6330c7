#!/bin/sh
# Runs each reader's fuzzer for some seconds (the first argument, 60 where there is none), or only the targets named after
# it, from the files of the stories. Stable Rust is enough: see README.md.
set -eu
cd "$(dirname "$0")"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}" RUSTC_WRAPPER="$PWD/instrumented.sh"
# The program's own versions of every library.
cp ../Cargo.lock Cargo.lock
cargo build --release --bins
seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- csv tsv xlsx ods parquet xpt mwtab mztab isatab maf
cases=../tests/cases
for target in "$@"; do
    corpus=corpus/$target
    mkdir -p "$corpus" "artifacts/$target"
    case $target in
    csv) seeds=$(find $cases -name '*.csv' -not -path '*/expected/*' -size -16k | head -60) ;;
    tsv) seeds=$(find $cases -name '*.txt' -size -16k) ;;
    mwtab) seeds=$(find $cases -name '*.mwtab' -o -name 'study.json') ;;
    isatab) seeds=$(find $cases -name '[as]_*.txt') ;;
    maf) seeds=$(find $cases -name 'm_*.tsv') ;;
    *) seeds=$(find $cases -name "*.$target") ;;
    esac
    for seed in $seeds; do cp "$seed" "$corpus/$(echo "$seed" | tr -c 'A-Za-z0-9\n' _)"; done
    "$CARGO_TARGET_DIR/release/$target" "$corpus" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 \
        -print_final_stats=1 -artifact_prefix="artifacts/$target/" 2>"artifacts/$target.log" || echo "$target: see artifacts/$target.log"
    grep -E 'number_of_executed_units|ERROR|cov:' "artifacts/$target.log" | tail -2 | sed "s/^/$target: /"
done
