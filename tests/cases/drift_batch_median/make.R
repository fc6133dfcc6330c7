# What the synthetic study of drift_qc_rsc must give when each batch is brought to the overall median of pooled QC.
s <- read.csv("samples.csv", check.names = FALSE, colClasses = c(batch = "character")); v <- read.csv("metabolites.csv", check.names = FALSE)
stopifnot(s$sample_id == v$sample_id); Y <- as.matrix(v[, -1]); qc <- s$type == "pooled_qc"
quote_field <- function(x) paste0('"', gsub('"', '""', x), '"')
write_expected <- function(out) { i <- which(!qc)
  lines <- unlist(lapply(i, function(k) paste(quote_field(s$sample_id[k]), quote_field(colnames(Y)), format(out[k, ], digits = 17, trim = TRUE), sep = ",")))
  writeLines(c("sample_id,analyte,value", lines), "expected/normalize.abundances.csv") }
out <- Y
for (a in colnames(Y)) for (b in unique(s$batch)) { here <- s$batch == b; out[here, a] <- Y[here, a] * median(Y[qc, a]) / median(Y[here & qc, a]) }
write_expected(out)
