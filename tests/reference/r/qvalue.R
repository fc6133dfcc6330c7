# qvalue.csv: q values of Bioconductor's qvalue, q = qvalue(p, pi0 = pi0)$qvalues with Storey's finite-sample
# pi0 = min(1, (1 + #{p > 0.5}) / (0.5 m)); pi0_plain = pi0est(p, lambda = 0.5)$pi0 (= min(1, #{p >= 0.5} / (0.5 m))), q_plain = qvalue(p, lambda = 0.5)
# (qvalue needs the scalar lambda or pi0 given here: its default smoother over lambda 0.05..0.95 stops on few p). bh: p.adjust.
# plain columns are empty where qvalue stops (pi0 <= 0). p: set "cohort" (p_adjust.csv, 11), "mixture" (300: 30 % beta(0.25, 8), rest uniform), "signal" (60, beta(.3, 6), pi0 small),
# "null" (60 of 1 - uniform^2, near 1: pi0 capped at 1), "ties" (40, rounded to 0.05).
suppressMessages(library(qvalue)); source("common.R"); versions("qvalue", "qvalue"); set.seed(20258)
sets <- list(cohort = read.csv("p_adjust.csv")$p_value, mixture = c(rbeta(90, .25, 8), runif(210)), signal = rbeta(60, .3, 6), null = 1 - runif(60)^2, ties = round(c(rbeta(15, .3, 6), runif(25)), 2))
sets$ties <- pmin(1, round(sets$ties / 0.05) * 0.05)
rows <- lapply(names(sets), function(s) { p <- sets[[s]]; m <- length(p); pi0 <- min(1, (1 + sum(p > 0.5)) / (0.5 * m)); plain <- tryCatch(pi0est(p, lambda = 0.5)$pi0, error = function(e) NA_real_)
  message(s, ": default qvalue(p): ", tryCatch(format(qvalue(p)$pi0), error = function(e) conditionMessage(e)))
  data.frame(set = s, index = seq_len(m), p_value = p, pi0, q_value = qvalue(p, pi0 = pi0)$qvalues, pi0_plain = plain, q_plain = if (!is.na(plain)) qvalue(p, lambda = 0.5)$qvalues else NA, bh = p.adjust(p, "BH")) })
save(rows, "qvalue.csv")
