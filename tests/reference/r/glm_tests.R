# glm_tests.csv: the metabolite's term in adjusted models (+ age + sex + madrs0): binomial logit, probit, cloglog (remission),
# poisson (events), gamma log (cost), negative binomial log (count2 of counts.csv, from glm_families.R).
# lr_statistic = (deviance(null) - deviance(full)) / dispersion, dispersion the full model's Pearson one (gamma) or 1; p from
# chi-squared, 1 df: anova(null, full, test = "LRT"). Negative binomial: 2 * logLik difference, theta re-estimated in both.
# score_*: anova(test = "Rao") (also scaled by the FULL model's dispersion); none for the negative binomial.
# conf_*_profile, level 0.95: where the profile (deviance - deviance(full)) / dispersion = qchisq(.95, 1), found by uniroot to
# 1e-11; negative binomial with theta re-estimated at every point; conf_*_fixed_theta holds it at the full model's estimate
# (what MASS confint does). conf_*_mass: MASS confint, interpolated, so about 3 digits.
suppressMessages(library(MASS)); source("common.R"); versions("glm_tests", "MASS")
d <- merge(d, read.csv("counts.csv"), by = "id"); rows <- list()
fo <- function(y, k) as.formula(paste(y, "~", k, "+ age + sex + madrs0"))
limits <- function(b, se, excess) { q <- qchisq(.95, 1)
  sapply(c(-1, 1), function(side) { far <- b + side * 2 * se; while (excess(far) < q) far <- far + side * se / 2
    uniroot(function(v) excess(v) - q, sort(c(b, far)), tol = 1e-12)$root }) }
families <- list(binomial_logit = list("remission", binomial()), binomial_probit = list("remission", binomial("probit")),
  binomial_cloglog = list("remission", binomial("cloglog")), poisson_log = list("events", poisson()), gamma_log = list("cost", Gamma("log")))
worst <- 0
for (model in names(families)) for (k in ms) {
  y <- families[[model]][[1]]; family <- families[[model]][[2]]; used <- d[complete.cases(d[c(y, k, "age", "sex", "madrs0")]), ]
  f <- tight(fo(y, k), family, used); f0 <- tight(as.formula(paste(y, "~ age + sex + madrs0")), family, used)
  phi <- summary(f)$dispersion; lr <- anova(f0, f, test = "LRT"); rao <- anova(f0, f, test = "Rao")
  prof <- function(v) { used$off <- v * used[[k]]
    (deviance(tight(as.formula(paste(y, "~ age + sex + madrs0 + offset(off)")), family, used, coef(f)[-2] )) - deviance(f)) / phi }
  s <- summary(f)$coefficients; ci <- limits(s[k, 1], s[k, 2], prof); m <- suppressMessages(confint(f, k))
  worst <- max(worst, abs(ci - m) / s[k, 2]); stopifnot(abs(pchisq(lr$Deviance[2] / phi, 1, lower = FALSE) / lr[2, "Pr(>Chi)"] - 1) < 1e-9, abs(pchisq(rao$Rao[2] / phi, 1, lower = FALSE) / rao[2, "Pr(>Chi)"] - 1) < 1e-9)
  rows[[length(rows) + 1]] <- data.frame(model, metabolite = k, n = nobs(f), estimate = s[k, 1], std_error = s[k, 2], dispersion = phi, theta = NA,
    theta_null = NA, lr_statistic = lr$Deviance[2] / phi, lr_p_value = lr[2, "Pr(>Chi)"], score_statistic = rao$Rao[2] / phi,
    score_p_value = rao[2, "Pr(>Chi)"], conf_low_profile = ci[1], conf_high_profile = ci[2], conf_low_fixed_theta = NA, conf_high_fixed_theta = NA,
    conf_low_mass = m[1], conf_high_mass = m[2]) }
for (k in ms) { y <- "count2"; used <- d[complete.cases(d[c(y, k, "age", "sex", "madrs0")]), ]
  f <- tight_nb(fo(y, k), used); f0 <- tight_nb(as.formula(paste(y, "~ age + sex + madrs0")), used)
  f0o <- as.formula(paste(y, "~ age + sex + madrs0 + offset(off)"))
  prof <- function(v) { used$off <- v * used[[k]]; 2 * (f$log_lik - tight_nb(f0o, used, start_theta = f$theta)$log_lik) }
  fixed <- function(v) { used$off <- v * used[[k]]; deviance(tight(f0o, negative.binomial(f$theta), used, coef(f)[-2])) - deviance(f) }
  s <- summary(f, dispersion = 1)$coefficients; ci <- limits(s[k, 1], s[k, 2], prof); cf <- limits(s[k, 1], s[k, 2], fixed)
  g <- glm.nb(fo(y, k), used, control = tightly); m <- suppressMessages(confint(g, k)); worst <- max(worst, abs(cf - m) / s[k, 2]); lr <- 2 * (f$log_lik - f0$log_lik)
  rows[[length(rows) + 1]] <- data.frame(model = "negbin_log", metabolite = k, n = nobs(f), estimate = s[k, 1], std_error = s[k, 2], dispersion = 1, theta = f$theta,
    theta_null = f0$theta, lr_statistic = lr, lr_p_value = pchisq(lr, 1, lower = FALSE), score_statistic = NA, score_p_value = NA, conf_low_profile = ci[1],
    conf_high_profile = ci[2], conf_low_fixed_theta = cf[1], conf_high_fixed_theta = cf[2], conf_low_mass = m[1], conf_high_mass = m[2]) }
message("largest distance from MASS confint, in standard errors: ", signif(worst, 3)); save(rows, "glm_tests.csv")
