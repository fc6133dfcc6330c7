# moderated.csv: limma's moderated t of improvement in  analyte ~ improvement + age + sex + madrs0  (lmFit, eBayes), robust or not.
# data "cohort": m01..m11 of the participants complete in improvement, age, sex, madrs0, gaps in the analytes kept (unequal
# df_residual); "cohort_complete": only participants with all 11 analytes (equal df); "wide": w001..w200 of wide.csv (same
# participants as "cohort", id first, no gaps; variances s0^2 d0 / chisq(d0), w196..w200 outlying, written here);
# "wide_gaps": wide.csv with the cells listed in wide_gaps.csv (id, analyte) removed.
# estimate, statistic, p_value: logFC, t, P.Value; bh: BH. df_prior is per analyte when robust. sigma: the residual sd before.
suppressMessages(library(limma)); source("common.R"); versions("moderated", c("limma", "statmod")); rows <- list()
used <- d[complete.cases(d[c("improvement", "age", "sex", "madrs0")]), ]; set.seed(20256); n <- nrow(used)
s2 <- 0.8 * 6 / rchisq(200, 6); s2[196:200] <- s2[196:200] * c(200, 80, 50, 150, 300)
effect <- ifelse(seq_len(200) %% 10 == 0, 0.03, 0)
w <- sapply(1:200, function(j) round(0.3 * rnorm(1) + effect[j] * used$improvement + 0.01 * used$age * rnorm(1) + sqrt(s2[j]) * rnorm(n), 5)); colnames(w) <- sprintf("w%03d", 1:200)
save(data.frame(id = used$id, w), "wide.csv"); w <- as.matrix(read.csv("wide.csv")[, -1])
wg <- w; gaps <- unique(data.frame(r = sample(n, 500, TRUE), c = sample(200, 500, TRUE))); wg[as.matrix(gaps)] <- NA
save(data.frame(id = used$id[gaps$r], analyte = colnames(w)[gaps$c]), "wide_gaps.csv")
full <- complete.cases(used[ms])
one <- function(name, y, who) { design <- model.matrix(~ improvement + age + sex + madrs0, who); fit <- lmFit(t(y), design)
  for (robust in c(FALSE, TRUE)) { e <- eBayes(fit, robust = robust); k <- "improvement"
    rows[[length(rows) + 1]] <<- data.frame(data = name, robust, analyte = colnames(y), n = colSums(!is.na(y)), estimate = e$coefficients[, k], statistic = e$t[, k],
      p_value = e$p.value[, k], bh = p.adjust(e$p.value[, k], "BH"), sigma = e$sigma, df_residual = e$df.residual, df_total = e$df.total, s2_post = e$s2.post,
      df_prior = e$df.prior, s2_prior = e$s2.prior) } }
one("cohort", as.matrix(used[ms]), used); one("cohort_complete", as.matrix(used[full, ms]), used[full, ]); one("wide", w, used); one("wide_gaps", wg, used)
save(rows, "moderated.csv")
