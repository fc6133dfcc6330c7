# What the synthetic study of drift_qc_rsc must give with loess(degree = 2, span = 0.9, surface = "direct") on logarithms of pooled QC, every analyte corrected.
s <- read.csv("samples.csv", check.names = FALSE, colClasses = c(batch = "character")); v <- read.csv("metabolites.csv", check.names = FALSE)
stopifnot(s$sample_id == v$sample_id); Y <- as.matrix(v[, -1]); qc <- s$type == "pooled_qc"
quote_field <- function(x) paste0('"', gsub('"', '""', x), '"')
write_expected <- function(out) { i <- which(!qc)
  lines <- unlist(lapply(i, function(k) paste(quote_field(s$sample_id[k]), quote_field(colnames(Y)), format(out[k, ], digits = 17, trim = TRUE), sep = ",")))
  writeLines(c("sample_id,analyte,value", lines), "expected/normalize.abundances.csv") }
out <- Y
for (a in colnames(Y)) { m <- median(Y[qc, a]); for (b in unique(s$batch)) { here <- s$batch == b
  d <- data.frame(x = s$injection_order[here & qc], y = log(Y[here & qc, a] / m))
  f <- loess(y ~ x, d, span = .9, degree = 2, family = "gaussian", control = loess.control(surface = "direct"))
  out[here, a] <- Y[here, a] / exp(predict(f, data.frame(x = s$injection_order[here]))) } }
write_expected(out)
