# Shared by the scripts of this folder (not reference.R): the cohort, 17-digit output, tight fits.
num <- function(v) ifelse(is.na(v), "", trimws(formatC(v, digits = 17, format = "g")))
save <- function(rows, file) {
  r <- if (is.data.frame(rows)) rows else do.call(rbind, rows)
  for (k in names(r)) if (is.numeric(r[[k]])) r[[k]] <- num(r[[k]])
  write.csv(r, file, row.names = FALSE, quote = FALSE, na = "") }
versions <- function(name, pk) cat(R.version.string, "\n", if (length(pk)) paste0(pk, " ", sapply(pk, function(p) as.character(packageVersion(p))), "\n"),
  file = paste0(name, "_versions.txt"), sep = "")
d <- read.csv("cohort.csv", stringsAsFactors = TRUE)
ms <- sprintf("m%02d", 1:11)
tightly <- glm.control(epsilon = 1e-14, maxit = 200)
# A glm on the complete cases of its formula, restarted from its own coefficients until they stand still: glm stops on the
# deviance, which leaves the coefficients of a non-canonical link good to about 1e-7 only.
tight <- function(formula, family, data, start = NULL, keep = NULL) {
  data <- data[complete.cases(data[unique(c(all.vars(formula), keep))]), ]
  fit <- function(start) { g <- glm(formula, family, data, control = tightly, start = start); g$call$formula <- formula; g }
  f <- suppressWarnings(fit(start))
  for (i in 1:100) { b <- coef(f); f <- suppressWarnings(fit(b)); if (all(abs(coef(f) - b) <= 1e-14 * (abs(b) + 1e-3))) break }
  f$moved <- max(abs(coef(f) - b) / sqrt(diag(vcov(f))))   # the last move, in standard errors
  if (f$moved > 1e-10) warning("unfinished: ", deparse(formula), " ", f$moved)
  f }
# Negative binomial, log link: alternates glm and theta.ml until both stand still (MASS::glm.nb stops theta at 1e-4 steps).
tight_nb <- function(formula, data, offset_column = NULL, start_theta = NULL) {
  y <- all.vars(formula)[1]; data <- data[complete.cases(data[all.vars(formula)]), ]
  th <- start_theta; f <- NULL
  if (is.null(th)) th <- suppressWarnings(MASS::glm.nb(formula, data, control = tightly))$theta
  for (i in 1:200) {
    f <- tight(formula, MASS::negative.binomial(theta = as.numeric(th)), data, start = if (is.null(f)) NULL else coef(f))
    new <- MASS::theta.ml(data[[y]], fitted(f), limit = 200, eps = 1e-12 * as.numeric(th))
    done <- abs(new - th) < 1e-12 * th; th <- new; if (done) break }
  f$theta <- as.numeric(th); f$SE.theta <- attr(th, "SE"); f$data_used <- data
  f$log_lik <- sum(dnbinom(data[[y]], size = f$theta, mu = fitted(f), log = TRUE)); f }
