#!/bin/sh
# RUSTC_WRAPPER: gives the fuzzer's counters and the checks of arithmetic to the readers, and leaves every other crate
# (polars above all) as the program's own build has it.
compiler=$1
shift
case " $* " in
*" --crate-name stages "* | *" --crate-name calamine "* | *" --crate-name csv "* | *" --crate-name csv_core "* | \
    *" --crate-name quick_xml "* | *" --crate-name zip "*)
    exec "$compiler" "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Coverflow-checks
    ;;
*) exec "$compiler" "$@" ;;
esac
