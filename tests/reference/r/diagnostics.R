# diagnostics.csv: lm improvement ~ m + age + sex + madrs0 of every metabolite: lmtest::bptest (studentized, all regressors),
# shapiro.test of the residuals, car::vif of the metabolite, p of an added I(m^2) (t test). gvif.csv: every term's GVIF, its df and
# GVIF^(1/(2 df)) (car::vif) in the model with site too. shapiro.csv: W and p of plain vectors, in shapiro_vectors.csv (vector,value):
# per size 3,4,5,7,11,12,20,50,500,2000 a normal one, and an exponential one with ties (rounded).
suppressMessages({library(lmtest); library(car)}); source("common.R"); versions("diagnostics", c("lmtest", "car")); rows <- list(); g <- list()
for (k in ms) { fo <- as.formula(paste("improvement ~", k, "+ age + sex + madrs0")); used <- d[complete.cases(d[all.vars(fo)]), ]; f <- lm(fo, used)
  bp <- bptest(fo, data = used); sh <- shapiro.test(residuals(f)); q <- summary(lm(as.formula(paste("improvement ~", k, "+ I(", k, "^2) + age + sex + madrs0")), used))$coefficients
  rows[[k]] <- data.frame(metabolite = k, n = nobs(f), bp_statistic = bp$statistic, bp_df = bp$parameter, bp_p_value = bp$p.value, shapiro_w = sh$statistic,
    shapiro_p_value = sh$p.value, vif = vif(f)[[k]], square_estimate = q[3, 1], square_std_error = q[3, 2], square_statistic = q[3, 3], square_p_value = q[3, 4])
  v <- vif(lm(update(fo, . ~ . + site), used)); g[[k]] <- data.frame(metabolite = k, term = rownames(v), gvif = v[, 1], df = v[, 2], gvif_scaled = v[, 3]) }
save(rows, "diagnostics.csv"); save(g, "gvif.csv")
set.seed(20255); vectors <- list()
for (n in c(3, 4, 5, 7, 11, 12, 20, 50, 500, 2000)) { vectors[[paste0("normal", n)]] <- round(rnorm(n, 10, 3), 6); vectors[[paste0("exponential", n)]] <- round(rexp(n), 1) }
save(data.frame(vector = rep(names(vectors), lengths(vectors)), value = unlist(vectors)), "shapiro_vectors.csv")
back <- read.csv("shapiro_vectors.csv")
save(lapply(names(vectors), function(v) { s <- shapiro.test(back$value[back$vector == v]); data.frame(vector = v, n = sum(back$vector == v), w = s$statistic, p_value = s$p.value) }), "shapiro.csv")
