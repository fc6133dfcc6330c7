# What the synthetic study of drift_qc_rsc must give with loess(degree = 2, surface = "direct") on logarithms of pooled QC, each
# batch's span k/n the one that predicts each pooled QC sample best from the others; every analyte corrected.
s <- read.csv("samples.csv", check.names = FALSE, colClasses = c(batch = "character")); v <- read.csv("metabolites.csv", check.names = FALSE)
stopifnot(s$sample_id == v$sample_id); Y <- as.matrix(v[, -1]); qc <- s$type == "pooled_qc"
quote_field <- function(x) paste0('"', gsub('"', '""', x), '"')
fit <- function(d, span, at) predict(loess(y ~ x, d, span = span, degree = 2, family = "gaussian",
  control = loess.control(surface = "direct")), data.frame(x = at))
out <- Y
for (a in colnames(Y)) { m <- median(Y[qc, a]); for (b in unique(s$batch)) { here <- s$batch == b
  d <- data.frame(x = s$injection_order[here & qc], y = log(Y[here & qc, a] / m)); n <- nrow(d)
  # Where fewer than three points have a weight there is no parabola (R takes one of many), and the span is none to choose.
  lone <- function(k, i) { far <- sort(abs(d$x[-i] - d$x[i])); sum(far < .999 * far[floor((n - 1) * k / n + 1e-5)]) < 3 }
  error <- function(k) if (any(sapply(1:n, lone, k = k))) Inf else sum(sapply(1:n, function(i) d$y[i] - suppressWarnings(fit(d[-i, ], k / n, d$x[i])))^2)
  ks <- 5:n; errors <- sapply(ks, error); span <- ks[which.min(errors)] / n
  message(a, " ", b, ": ", ks[which.min(errors)], " of ", n, "  errors ", paste(signif(errors, 4), collapse = " "))
  out[here, a] <- Y[here, a] / exp(fit(d, span, s$injection_order[here])) } }
i <- which(!qc)
lines <- unlist(lapply(i, function(k) paste(quote_field(s$sample_id[k]), quote_field(colnames(Y)), format(out[k, ], digits = 17, trim = TRUE), sep = ",")))
writeLines(c("sample_id,analyte,value", lines), "expected/normalize.abundances.csv")
