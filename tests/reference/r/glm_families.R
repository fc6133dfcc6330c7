# glm_families.csv: generalized linear models of every metabolite, adjusted (+ age + sex + madrs0), on their own complete cases:
# binomial probit and cloglog (remission), gaussian log link and gamma inverse link (cost), negative binomial log link (events of
# cohort.csv where theta is finite; count2 of counts.csv), tweedie var.power 1.5, log link (cost; spend of counts.csv).
# Statistic and p_value are R's summary (z where the dispersion is 1, else t with n - p df); *_wald limits are normal.
# dispersion: Pearson (1 for binomial and negative binomial). log_lik and aic as R: gamma's use deviance / n for the dispersion,
# gaussian's and negative binomial's count the extra parameter. Negative binomial: null_deviance at the full model's theta.
# counts.csv: id, count2 (overdispersed), spend (>= 0, about a quarter exact zeros), seeded here.
suppressMessages({library(sandwich); library(MASS); library(statmod)}); source("common.R")
versions("glm_families", c("sandwich", "MASS", "statmod"))
set.seed(20252)
lin <- with(d, 0.02 * (ifelse(is.na(age), 45, age) - 45) + 0.3 * (sex == "male")) + 0.5 * ifelse(is.na(d$m01), 0, d$m01)
count2 <- rnbinom(nrow(d), size = 1.4, mu = exp(1.2 + lin))
spend <- ifelse(runif(nrow(d)) < 0.25, 0, round(rgamma(nrow(d), shape = 2, rate = 2 / exp(1.5 + lin)), 3))
save(data.frame(id = d$id, count2, spend), "counts.csv")
d <- merge(d, read.csv("counts.csv"), by = "id")
rows <- list()
one <- function(model, k, f, dispersion, log_lik, aic, theta = NA, theta_se = NA) {
  s <- summary(f, dispersion = if (dispersion == "one") 1 else NULL); b <- s$coefficients; ciz <- b[, 1] + outer(b[, 2], qnorm(c(.025, .975)))
  v <- sapply(paste0("HC", 0:3), function(ty) sqrt(diag(vcovHC(f, ty))))
  rows[[length(rows) + 1]] <<- data.frame(model, metabolite = k, term = rownames(b), n = nobs(f), estimate = b[, 1], std_error = b[, 2],
    statistic = b[, 3], p_value = b[, 4], conf_low_wald = ciz[, 1], conf_high_wald = ciz[, 2], std_error_hc0 = v[, 1], std_error_hc1 = v[, 2],
    std_error_hc2 = v[, 3], std_error_hc3 = v[, 4], deviance = deviance(f), null_deviance = f$null.deviance, dispersion = s$dispersion,
    aic, log_lik, theta, theta_se) }
fo <- function(y, k) as.formula(paste(y, "~", k, "+ age + sex + madrs0"))
for (k in ms) for (l in c("probit", "cloglog")) { f <- tight(fo("remission", k), binomial(l), d)
  one(paste0("binomial_", l), k, f, "one", as.numeric(logLik(f)), AIC(f)) }
for (k in ms) { start <- coef(lm(fo("log(cost)", k), d)); f <- tight(fo("cost", k), gaussian("log"), d, start)
  one("gaussian_log", k, f, "pearson", as.numeric(logLik(f)), AIC(f)) }
for (k in ms) { f <- tryCatch(tight(fo("cost", k), Gamma("inverse"), d), error = function(e) { message("gamma_inverse ", k, ": ", conditionMessage(e)); NULL })
  if (!is.null(f)) one("gamma_inverse", k, f, "pearson", as.numeric(logLik(f)), AIC(f)) }
for (y in c("events", "count2")) for (k in ms) {
  w <- ""; raw <- tryCatch(withCallingHandlers(glm.nb(fo(y, k), d, control = tightly), warning = function(e) { w <<- paste(w, conditionMessage(e)); invokeRestart("muffleWarning") }),
    error = function(e) NULL)
  if (is.null(raw) || raw$theta > 1e3) { message("negbin ", y, " ", k, ": theta diverges ", raw$theta); next }
  f <- tight_nb(fo(y, k), d)
  message(sprintf("negbin %s %s theta %.6f glm.nb's %.6f coef diff %.1e;%s", y, k, f$theta, raw$theta, max(abs(coef(f) - coef(raw))), w))
  p <- length(coef(f)); one(paste0("negbin_", y), k, f, "one", f$log_lik, 2 * (p + 1) - 2 * f$log_lik, f$theta, f$SE.theta) }
for (y in c("cost", "spend")) for (k in ms) { f <- tight(fo(y, k), tweedie(var.power = 1.5, link.power = 0), d)
  one(paste0("tweedie_", y), k, f, "pearson", NA_real_, NA_real_) }
save(rows, "glm_families.csv")
