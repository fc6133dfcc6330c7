# bootstrap_replicates.csv: the m01 coefficient of lm improvement ~ m01 ("none") and + age + sex + madrs0 ("adjusted") in 999
# resamples of the complete cases (boot::boot, ordinary, seeded); bootstrap_jackknife.csv: per participant the leave-one-out
# estimate and L = (n - 1) (mean(loo) - loo). bootstrap.csv: boot.ci "perc" and "bca" (that L) at 0.95 and 0.9; the mean of the
# replicates less the estimate (bias), their sd, z0 = qnorm(#(t < t0) / 999) and the acceleration a = sum(L^3) / (6 sum(L^2)^1.5).
# boot.ci interpolates quantiles of t at (R + 1) alpha on the normal scale.
suppressMessages(library(boot)); source("common.R"); versions("bootstrap", "boot"); rep_rows <- list(); jack <- list(); rows <- list()
for (model in c("none", "adjusted")) { fo <- as.formula(paste("improvement ~ m01", c(none = "", adjusted = "+ age + sex + madrs0")[[model]]))
  u <- d[complete.cases(d[all.vars(fo)]), ]; n <- nrow(u); stat <- function(x, i) coef(lm(fo, x[i, ]))[["m01"]]
  set.seed(20257); b <- boot(u, stat, 999); loo <- sapply(1:n, function(i) stat(u[-i, ], 1:(n - 1))); L <- (n - 1) * (mean(loo) - loo)
  rep_rows[[model]] <- data.frame(model, replicate = 1:999, estimate = b$t[, 1]); jack[[model]] <- data.frame(model, id = u$id, loo_estimate = loo, l = L)
  for (level in c(0.95, 0.9)) { ci <- boot.ci(b, level, c("perc", "bca"), L = L)
    rows[[length(rows) + 1]] <- data.frame(model, n, level, estimate = b$t0, bias = mean(b$t) - b$t0, sd = sd(b$t), z0 = qnorm(sum(b$t < b$t0) / 999), a = sum(L^3) / (6 * sum(L^2)^1.5),
      perc_low = ci$percent[4], perc_high = ci$percent[5], bca_low = ci$bca[4], bca_high = ci$bca[5], bca_rank_low = ci$bca[2], bca_rank_high = ci$bca[3]) } }
save(rep_rows, "bootstrap_replicates.csv"); save(jack, "bootstrap_jackknife.csv"); save(rows, "bootstrap.csv")
