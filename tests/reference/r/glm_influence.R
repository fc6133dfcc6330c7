# glm_influence.csv: for remission (binomial logit), events (poisson log), cost (gamma log) ~ m01 + age + sex + madrs0, per
# participant in the fit: R's hatvalues, cooks.distance, rstudent (glm methods), residuals (pearson, deviance), and the m01
# coefficient of an exact refit without the row: loo_estimate, loo_std_error, loo_p_value (summary's; gamma: t, dispersion re-estimated).
source("common.R"); versions("glm_influence", character()); rows <- list()
models <- list(binomial_logit = list("remission", binomial()), poisson_log = list("events", poisson()), gamma_log = list("cost", Gamma("log")))
for (model in names(models)) { y <- models[[model]][[1]]; family <- models[[model]][[2]]
  fo <- as.formula(paste(y, "~ m01 + age + sex + madrs0")); used <- d[complete.cases(d[all.vars(fo)]), ]; f <- tight(fo, family, used)
  loo <- t(sapply(seq_len(nrow(used)), function(i) summary(tight(fo, family, used[-i, ]))$coefficients["m01", c(1, 2, 4)]))
  rows[[model]] <- data.frame(model, id = used$id, n = nobs(f), hatvalue = hatvalues(f), cooks_distance = cooks.distance(f), rstudent = rstudent(f),
    pearson = residuals(f, "pearson"), deviance_residual = residuals(f, "deviance"), loo_estimate = loo[, 1], loo_std_error = loo[, 2], loo_p_value = loo[, 3]) }
save(rows, "glm_influence.csv")
