# firth.csv: Firth's penalized maximum likelihood (Jeffreys penalty, l + 0.5 log|X'WX|, the full design in the penalty always).
# Data: endometrial.csv (brglm2's `endometrial`: Heinze & Schemper 2002; HG ~ NV + PI + EH, NV quasi-separates), cohort.csv
# (remission ~ m01 + age + sex + madrs0; every metabolite), separated.csv (y ~ x + z, x separates y completely), quasi.csv (y ~ x
# + z, x quasi-separates), all binomial logit; events ~ m + age + sex + madrs0, poisson log, same penalty, every metabolite.
# Own Newton on the modified score to 1e-12, checked here against brglm2 type "AS_mean". std_error: (X'WX)^-1 at the estimate.
# penalized_lr: 2 (l*(estimate) - l*(coefficient fixed at 0, the rest refitted)), chi-squared 1 df; conf_*_profile, level 0.95:
# the roots of 2 (l* - l*(fixed)) = qchisq(.95, 1); penalized_log_lik: l* at the maximum (binomial with no constants, as 0/1
# needs none; poisson with -log(y!)). wald_p: 2 pnorm(-|z|). Same convention as logistf.
suppressMessages(library(brglm2)); source("common.R"); versions("firth", "brglm2"); rows <- list()
data(endometrial); save(endometrial, "endometrial.csv"); endometrial <- read.csv("endometrial.csv")
set.seed(20254); x <- round(sort(rnorm(20)), 2); z <- round(rnorm(20), 2)
save(data.frame(id = sprintf("S%02d", 1:20), y = rep(0:1, c(9, 11)), x, z), "separated.csv")
xb <- rep(0:1, c(12, 8)); yq <- c(0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, rep(1, 8))
save(data.frame(id = sprintf("Q%02d", 1:20), y = yq, x = xb, z = round(rnorm(20), 2)), "quasi.csv")
parts <- function(b, X, y, fam) { eta <- drop(X %*% b)
  if (fam == "binomial") { mu <- plogis(eta); w <- mu * plogis(-eta); dw <- 1 - 2 * mu; l <- sum(ifelse(y == 1, plogis(eta, log.p = TRUE), plogis(-eta, log.p = TRUE))) }
  else { mu <- exp(eta); w <- mu; dw <- rep(1, length(mu)); l <- sum(dpois(y, mu, log = TRUE)) }
  Q <- qr.Q(qr(sqrt(w) * X)); h <- rowSums(Q^2); R <- qr.R(qr(sqrt(w) * X))
  list(l = l + sum(log(abs(diag(R)))), u = drop(crossprod(X, y - mu + h * dw / 2)), I = crossprod(R)) }
# Newton with the Fisher information of the free coefficients and step halving, then polished with a numeric Jacobian.
maximise <- function(X, y, fam, fixed = NULL, value = 0, b = NULL) { p <- ncol(X); free <- setdiff(seq_len(p), fixed)
  if (is.null(b)) b <- c(if (fam == "poisson") log(mean(y)) else 0, rep(0, p - 1)); if (!is.null(fixed)) b[fixed] <- value
  for (i in 1:2000) { s <- parts(b, X, y, fam); if (max(abs(s$u[free]) / sqrt(diag(s$I)[free])) < 1e-8) break
    step <- solve(s$I[free, free], s$u[free]); step <- step * min(1, 3 / max(abs(step * sqrt(diag(s$I)[free])))); t <- 1
    repeat { n <- b; n[free] <- b[free] + t * step; if (t < 1e-9 || parts(n, X, y, fam)$l >= s$l - 1e-12) break; t <- t / 2 }; b <- n }
  for (i in 1:6) { s <- parts(b, X, y, fam); e <- 1e-5 / sqrt(diag(s$I))
    J <- sapply(free, function(j) { a <- b; c <- b; a[j] <- b[j] + e[j]; c[j] <- b[j] - e[j]; (parts(a, X, y, fam)$u - parts(c, X, y, fam)$u)[free] / (2 * e[j]) })
    b[free] <- b[free] - solve(matrix(J, length(free)), s$u[free]) }
  s <- parts(b, X, y, fam); stopifnot(max(abs(s$u[free]) / sqrt(diag(s$I)[free])) < 1e-9); list(b = b, l = s$l, I = s$I, u = s$u) }
one <- function(model, metabolite, fo, data, fam, intervals = TRUE) {
  data <- data[complete.cases(data[all.vars(fo)]), ]; X <- model.matrix(fo, data); y <- data[[all.vars(fo)[1]]]
  m <- maximise(X, y, fam); se <- sqrt(diag(solve(m$I))); q <- qchisq(.95, 1)
  g <- summary(glm(fo, family = fam, data, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 1000))$coefficients
  message(sprintf("%s %s from brglm2: estimate %.1e se %.1e", model, metabolite, max(abs(g[, 1] - m$b)), max(abs(g[, 2] / se - 1))))
  lr <- low <- high <- rep(NA, length(se))
  if (intervals) for (j in seq_along(se)) {
    lr[j] <- 2 * (m$l - maximise(X, y, fam, j, 0, m$b)$l)
    for (side in c(-1, 1)) { ex <- function(v) 2 * (m$l - maximise(X, y, fam, j, v, m$b)$l) - q; far <- m$b[j]
      repeat { far <- far + side * se[j]; if (ex(far) > 0) break }
      r <- uniroot(ex, sort(c(m$b[j], far)), tol = 1e-12)$root; if (side < 0) low[j] <- r else high[j] <- r } }
  rows[[length(rows) + 1]] <<- data.frame(model, metabolite, term = colnames(X), n = length(y), estimate = m$b, std_error = se, statistic = m$b / se,
    wald_p = 2 * pnorm(-abs(m$b / se)), penalized_lr = lr, penalized_lr_p = pchisq(lr, 1, lower = FALSE), conf_low_profile = low, conf_high_profile = high, penalized_log_lik = m$l) }
one("endometrial", "", HG ~ NV + PI + EH, endometrial, "binomial")
for (k in ms) one("remission", k, as.formula(paste("remission ~", k, "+ age + sex + madrs0")), d, "binomial")
one("separated", "", y ~ x + z, read.csv("separated.csv"), "binomial"); one("quasi", "", y ~ x + z, read.csv("quasi.csv"), "binomial")
for (k in ms) one("events_poisson", k, as.formula(paste("events ~", k, "+ age + sex + madrs0")), d, "poisson")
save(rows, "firth.csv")
