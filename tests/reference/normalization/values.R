# The numbers of R that normalization's values are held to. Synthetic data.
#   cd tests/reference/normalization && Rscript values.R
suppressMessages({library(impute); library(preprocessCore); library(survival)})
options(digits = 17)
save <- function(x, file) {
  out <- matrix(ifelse(is.na(x), "", sprintf("%.17g", x)), nrow(x))
  write.table(out, file, sep = ",", row.names = FALSE, col.names = colnames(x), quote = FALSE)
}

# 24 samples, 30 analytes, two components and noise on a logarithmic scale, an additive floor; 8 % missing.
set.seed(20240611)
n <- 24; p <- 30
scores <- matrix(rnorm(2 * n), n, 2); loadings <- matrix(rnorm(2 * p), 2, p)
x <- 3 + outer(rnorm(n, 0, 0.3), rep(1, p)) + outer(rep(1, n), rnorm(p)) + 0.6 * scores %*% loadings + matrix(rnorm(n * p, 0, 0.2), n, p)
y <- exp(x) + matrix(rnorm(n * p, 0, 0.8), n, p)
y[sample(n * p, round(0.08 * n * p))] <- NA
y[1:15, 4] <- NA; y[4:17, 9] <- NA        # two analytes beyond rowmax
y <- pmax(y, 0.01)
colnames(y) <- paste0("m", seq_len(p))
save(y, "matrix.csv")
y <- as.matrix(read.csv("matrix.csv"))
l <- log(y)

# impute.knn: rows are what has neighbours; maxp as large as the rows, so that nothing is clustered. The mean that
# impute 1.72.3 puts into rows beyond rowmax is not the mean of the column in the first column (with a single such row,
# in none); that column is therefore taken from a run with the columns in reverse order, where it is.
knn <- function(x) {
  run <- function(x) suppressWarnings(impute.knn(x, k = 5, rowmax = 0.5, colmax = 0.8, maxp = nrow(x))$data)
  out <- run(x); out[, 1] <- run(x[, ncol(x):1])[, ncol(x)]
  out
}
save(t(knn(t(l))), "knn_analytes.csv")
two <- l; two[1, 3:20] <- NA; two[2, 2:19] <- NA   # two samples beyond rowmax
save(two, "knn_samples_data.csv")
save(knn(two), "knn_samples.csv")

# Quantile normalization with ties and gaps; columns are samples.
tied <- y; tied[2, ] <- round(tied[2, ] / 4) * 4; tied[5, ] <- round(tied[5, ] / 20) * 20
save(tied, "quantile_data.csv")
q <- t(normalize.quantiles(t(tied))); colnames(q) <- colnames(y)
save(q, "quantile.csv")
full <- tied; full[is.na(full)] <- 7
q <- t(normalize.quantiles(t(full))); colnames(q) <- colnames(y)
save(q, "quantile_full.csv")

# Left-censored normal distribution of logarithms.
rows <- NULL
for (m in seq_len(p)) for (share in c(0.1, 0.4, 0.7)) {
  v <- y[!is.na(y[, m]), m]
  lod <- sort(v)[ceiling(share * length(v))] * 1.000001
  event <- v >= lod
  if (sum(event) < 3) next
  fit <- survreg(Surv(ifelse(event, log(v), log(lod)), event, type = "left") ~ 1, dist = "gaussian",
                 control = survreg.control(rel.tolerance = 1e-14, maxiter = 200))
  rows <- rbind(rows, c(m - 1, lod, fit$coefficients[[1]], fit$scale))
}
colnames(rows) <- c("analyte", "lod", "mean", "sd")
save(rows, "censored.csv")

# Scaling.
s <- l[, -c(4, 9)]
save(scale(s), "scale_auto.csv")
save(scale(s, scale = sqrt(apply(s, 2, sd, na.rm = TRUE))), "scale_pareto.csv")
save(scale(s, scale = apply(s, 2, function(v) diff(range(v, na.rm = TRUE)))), "scale_range.csv")
save(scale(s, scale = FALSE), "scale_center.csv")
save(scale(s, center = apply(s, 2, median, na.rm = TRUE), scale = apply(s, 2, mad, na.rm = TRUE)), "scale_robust.csv")
ys <- y[, -c(4, 9)]
save(scale(ys, scale = apply(ys, 2, function(v) var(v, na.rm = TRUE) / mean(v, na.rm = TRUE))), "scale_vast.csv")
save(scale(ys, scale = colMeans(ys, na.rm = TRUE)), "scale_level.csv")

# QRILC: the normal distribution of each sample, as the line of quantiles on quantiles.
rows <- NULL
for (i in seq_len(n)) {
  v <- l[i, ]; share <- mean(is.na(v)); if (share == 0) next
  normal <- qnorm(seq(share + 0.001, 0.991, length.out = 100))
  observed <- quantile(v, seq(0.001, 0.991, 0.01), na.rm = TRUE)
  b <- lm(observed ~ normal)$coefficients
  rows <- rbind(rows, c(i - 1, b))
}
colnames(rows) <- c("sample", "mean", "sd")
save(rows, "qrilc.csv")

# Generalized logarithm: one lambda by maximum likelihood, analytes are groups; by R's optimize.
minus <- function(loglambda, groups) {
  lambda <- exp(loglambda)
  z <- lapply(groups, function(v) log(v + sqrt(v^2 + lambda)))
  ss <- sum(sapply(z, function(v) sum((v - mean(v))^2)))
  length(unlist(groups)) / 2 * log(ss) + sum(log(sqrt(unlist(groups)^2 + lambda)))
}
groups <- lapply(seq_len(p), function(m) { v <- y[, m]; v[!is.na(v)] })
best <- optimize(minus, c(-10, 20), groups = groups, tol = 1e-10)
save(cbind(lambda = exp(best$minimum), minus_log_likelihood = best$objective), "glog.csv")
writeLines(c(R.version.string, paste("impute", packageVersion("impute")), paste("preprocessCore", packageVersion("preprocessCore")),
             paste("survival", packageVersion("survival"))), "versions.txt")
