# bayes.csv: lm improvement ~ m ("none") and + age + sex + madrs0 ("adjusted") of every metabolite, own complete cases.
# bic, bic_null: BIC (R's: sigma counted) with and without m, the same rows; bf10_bic = exp((bic_null - bic) / 2).
# r2, r2_null; bf10_jzs: BayesFactor::linearReg.R2stat(n, p, r2, rscale = sqrt(2)/4) of the full model over that of the model with
# covariates only (none: over 1, the intercept). bf10_jzs_quad: the same integral here at rel.tol 1e-12 (BayesFactor's own tolerance
# is loose): int (1+g)^((n-1-p)/2) (1+g(1-r2))^(-(n-1)/2) InvGamma(g; 1/2, n rscale^2/2) dg, in log g. bf_full, bf_null: each by quad.
# TOST of m against +-3: p_lower of estimate <= -3, p_upper of estimate >= 3 (one-sided t, n - p df), tost_p their maximum.
suppressMessages(library(BayesFactor)); source("common.R"); versions("bayes", "BayesFactor"); rows <- list(); rs <- sqrt(2) / 4
jzs <- function(n, p, r2) { ld <- function(u) { g <- exp(u); (n - 1 - p) / 2 * log1p(g) - (n - 1) / 2 * log1p(g * (1 - r2)) + 0.5 * log(n * rs^2 / 2) - lgamma(0.5) - 0.5 * u - n * rs^2 / (2 * g) }
  o <- optimize(ld, c(-10, 30), maximum = TRUE, tol = 1e-10); top <- o$objective; f <- function(u) exp(ld(u) - top)
  q <- function(a, b) integrate(f, a, b, rel.tol = 1e-12, subdivisions = 2000)$value
  c <- o$maximum; exp(top) * (q(c - 12, c - 3) + q(c - 3, c) + q(c, c + 3) + q(c + 3, c + 12) + q(c + 12, c + 200)) }
for (model in c("none", "adjusted")) for (k in ms) {
  cov <- c(none = "", adjusted = " + age + sex + madrs0")[[model]]; fo <- as.formula(paste("improvement ~", k, cov)); u <- d[complete.cases(d[all.vars(fo)]), ]
  f <- lm(fo, u); f0 <- lm(as.formula(paste("improvement ~ 1", cov)), u); n <- nobs(f); p <- length(coef(f)) - 1; r2 <- summary(f)$r.squared; r0 <- summary(f0)$r.squared
  b1 <- linearReg.R2stat(n, p, r2, rscale = rs, simple = TRUE)[[1]]; b0 <- if (p > 1) linearReg.R2stat(n, p - 1, r0, rscale = rs, simple = TRUE)[[1]] else 1
  q1 <- jzs(n, p, r2); q0 <- if (p > 1) jzs(n, p - 1, r0) else 1
  s <- summary(f)$coefficients[k, ]; df <- df.residual(f); lo <- pt((s[[1]] + 3) / s[[2]], df, lower = FALSE); up <- pt((s[[1]] - 3) / s[[2]], df)
  rows[[length(rows) + 1]] <- data.frame(model, metabolite = k, n, df, estimate = s[[1]], std_error = s[[2]], bic = BIC(f), bic_null = BIC(f0), bf10_bic = exp((BIC(f0) - BIC(f)) / 2),
    predictors = p, r2, r2_null = r0, bf10_jzs = b1 / b0, bf10_jzs_quad = q1 / q0, bf_full = q1, bf_null = q0, tost_p_lower = lo, tost_p_upper = up, tost_p = max(lo, up)) }
message("largest relative difference of bf10_jzs and _quad: ", max(sapply(rows, function(r) abs(r$bf10_jzs / r$bf10_jzs_quad - 1)))); save(rows, "bayes.csv")
