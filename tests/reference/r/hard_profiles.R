# hard_profiles.csv: profile-likelihood limits at 0.95 of x in y ~ age + x, for small studies on which Fisher scoring stalls away
# from the maximum (hard_profiles_data.csv: simulated, 30 rows a case). Each held fit is by optim and then Newton on the
# log-likelihood itself, so that no scoring is involved; gamma's statistic is over Pearson's dispersion of the full fit.
source("common.R"); versions("hard_profiles", character(0))
all <- read.csv("hard_profiles_data.csv"); rows <- list()
for (case in unique(all$case)) {
  d <- all[all$case == case, ]; y <- d$y; fam <- switch(d$family[1], binomial = binomial(d$link[1]), gamma = Gamma(d$link[1]))
  X <- cbind(1, d$age); x <- d$x
  dev <- function(g, b) { eta <- drop(X %*% g) + b * x; if (d$link[1] == "inverse" && any(eta <= 0)) return(1e10)
    mu <- fam$linkinv(eta); if (!all(is.finite(mu))) return(1e10)
    if (d$family[1] == "binomial") { lq <- if (d$link[1] == "probit") pnorm(eta, log.p = TRUE, lower.tail = FALSE) else -exp(eta)
      lp <- if (d$link[1] == "probit") pnorm(eta, log.p = TRUE) else log(-expm1(-exp(eta))); return(-2 * sum(ifelse(y == 1, lp, lq))) }
    sum(fam$dev.resids(y, mu, rep(1, length(y)))) }
  held <- function(b, g) { o <- optim(g, dev, b = b, method = "Nelder-Mead", control = list(reltol = 1e-15, maxit = 20000))
    for (i in 1:5) o <- optim(o$par, dev, b = b, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 20000)); o }
  full <- suppressWarnings(glm(y ~ age + x, fam, d, control = tightly)); b0 <- coef(full)[["x"]]; d0 <- dev(coef(full)[1:2], b0)
  phi <- if (d$family[1] == "gamma") sum((y - fitted(full))^2 / fitted(full)^2) / full$df.residual else 1
  se <- sqrt(vcov(full)["x", "x"]); cut <- qchisq(.95, 1)
  limit <- function(side) { g <- coef(full)[1:2]; at <- b0; step <- side * se / 10; last <- -cut
    repeat { nxt <- at + step; o <- held(nxt, g); v <- (o$value - d0) / phi - cut; if (o$value > 1e9) return(NA); if (v > 0) break; at <- nxt; g <- o$par; last <- v
      if (abs(at - b0) > 64 * se) return(NA) }
    gg <- g; uniroot(function(b) { o <- held(b, gg); (o$value - d0) / phi - cut }, sort(c(at, nxt)), tol = 1e-12)$root }
  rows[[case]] <- data.frame(case, n = nrow(d), estimate = b0, std_error = se, conf_low = limit(-1), conf_high = limit(1)) }
save(rows, "hard_profiles.csv")
