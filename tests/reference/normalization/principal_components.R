# Principal components by prcomp (stats), for stages/statistics/principal_components/tests.rs.
#   Rscript principal_components.R
# Writes, beside itself, synthetic values with gaps (principal_components_tall_values.csv, …_wide_values.csv),
# and R's scores, loadings and shares of variance of the first two components. Signs: the loading of largest size is positive.
set.seed(20250715)
options(digits = 17)
write <- function(table, name) {
  text <- apply(table, 2, function(x) ifelse(is.na(x), "", sprintf("%.17g", x)))
  write.table(text, name, sep = ",", quote = FALSE, row.names = FALSE, col.names = FALSE)
}
study <- function(n, p) {
  amount <- rnorm(n)
  batch <- rep(c(-1, 1), length.out = n)
  values <- sapply(seq_len(p), function(j) exp(2 + 0.1 * j + 0.5 * amount * cos(j) + 0.3 * batch * sin(j) + 0.2 * rnorm(n)))
  values[, 2] <- values[, 2] - mean(values[, 2])   # has negative values: no logarithm
  values[, 3] <- 7                                 # does not vary
  values[cbind(sample(n, 8, TRUE), 4 + sample(p - 4, 8, TRUE))] <- NA
  values
}
components <- function(values) {
  logged <- apply(values, 2, function(x) if (all(x > 0, na.rm = TRUE)) log(x) else x)
  sd <- apply(logged, 2, sd, na.rm = TRUE)
  standard <- scale(logged[, sd > 0])
  standard[is.na(standard)] <- 0
  fit <- prcomp(standard, center = FALSE, scale. = FALSE)
  sign <- apply(fit$rotation[, 1:2], 2, function(x) sign(x[which.max(abs(x))]))
  loadings <- matrix(0, ncol(values), 2)
  loadings[sd > 0, ] <- sweep(fit$rotation[, 1:2], 2, sign, "*")
  list(scores = sweep(fit$x[, 1:2], 2, sign, "*"), loadings = loadings, shares = (fit$sdev^2 / sum(fit$sdev^2))[1:2])
}
for (name in c("tall", "wide")) {
  values <- if (name == "tall") study(40, 9) else study(12, 30)
  fit <- components(values)
  write(values, sprintf("principal_components_%s_values.csv", name))
  write(rbind(fit$scores, fit$loadings, fit$shares), sprintf("principal_components_%s.csv", name))
}
writeLines(R.version.string, "principal_components_versions.txt")
