# robust_df.csv: small-sample corrected sandwich errors of clubSandwich. Every metabolite, every term, own complete cases:
# lm improvement ~ m + age + sex + madrs0 ("gaussian_adjusted") and + site ("gaussian_site"); glm binomial logit remission ~ m +
# age + sex + madrs0 ("binomial_adjusted"; by cluster only). clusters: "row" (each participant its own: CR2 is HC2, CR3 is HC3,
# CR0 HC0, CR1 HC0 * n / (n - 1)), "site", and "cluster" (clusters.csv: id, cluster; about 12, written here).
# CR1 scales CR0 by G / (G - 1), nothing else. df and p: coef_test test = "Satterthwaite", target the identity (working model of
# equal variances, Bell-McCaffrey for CR2; for glm clubSandwich's default, the family's variance); p = 2 pt(-|estimate / se|, df). binomial: std_error, and clubSandwich's Satterthwaite df.
# gaussian_site clustered by site (3 clusters, site in the model too) is the degenerate corner: CR2 uses a pseudo-inverse there.
suppressMessages(library(clubSandwich)); source("common.R"); versions("small_sample", "clubSandwich")
set.seed(20253); save(data.frame(id = d$id, cluster = sprintf("c%02d", sample(12, nrow(d), TRUE, rep(c(1, 2, 3), 4)))), "clusters.csv")
d <- merge(d, read.csv("clusters.csv", stringsAsFactors = TRUE), by = "id"); rows <- list()
models <- list(gaussian_adjusted = list("improvement", " + age + sex + madrs0"), gaussian_site = list("improvement", " + age + sex + madrs0 + site"),
  binomial_adjusted = list("remission", " + age + sex + madrs0"))
for (model in names(models)) for (k in ms) {
  fo <- as.formula(paste(models[[model]][[1]], "~", k, models[[model]][[2]])); used <- droplevels(d[complete.cases(d[all.vars(fo)]), ])
  binomial_model <- model == "binomial_adjusted"
  f <- if (binomial_model) tight(fo, binomial(), used) else lm(fo, used)
  by <- list(row = seq_len(nrow(used)), site = used$site, cluster = used$cluster); if (binomial_model) by$row <- NULL
  for (b in names(by)) for (type in c("CR0", "CR1", "CR2", "CR3")) {
    if (type == "CR3" && b != "row") next
    v <- vcovCR(f, cluster = by[[b]], type = type)
    ct <- tryCatch(as.data.frame(coef_test(f, vcov = v, test = "Satterthwaite")), error = function(e) { message(model, " ", k, " ", b, " ", type, ": ", conditionMessage(e)); NULL })
    if (is.null(ct)) next
    rows[[length(rows) + 1]] <- data.frame(model, metabolite = k, term = names(coef(f)), n = nobs(f), cluster_by = b, clusters = length(unique(by[[b]])), type,
      estimate = coef(f), std_error = ct$SE, statistic = ct$tstat, df = ct$df_Satt, p_value = ct$p_Satt) } }
save(rows, "robust_df.csv")
