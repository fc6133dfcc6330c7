# What the synthetic study of drift_qc_rsc must give with R's loess(surface = "direct"); also writes the panel.
s <- read.csv("samples.csv", check.names = FALSE, colClasses = c(batch = "character")); v <- read.csv("metabolites.csv", check.names = FALSE)
stopifnot(s$sample_id == v$sample_id); Y <- as.matrix(v[, -1]); qc <- s$type == "pooled_qc"; A <- colnames(Y)
q <- function(x) paste0('"', gsub('"', '""', x), '"')
writeLines(c("analyte,class", paste(q(A), q(c("line, β", "=as it is", "\"ln\"")), sep = ",")), "panel.csv", useBytes = TRUE)
along <- function(y, degree, span, here) { d <- data.frame(x = s$injection_order[here & qc], y = y[here & qc])
  predict(loess(y ~ x, d, span = span, degree = degree, control = loess.control(surface = "direct")), data.frame(x = s$injection_order[here])) }
out <- Y; for (b in unique(s$batch)) { here <- s$batch == b; m <- function(a) median(Y[qc, a])
  out[here, 1] <- Y[here, 1] / exp(along(log(Y[, 1] / m(1)), 1, .8, here))
  out[here, 2] <- Y[here, 2] / along(Y[, 2] / m(2), 2, 1, here)
  l <- log(Y[, 3]); out[here, 3] <- l[here] - along(l, 1, .7, here) + median(l[qc]) }
writeLines(c("sample_id,analyte,value", unlist(lapply(which(!qc), function(k)
  paste(q(s$sample_id[k]), q(A), format(out[k, ], digits = 17, trim = TRUE), sep = ",")))), "expected/normalize.abundances.csv", useBytes = TRUE)
